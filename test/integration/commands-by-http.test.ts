import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ServedEngine } from "../../src/app/served-engine.ts";
import { connect } from "../../src/client/index.ts";
import { TokenBook, tokenHash } from "../../src/io/server/token-book.ts";
import { eventually } from "../support/eventually.ts";

const urdf = readFileSync(new URL("../../urdf/arm.urdf", import.meta.url), "utf8");
const entry = (name: string, role: "viewer" | "operator" | "admin") => ({
  name,
  role,
  sha256: tokenHash(`token-of-${name}`),
});
let served: ServedEngine;
let tokens: TokenBook;
let url = "";
let beat: NodeJS.Timeout;
let joints: string[] = [];
let isSeen = true;

beforeAll(async () => {
  tokens = new TokenBook(
    null,
    [entry("screen", "viewer"), entry("eva", "operator"), entry("boss", "admin")],
    Date.now,
  );
  served = new ServedEngine({
    engine: { robots: [{ id: "robot", limits: {}, stop: null }], runName: "test" },
    outside: {
      robots: new Map(),
      devices: { send: () => null },
      stopMemory: { remember: () => undefined },
      onEvent: () => undefined,
    },
    cycleHz: 100,
    host: "127.0.0.1",
    port: 0,
    rules: { loopbackOnly: true, tokens, origins: [], publicUrl: null },
    meshRoots: () => ({ packages: {}, prefixes: [], models: [], besides: null }),
  });
  url = `http://127.0.0.1:${await served.listen()}`;
  served.start();
  const { inbox } = served.engine;
  inbox.push("ros:/robot_description", served.now(), { kind: "description", robot: "robot", text: urdf });
  await eventually("the description is read", () => {
    joints = [...(served.engine.control.get("robot")?.current().limits.joints.keys() ?? [])];
    return joints.length > 0;
  });
  beat = setInterval(() => {
    if (!isSeen) return;
    const now = served.now();
    inbox.push("ros:/joint_states", now, {
      kind: "jointState",
      robot: "robot",
      message: {
        stamp: { sec: Math.floor(now / 1000), nanosec: Math.floor(now % 1000) * 1e6 },
        name: joints,
        position: joints.map(() => 0.01),
        velocity: [],
        effort: [],
      },
    });
  }, 20);
});

afterAll(async () => {
  clearInterval(beat);
  served.endCycles();
  await served.close();
});

async function ask(method: string, path: string, body: unknown, name = "eva", type = "application/json") {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer token-of-${name}`,
      ...(body === undefined ? {} : { "content-type": type }),
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, text, json: text.startsWith("{") ? JSON.parse(text) : null };
}

const move = () => ({
  robot: "robot",
  command: { kind: "jointPosition", positions: { [joints[0] ?? ""]: 0.1 } },
});

describe("a command by HTTP", () => {
  it("passes the same gate: its refusal is the answer, in the name of the token, and the lease is given back", async () => {
    const answer = await ask("POST", "/api/commands", move());
    // No controller is there.
    expect(answer).toMatchObject({ status: 422, json: { stage: "refused", code: "no_controller" } });
    await eventually(
      "the lease is free",
      () => served.engine.control.get("robot")?.gate.lease.current() === null,
    );
    const { text } = await ask("GET", "/api/events", undefined);
    expect(text).toContain("asked by eva");
    // Given back, which is nothing to be warned of.
    expect(text).toContain("eva released the lease of robot");
    expect(text).not.toContain("lease.lost");
  });

  it("is refused for a viewer, a jog, a message of another shape, and a robot that is not there", async () => {
    expect(await ask("POST", "/api/commands", move(), "screen")).toMatchObject({
      status: 403,
      json: { code: "forbidden" },
    });
    const jog = { robot: "robot", command: { kind: "twist", linear: { x: 1 } } };
    expect((await ask("POST", "/api/commands", jog)).status).toBe(400);
    expect((await ask("POST", "/api/commands", { robot: "robot" })).status).toBe(400);
    expect((await ask("POST", "/api/commands", { ...move(), robot: "other" })).status).toBe(404);
  });

  it("conflicts with who drives, and with a stop", async () => {
    const twin = await connect(url, { token: "token-of-boss" });
    const lease = await twin.robot("robot").acquire();
    expect(await ask("POST", "/api/commands", move())).toMatchObject({
      status: 409,
      json: { code: "lease_held" },
    });
    await lease.release();
    await twin.robot("robot").stop();
    expect(await ask("POST", "/api/commands", move())).toMatchObject({
      status: 409,
      json: { code: "stopped" },
    });
    await twin.robot("robot").reset();
    twin.close();
  });
});

describe("poses and sequences", () => {
  it("are taught where the robot is measured, listed, and deleted", async () => {
    await eventually(
      "here is saved",
      async () => (await ask("PUT", "/api/poses/robot/here", { here: true })).status === 200,
    );
    // The right finger follows the left one.
    const own = joints.filter((joint) => joint !== "right_finger");
    expect(own).toHaveLength(joints.length - 1);
    const pose = Object.fromEntries(own.map((joint) => [joint, 0.01]));
    await eventually(
      "the pose is listed",
      async () => "here" in ((await ask("GET", "/api/poses/robot", undefined)).json ?? {}),
    );
    const { json } = await ask("GET", "/api/poses", undefined);
    expect(json.robot.here).toEqual({ joints: pose, source: "saved" });
    expect((await ask("PUT", "/api/poses/robot/here", { here: true }, "screen")).status).toBe(403);
    expect((await ask("PUT", "/api/poses/robot/bad", { joints: { nothing: 1 } })).status).toBe(400);
    isSeen = false;
    await eventually("a blind robot teaches nothing", async () => {
      return (await ask("PUT", "/api/poses/robot/blind", { here: true })).status === 409;
    });
    isSeen = true;
    expect((await ask("DELETE", "/api/poses/robot/here", undefined)).status).toBe(200);
    expect((await ask("DELETE", "/api/poses/robot/here", undefined)).status).toBe(404);
  });

  it("come as YAML and go as YAML; a fault names its step", async () => {
    const yaml = "steps:\n  - pose: home\n  - repeat: 2\n    steps:\n      - wait: 0.5\n";
    expect((await ask("PUT", "/api/sequences/show.yaml", yaml, "eva", "text/yaml")).status).toBe(200);
    expect((await ask("GET", "/api/sequences/show.yaml", undefined, "screen")).text).toBe(yaml);
    expect((await ask("GET", "/api/sequences", undefined)).json.show.steps).toHaveLength(2);
    const bad = await ask("PUT", "/api/sequences/bad", { steps: [{ pose: "a" }, { wait: -1 }] });
    expect(bad).toMatchObject({ status: 400, json: { error: expect.stringMatching(/^step 2: wait: /) } });
    expect((await ask("PUT", "/api/sequences/x", "steps: [", "eva", "text/yaml")).status).toBe(400);
    expect((await ask("PUT", "/api/sequences/__proto__", { steps: [{ wait: 1 }] })).status).toBe(400);
    const twin = await connect(url, { token: "token-of-eva" });
    const lease = await twin.robot("robot").acquire();
    await expect(lease.sequence("show")).rejects.toMatchObject({ code: "unknown_pose" });
    await expect(lease.sequence("none")).rejects.toMatchObject({ code: "unknown_sequence" });
    await lease.release();
    twin.close();
  });
});

describe("what is made to hold the program up, or outlives its token", () => {
  it("is read beside it: a stop is answered at once while a hostile YAML is read, and others take none", async () => {
    const hostile = `${"!a ".repeat(21_667)}x`;
    const foreign = await ask("POST", "/prometheus/api/v1/query", hostile, "screen", "text/yaml");
    expect(foreign.status).toBe(415);
    const reading = ask("PUT", "/api/sequences/slow", hostile, "eva", "text/yaml");
    const took: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const began = performance.now();
      await ask("GET", "/healthz", undefined);
      took.push(performance.now() - began);
    }
    expect((await reading).status).toBe(400);
    // By the parser on the program's own thread all of them waited for it, more than a second.
    expect(took.filter((ms) => ms < 400).length).toBeGreaterThanOrEqual(3);
  });

  it("ends: the lease of a request whose token was removed is given up, and what it does brakes", async () => {
    tokens.setFile([entry("guest", "operator")]);
    const steps = [{ wait: 60 }];
    expect((await ask("PUT", "/api/sequences/long", { steps }, "guest")).status).toBe(200);
    const request = { robot: "robot", command: { kind: "sequence", name: "long" } };
    const waiting = ask("POST", "/api/commands", request, "guest");
    const holder = () => served.engine.control.get("robot")?.gate.lease.current();
    await eventually("the guest drives", () => holder() != null || undefined);
    tokens.setFile([]);
    expect(await waiting).toMatchObject({ status: 409, json: { code: "lease_lost" } });
    await eventually("the lease is free", () => holder() === null || undefined);
    tokens.setFile(null);
  });

  it("is told by its token: who stops by HTTP is named", async () => {
    expect((await ask("POST", "/api/stop", { robot: "robot" }, "screen")).status).toBe(200);
    const latch = () => served.engine.control.get("robot")?.gate.latch.current();
    await eventually("it is stopped", () => latch() != null || undefined);
    expect(latch()?.by).toBe("screen");
    const twin = await connect(url, { token: "token-of-eva" });
    await twin.robot("robot").reset();
    twin.close();
  });
});

describe("the client library", () => {
  it("asks for the lease, hands it over, and takes it by force only as an admin", async () => {
    const eva = await connect(url, { token: "token-of-eva" });
    const boss = await connect(url, { token: "token-of-boss" });
    const screen = await connect(url, { token: "token-of-screen" });
    await expect(screen.robot("robot").acquire()).rejects.toMatchObject({ code: "forbidden" });
    const first = await boss.robot("robot").acquire();
    first.on("requested", ({ session }) => void first.handOver(session));
    const second = await eva.robot("robot").request();
    expect([first.held, second.held]).toEqual([false, true]);
    await expect(boss.robot("robot").request({ withinMs: 200 })).rejects.toMatchObject({
      code: "not_handed_over",
    });
    const lost = new Promise<string>((resolve) => second.on("lost", ({ code }) => resolve(code)));
    const third = await boss.robot("robot").acquire({ force: true });
    expect(third.held).toBe(true);
    expect(await lost).toBe("lease_lost");
    await expect(eva.robot("robot").acquire({ force: true })).rejects.toMatchObject({ code: "forbidden" });
    for (const twin of [eva, boss, screen]) twin.close();
  });
});
