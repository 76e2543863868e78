import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Lease, Robot, Twin } from "../../src/client/api.ts";
import { connect } from "../../src/client/index.ts";
import { eventually } from "../support/eventually.ts";
import { StallingLine } from "../support/stalling-line.ts";
import { TwinProcess } from "../support/twin-process.ts";

const root = new URL("../..", import.meta.url).pathname;
const server = new TwinProcess();
const children: ChildProcess[] = [];
const twins: Twin[] = [];

async function open(holder = "test"): Promise<{ twin: Twin; robot: Robot }> {
  const twin = await connect(server.url, { holder, rateHz: 200 });
  twins.push(twin);
  return { twin, robot: twin.robot("robot") };
}

/** The lease, from whoever is just leaving. */
function lease(robot: Robot): Promise<Lease> {
  return eventually("the lease", () => robot.acquire().catch(() => undefined));
}

function program(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  return child;
}

async function ended(child: ChildProcess): Promise<{ code: number | null; said: string }> {
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const [code] = await once(child, "close");
  return { code, said };
}

const speedOf = (robot: Robot): number => Math.abs(robot.base().twist?.value.linear[0] ?? 0);

/** Milliseconds until the base brakes, and until it rests, as a client with 200 frames a second sees it. */
async function untilRest(robot: Robot): Promise<{ brakingMs: number; restMs: number }> {
  const since = performance.now();
  const full = speedOf(robot);
  let brakingMs = 0;
  await new Promise<void>((resolve) => {
    const end = robot.on("state", () => {
      const speed = speedOf(robot);
      if (brakingMs === 0 && speed < 0.9 * full) brakingMs = performance.now() - since;
      if (speed > 1e-9) return;
      end();
      resolve();
    });
  });
  return { brakingMs, restMs: performance.now() - since };
}

beforeAll(async () => {
  await server.up("--port", "0");
  const { robot } = await open();
  await eventually("a measured elbow", () => robot.joint("elbow").position !== null);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const twin of twins.splice(0)) twin.close();
});
afterAll(() => server.remove());

describe("the library in Node", () => {
  it("reads what the server has, with ages by the server's clock", async () => {
    const { twin, robot } = await open();
    expect(twin.robots()).toEqual(["robot"]);
    expect(robot.joints()).toContain("elbow");
    expect(robot.joints()).not.toContain("base_joint");
    await eventually("a pong", () => Math.abs((twin.serverTime() ?? 0) - Date.now()) < 50);
    const { position, velocity } = robot.joint("elbow");
    expect(position).toMatchObject({ quality: "good", reason: null });
    expect(position?.ageMs).toBeLessThan(500);
    expect(velocity?.quality).toBe("good");
    expect(robot.base().pose?.value.quaternion).toHaveLength(4);
    await eventually("the demo's devices", () => twin.devices().includes("gripper-mcu"));
    await eventually("a device's supply", () => twin.device("gripper-mcu").signal("supply")?.value);
    expect((await twin.events()).length).toBeGreaterThan(0);
    expect(robot.control?.can.jointPosition).toBe(true);
  });

  it("moves, and rejects what the server refuses with its code", async () => {
    const { robot } = await open("Ada");
    const held = await lease(robot);
    await eventually("the status names the holder", () => robot.control?.holder === "Ada");
    const stages: string[] = [];
    await held.move({ elbow: 0.4 }, { speed: 1, onProgress: ({ stage }) => stages.push(stage) });
    expect(robot.joint("elbow").position?.value).toBeCloseTo(0.4, 2);
    expect(stages[0]).toBe("accepted");
    expect(stages.at(-1)).toBe("done");
    await expect(held.move({ elbow: 9 })).rejects.toMatchObject({
      code: "outside_limits",
      details: { breach: { joint: "elbow", value: 9 } },
    });
    await expect(held.move({ nose: 1 })).rejects.toMatchObject({ code: "unknown_joint" });
    await expect(held.command({ kind: "nonsense" })).rejects.toMatchObject({ code: "bad_message" });
    expect(await robot.rehearse({ elbow: 0 })).toMatchObject({ code: "ok" });
    expect(await robot.rehearse({ elbow: 9 })).toMatchObject({ code: "outside_limits" });
    await held.trajectory([
      { time: 0, positions: { elbow: robot.joint("elbow", "desired").position?.value ?? 0.4 } },
      { time: 2, positions: { elbow: 0.3 } },
    ]);
    const other = await open("Bob");
    await expect(other.robot.acquire()).rejects.toMatchObject({
      code: "lease_held",
      details: { holder: "Ada" },
    });
    await held.release();
    expect((await lease(other.robot)).held).toBe(true);
  });

  it("jogs until the end, which resolves at rest", async () => {
    const { robot } = await open();
    const held = await lease(robot);
    const jog = held.jog({ elbow: 0.3 });
    await eventually("the elbow moves", () => Math.abs(robot.joint("elbow").velocity?.value ?? 0) > 0.25);
    expect(await jog.end()).toMatchObject({ code: "ok" });
    await eventually("the elbow rests", () => Math.abs(robot.joint("elbow").velocity?.value ?? 1) < 1e-3);
    const drive = held.twist({ linear: { x: 0.4 } });
    await eventually("the base moves", () => speedOf(robot) > 0.35);
    const rest = untilRest(robot);
    expect(await drive.end()).toMatchObject({ code: "ok" });
    await rest;
    await held.release();
  });

  it("leaves a robot at rest when its program is killed at full speed", async () => {
    const { robot } = await open();
    for (let round = 0; round < 3; round++) {
      const child = program(`${root}test/support/client-driver.mjs`, server.url, "0.4");
      await eventually("the base at full speed", () => speedOf(robot) > 0.395);
      child.kill("SIGKILL");
      const { brakingMs, restMs } = await untilRest(robot);
      console.log(`killed: brakes after ${brakingMs.toFixed(0)} ms, rests after ${restMs.toFixed(0)} ms`);
      // 125 ms of watchdog, 0.4 m/s at 1 m/s², and room for a busy machine.
      expect(restMs).toBeLessThan(125 + 400 + 300);
    }
  });

  it("leaves it at rest when its program hangs, and does not drive on by itself afterwards", async () => {
    const { robot } = await open();
    for (const frozenMs of [700, 3500]) {
      const child = program(`${root}test/support/client-driver.mjs`, server.url, "0.4");
      let said = "";
      child.stdout?.on("data", (chunk: Buffer) => {
        said += chunk.toString();
      });
      await eventually("the base at full speed", () => speedOf(robot) > 0.395);
      child.kill("SIGSTOP");
      const { brakingMs, restMs } = await untilRest(robot);
      console.log(`frozen: brakes after ${brakingMs.toFixed(0)} ms, rests after ${restMs.toFixed(0)} ms`);
      expect(restMs).toBeLessThan(125 + 400 + 300);
      let fastest = 0;
      const end = robot.on("state", () => {
        fastest = Math.max(fastest, speedOf(robot));
      });
      await new Promise((resolve) => setTimeout(resolve, frozenMs - restMs));
      child.kill("SIGCONT");
      const why = frozenMs > 3000 ? /lost (lease_expired|no_lease)/ : /jog interrupted/;
      await eventually("it says why", () => why.test(said));
      await new Promise((resolve) => setTimeout(resolve, 300));
      end();
      expect(fastest).toBeLessThan(1e-9);
      child.kill("SIGKILL");
    }
  });

  it("leaves it at rest when the network stalls, also when what was stuck arrives at last", async () => {
    const line = new StallingLine();
    const { robot } = await open();
    try {
      const twin = await connect(`127.0.0.1:${await line.open(server.port)}`, { holder: "far away" });
      twins.push(twin);
      const held = await lease(twin.robot("robot"));
      const jog = held.twist({ linear: { x: 0.4 } });
      await eventually("the base at full speed", () => speedOf(robot) > 0.395);
      line.stall(true);
      const { restMs } = await untilRest(robot);
      console.log(`stalled: rests after ${restMs.toFixed(0)} ms`);
      expect(restMs).toBeLessThan(125 + 400 + 300);
      let fastest = 0;
      const end = robot.on("state", () => {
        fastest = Math.max(fastest, speedOf(robot));
      });
      await new Promise((resolve) => setTimeout(resolve, 1500 - restMs));
      line.stall(false);
      expect(await jog.ended).toMatchObject({ code: "interrupted" });
      await new Promise((resolve) => setTimeout(resolve, 500));
      end();
      expect(fastest).toBeLessThan(1e-9);
      expect(held.held).toBe(true);
    } finally {
      line.close();
    }
  });

  it("works below the path of a reverse proxy", async () => {
    const behind = new TwinProcess();
    try {
      const config = behind.file("twin.yaml", "server: { publicUrl: https://example.org/cell/robot/ }\n");
      await behind.up("--port", "0", "--config", config);
      const twin = await connect(`ws://127.0.0.1:${behind.port}/cell/robot`);
      twins.push(twin);
      expect(twin.connection).toBe("open");
      expect(Array.isArray(await twin.events())).toBe(true);
    } finally {
      await behind.remove();
    }
  });

  it("stops without the lease and tells everybody; a reset moves nothing and gives the robot back", async () => {
    const driver = await open("Ada");
    const other = await open("Bob");
    const held = await lease(driver.robot);
    const lost: string[] = [];
    held.on("lost", ({ code }) => lost.push(code));
    const told: string[] = [];
    driver.robot.on("stopped", ({ by }) => told.push(by));
    const moving = held.move({ elbow: -1 }, { speed: 0.2 });
    const failed = expect(moving).rejects.toMatchObject({ code: "stopped" });
    const drive = held.twist({ linear: { x: 0.4 } });
    await eventually("the base moves", () => speedOf(driver.robot) > 0.35);
    const rest = untilRest(driver.robot);
    await other.robot.stop("a test");
    await failed;
    expect(await drive.ended).toMatchObject({ code: "stopped" });
    console.log(`stopped: rests after ${(await rest).restMs.toFixed(0)} ms`);
    await eventually("the owner is told", () => lost.length > 0 && told.length > 0);
    expect(lost).toEqual(["stopped"]);
    expect(told).toEqual(["Bob"]);
    expect(driver.robot.control?.stopped).toMatchObject({ by: "Bob", reason: "a test" });
    const again = await lease(driver.robot);
    expect(again.stopped).toMatchObject({ by: "Bob" });
    await expect(again.move({ elbow: 0 })).rejects.toMatchObject({ code: "stopped" });
    await other.robot.reset();
    await again.move({ elbow: 0 }, { speed: 1 });
    await again.release();
  });

  it("says that there is no history, or gives it", async () => {
    const { twin } = await open();
    const asked = twin.history({ series: "robot/joint/elbow/position", points: 10 });
    const end = await asked.catch((error: { code: string }) => error.code);
    if (typeof end === "string") expect(end).toBe("no_history");
    else expect(end[0]?.name).toBe("robot/joint/elbow/position");
  });

  it("grows old honestly while the server is gone, and comes back without the lease", async () => {
    const own = new TwinProcess();
    try {
      await own.up("--port", "0");
      const port = String(own.port);
      const twin = await connect(`127.0.0.1:${port}`, { holder: "Ada" });
      twins.push(twin);
      const robot = twin.robot("robot");
      const states: string[] = [];
      twin.on("connection", (state) => states.push(state));
      const held = await lease(robot);
      const moving = held.move({ elbow: -1 }, { speed: 0.1 }).catch((error: { code: string }) => error.code);
      const lost = new Promise<string>((resolve) => held.on("lost", ({ code }) => resolve(code)));
      own.signal("SIGKILL");
      await own.ended();
      expect(await moving).toBe("connection_lost");
      expect(await lost).toBe("connection_lost");
      // The command socket may notice the end some ms before the state socket does.
      await eventually("values known as old", () => robot.joint("elbow").position?.quality === "bad");
      const before = robot.joint("elbow").position;
      expect(before).toMatchObject({ quality: "bad", reason: "no-communication" });
      await new Promise((resolve) => setTimeout(resolve, 600));
      const after = robot.joint("elbow").position;
      expect(after?.value).toBe(before?.value);
      expect((after?.ageMs ?? 0) - (before?.ageMs ?? 0)).toBeGreaterThan(500);
      await expect(robot.stop()).rejects.toMatchObject({ code: "not_connected" });
      await expect(robot.reset()).rejects.toMatchObject({ code: "not_connected" });
      await expect(robot.acquire()).rejects.toMatchObject({ code: "not_connected" });
      await own.up("--port", port);
      await eventually("good values", () => robot.joint("elbow").position?.quality === "good");
      await eventually("both sockets", () => twin.connection === "open");
      expect(states).toEqual(["connecting", "open"]);
      expect(held.held).toBe(false);
      await expect(held.move({ elbow: 0 })).rejects.toMatchObject({ code: "connection_lost" });
      await (await lease(robot)).move({ elbow: 0.1 }, { speed: 1 });
    } finally {
      await own.remove();
    }
  });

  it("names what is wrong: no server, a wrong token, no address", async () => {
    await expect(connect("http://127.0.0.1:9/")).rejects.toMatchObject({
      code: "not_connected",
      message: expect.stringMatching(/127\.0\.0\.1:9.*twin up/),
    });
    await expect(connect("")).rejects.toMatchObject({ code: "bad_address" });
    const guarded = new TwinProcess();
    try {
      const config = guarded.file("twin.yaml", "server: { token: secret-of-the-test }\n");
      await guarded.up("--port", "0", "--config", config);
      const url = `ws://127.0.0.1:${guarded.port}`;
      await expect(connect(url)).rejects.toMatchObject({ code: "unauthorized" });
      await expect(connect(url, { token: "wrong" })).rejects.toMatchObject({ code: "unauthorized" });
      const twin = await connect(url, { token: "secret-of-the-test" });
      expect(twin.connection).toBe("open");
      twin.close();
    } finally {
      await guarded.remove();
    }
  });

  it("runs the programs of the documentation to their end", async () => {
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const script = /## From a script[\s\S]*?```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
    expect(script).toContain("http://127.0.0.1:8080");
    const own = script.replaceAll("http://127.0.0.1:8080", server.url);
    expect(await ended(program("--input-type=module", "-e", own))).toEqual({ code: 0, said: "" });
    const { code, said } = await ended(program(`${root}docs/examples/client/move.mjs`, server.url));
    expect(said).toMatch(/elbow at 0\.[45]\d\d rad, good\nbase at rest: ok\n/);
    expect(code).toBe(0);
  });
});
