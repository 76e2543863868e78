import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readStateFrame } from "../../src/protocol/state-frame.ts";
import { eventually } from "../support/eventually.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { type Message, WsClient } from "../support/ws-client.ts";

const twin = new TwinProcess();
const clients: WsClient[] = [];

async function open(path: "/ws/state" | "/ws/command"): Promise<WsClient> {
  const client = await WsClient.open(twin.url, path);
  clients.push(client);
  return client;
}

async function position(joint: string): Promise<number> {
  return Number((await twin.property("robot", `joint/${joint}/position`)).reported?.value);
}

type Motion = { linear: number[]; angular: number[] };
async function baseTwist(): Promise<Motion> {
  return (await twin.property("robot", "base/twist")).reported?.value as Motion;
}

/** Milliseconds until the base rests, asked of the server as often as it answers. */
async function untilRest(): Promise<number> {
  const since = performance.now();
  await eventually("the base rests", async () => {
    const { linear, angular } = await baseTwist();
    return [...linear, ...angular].every((v) => Math.abs(v) < 1e-9);
  });
  return performance.now() - since;
}

beforeAll(async () => {
  await twin.up("--port", "0");
  await eventually("joints are measured", async () => Number.isFinite(await position("elbow")));
});
afterAll(() => twin.remove());

describe("over HTTP", () => {
  it("the program is up, ready, and gives the graph with a stamp for each value", async () => {
    expect((await fetch(twin.at("/healthz"))).status).toBe(200);
    await eventually("ready", async () => (await fetch(twin.at("/readyz"))).status === 200);
    const { revision, time, things } = await twin.twin();
    expect(revision).toBeGreaterThan(0);
    expect(Math.abs(time - Date.now())).toBeLessThan(2000);
    const robot = things.robot;
    expect(robot?.type).toBe("robot");
    expect(robot?.relationships).toContainEqual({ name: "hasJoint", target: "robot/joint/elbow" });
    const { unit, reported } = robot?.properties["joint/elbow/position"] ?? { unit: "" };
    expect(unit).toBe("rad");
    expect(reported).toMatchObject({ quality: "good", source: "sim:robot/joint_states" });
    expect(Math.abs(Number(reported?.stamp?.sec) * 1000 - Date.now())).toBeLessThan(5000);
    expect(await twin.thing("robot/joint/elbow")).toMatchObject({ type: "joint" });
    expect((await twin.property("robot", "base/pose")).reported?.value).toHaveProperty("quaternion");
  });

  it("the robot's description and meshes come, and no other file does", async () => {
    const urdf = await (await fetch(twin.at("/api/robots/robot/description"))).text();
    expect(urdf).toContain("<robot");
    const meshes =
      await twin.json<{ uri: string; status: string; bytes: number }[]>("/api/robots/robot/meshes");
    expect(meshes.length).toBeGreaterThan(10);
    expect(meshes.filter((mesh) => mesh.status !== "found")).toEqual([]);
    const asset = (uri: string) => fetch(twin.at(`/api/assets?uri=${encodeURIComponent(uri)}`));
    const first = await asset(meshes[0]?.uri ?? "");
    expect(first.status).toBe(200);
    expect((await first.arrayBuffer()).byteLength).toBe(meshes[0]?.bytes);
    const tag = first.headers.get("etag") ?? "";
    expect(tag).toMatch(/^"[0-9a-f]{64}"$/);
    const again = await fetch(first.url, { headers: { "if-none-match": tag } });
    expect([again.status, (await again.arrayBuffer()).byteLength]).toEqual([304, 0]);
    for (const uri of [
      "package://twinbridge/package.json",
      "/etc/passwd",
      "file:///etc/passwd",
      "package://twinbridge/../x.stl",
      "",
    ]) {
      expect((await asset(uri)).status, uri).toBe(403);
    }
  });

  it("a joint asked for alone has the values that its robot has of it", async () => {
    const id = "robot%2Fjoint%2Felbow";
    const joint = await (await fetch(twin.at(`/api/things/${id}`))).json();
    expect(joint).toMatchObject({ type: "joint", properties: { position: { unit: "rad", reported: {} } } });
    const position = await (await fetch(twin.at(`/api/things/${id}/properties/position`))).json();
    expect(position).toMatchObject({ unit: "rad", reported: { value: expect.any(Number) } });
  });

  it("what is not there is 404 in JSON", async () => {
    for (const path of [
      "/api/things/nobody",
      "/api/things/robot/properties/no/such",
      "/api/things/robot/joint/elbow/properties/no",
      "/api/robots/x/description",
      "/api/robots/x/meshes",
      "/api/nothing",
      "/api/things/__proto__",
      "/api/things/constructor",
    ]) {
      const answer = await fetch(twin.at(path));
      expect(answer.status, path).toBe(404);
      expect(await answer.json(), path).toHaveProperty("error");
    }
  });

  it("the metrics bear the names of the contract", async () => {
    const text = await (await fetch(twin.at("/metrics"))).text();
    expect(text).toMatch(
      /twin_source_messages_total\{source="sim:robot\/joint_states",result="accepted"\} \d+/,
    );
    for (const result of ["late", "rejected", "dropped"]) {
      expect(text).toContain(
        `twin_source_messages_total{source="sim:robot/joint_states",result="${result}"} 0`,
      );
    }
    for (const name of [
      "twin_cycle_seconds_bucket",
      "twin_clients ",
      "twin_client_buffered_bytes ",
      "# TYPE twin_commands_total counter",
    ]) {
      expect(text).toContain(name);
    }
  });

  it("the description of the interface names every address that answers", async () => {
    const { openapi, paths } = await twin.json<{ openapi: string; paths: Record<string, unknown> }>(
      "/api/openapi.json",
    );
    expect(openapi).toBe("3.1.0");
    for (const path of ["/healthz", "/readyz", "/metrics", "/api/twin", "/api/events", "/api/assets"]) {
      expect(paths).toHaveProperty([path]);
    }
  });
});

describe("on /ws/state", () => {
  it("a viewer gets hello, a snapshot and JSON frames whose values are the graph's", async () => {
    const viewer = await open("/ws/state");
    expect(viewer.socket.protocol).toBe("twin.v1");
    const hello = await viewer.next("hello");
    expect(Math.abs(Number(hello.serverTime) - Date.now())).toBeLessThan(1000);
    viewer.send({ op: "subscribe", encoding: "json", rate: 100 });
    const snapshot = await viewer.next("snapshot");
    expect(snapshot.twin).toHaveProperty(["things", "robot", "properties", "joint/elbow/position"]);
    await eventually("frames", () => viewer.of("state").length > 20);
    const frame = viewer.of("state").at(-1) as Message & {
      robots: Record<
        string,
        { reported: { joint: Record<string, { position: number; ageMs: number }>; base: unknown } }
      >;
    };
    expect(frame.robots.robot?.reported.joint.elbow?.position).toBeTypeOf("number");
    expect(frame.robots.robot?.reported.base).toHaveProperty("pose");
    expect(Math.abs(Number(frame.time) - Date.now())).toBeLessThan(1000);
    viewer.send({ op: "ping", t: 12.5 });
    expect(await viewer.next("pong", { t: 12.5 })).toHaveProperty("serverTime");
    viewer.close();
  });

  it("a viewer may ask for binary frames, whose columns are announced once", async () => {
    const viewer = await open("/ws/state");
    viewer.send({ op: "subscribe", encoding: "binary", rate: 100 });
    await eventually("frames", () => viewer.binary.length > 20);
    const bytes = viewer.binary.at(-1) ?? Buffer.alloc(0);
    const frame = readStateFrame(new Uint8Array(bytes).buffer);
    const layout = viewer.of("layout").find((one) => one.layout === frame?.layout);
    expect(layout?.columns).toHaveLength(frame?.values.length ?? -1);
    expect(viewer.of("layout").length).toBeLessThan(5);
    viewer.close();
  });

  it("the simulated device of the demo shows on the robot's tool", async () => {
    await eventually("the device", async () => {
      const { reported } = await twin.property("device/tool-sensor", "device/tool-sensor/temperature");
      return reported?.quality === "good" && Number(reported.value) > 20;
    });
    expect((await twin.thing("device/tool-sensor")).relationships).toContainEqual({
      name: "mountedOn",
      target: "robot/link/tool0",
    });
    expect(await twin.property("robot/link/tool0", "device/tool-sensor/temperature")).toHaveProperty(
      "reported",
    );
  });
});

describe("on /ws/command", () => {
  it("one drives at a time, and the next is told who", async () => {
    const [first, second] = [await open("/ws/command"), await open("/ws/command")];
    first.send({ op: "acquire", id: 1, robot: "robot", holder: "Ann" });
    const lease = await first.next("lease", { id: 1 });
    expect(lease).toMatchObject({ robot: "robot", ttlMs: expect.any(Number), epoch: expect.any(Number) });
    second.send({ op: "acquire", id: 2, robot: "robot" });
    expect(await second.next("error", { id: 2 })).toMatchObject({ code: "lease_held", holder: "Ann" });
    first.send({ op: "release", id: 3, robot: "robot", epoch: lease.epoch });
    await first.next("released", { id: 3 });
    await second.acquire();
    first.close();
    second.close();
  });

  it("a joint move goes from accepted to done, and the joint is there", async () => {
    const driver = await open("/ws/command");
    await driver.acquire();
    const from = await position("elbow");
    const to = from > 0.9 ? from - 0.4 : from + 0.4;
    driver.command("move", { kind: "jointPosition", positions: { elbow: to } });
    driver.keepLease();
    await driver.next("result", { id: "move", stage: "done" }, 15_000);
    const stages = [...new Set(driver.stages("move").map((s) => s.split(" ")[0]))];
    expect(stages).toEqual(["accepted", "sent", "executing", "done"]);
    expect(Math.abs((await position("elbow")) - to)).toBeLessThan(0.02);
    expect((await twin.property("robot", "joint/elbow/position")).desired).toMatchObject({
      value: to,
      state: "reached",
    });
    driver.close();
  });

  it("a goal outside the limits is refused and moves nothing; so is what is not known", async () => {
    const driver = await open("/ws/command");
    await driver.acquire();
    driver.command("far", { kind: "jointPosition", positions: { elbow: 99 } });
    expect(await driver.next("result", { id: "far" })).toMatchObject({
      stage: "refused",
      code: "outside_limits",
    });
    for (const speed of [1e-9, 1e-300]) {
      driver.command(`slow ${speed}`, { kind: "jointPosition", positions: { elbow: 0.6 }, speed });
      const answer = await driver.next("result", { id: `slow ${speed}` });
      expect(answer).toMatchObject({ stage: "refused", code: "too_slow" });
    }
    driver.command("who", { kind: "jointPosition", positions: { tail: 0 } });
    expect(await driver.next("result", { id: "who" })).toMatchObject({
      stage: "refused",
      code: "unknown_joint",
    });
    driver.command(
      "old",
      { kind: "jointPosition", positions: { elbow: 0 } },
      { issued: Date.now() - 60_000 },
    );
    expect(await driver.next("result", { id: "old" })).toMatchObject({ stage: "refused", code: "expired" });
    expect(driver.of("result").filter((r) => r.stage === "sent")).toEqual([]);
    driver.close();
  });

  it("a twist moves the base, and the base rests soon after the last command", async () => {
    const driver = await open("/ws/command");
    await driver.acquire();
    await untilRest();
    const before = (await twin.property("robot", "base/pose")).reported?.value as { position: number[] };
    const jogging = setInterval(
      () => driver.command("jog", { kind: "twist", linear: { x: 0.4, y: 0, z: 0 } }),
      40,
    );
    await eventually("the base moves", async () => Math.abs((await baseTwist()).linear[0] ?? 0) > 0.35);
    clearInterval(jogging);
    driver.command("last", { kind: "twist", linear: { x: 0.4, y: 0, z: 0 } });
    const rested = await untilRest();
    // 125 ms of lease, 0.4 m/s at 1 m/s², and room for a busy machine.
    expect(rested).toBeLessThan(125 + 400 + 300);
    const after = (await twin.property("robot", "base/pose")).reported?.value as { position: number[] };
    const way = Math.hypot(
      (after.position[0] ?? 0) - (before.position[0] ?? 0),
      (after.position[1] ?? 0) - (before.position[1] ?? 0),
    );
    expect(way).toBeGreaterThan(0.1);
    expect(await driver.next("result", { id: "last", stage: "done" })).toMatchObject({ code: "ok" });
    driver.close();
  });

  it("a socket that is torn off in mid-jog leaves a base at rest and a free lease", async () => {
    const driver = await open("/ws/command");
    await driver.acquire();
    const jogging = setInterval(
      () =>
        driver.command("jog", {
          kind: "twist",
          linear: { x: 0.4, y: 0, z: 0 },
          angular: { x: 0, y: 0, z: 0.5 },
        }),
      40,
    );
    await eventually("the base moves", async () => Math.abs((await baseTwist()).linear[0] ?? 0) > 0.35);
    clearInterval(jogging);
    const other = await open("/ws/command");
    driver.socket.terminate();
    const lease = other.acquire();
    expect(await untilRest()).toBeLessThan(125 + 400 + 300);
    await lease;
    other.close();
  });

  it("a move of the gripper is carried out by the machine code of its Pico", async () => {
    const finger = async () => (await twin.property("robot", "joint/left_finger/position")).reported;
    await eventually("the finger is measured", async () => (await finger())?.source === "mqtt:gripper-mcu");
    expect((await twin.thing("device/gripper-mcu")).definition.firmware).toMatch(/^twin-rp2040 /);
    const driver = await open("/ws/command");
    await driver.acquire();
    for (const goal of [0.035, 0.008]) {
      driver.send({ op: "renew", id: "r", robot: "robot", epoch: driver.epoch });
      driver.command(`to ${goal}`, { kind: "jointPosition", positions: { left_finger: goal } });
      const ends = ["done", "aborted", "refused"];
      const end = await eventually(`the end of the move to ${goal}`, () =>
        driver.of("result").find(({ id, stage }) => id === `to ${goal}` && ends.includes(String(stage))),
      );
      expect(end).toMatchObject({ stage: "done", message: "gripper-mcu is there" });
      expect(Math.abs(Number((await finger())?.value) - goal)).toBeLessThan(0.005);
    }
    driver.close();
    const state = () => twin.property("device/gripper-mcu", "device/gripper-mcu/state");
    await eventually("nobody drives: failsafe", async () => (await state()).reported?.value === "failsafe");
  });

  it("a command to a device is answered by the device", async () => {
    const driver = await open("/ws/command");
    await driver.acquire();
    driver.command("led", { kind: "device", device: "tool-sensor", signal: "led", value: true });
    await driver.next("result", { id: "led", stage: "done" });
    await eventually(
      "the lamp",
      async () =>
        (await twin.property("device/tool-sensor", "device/tool-sensor/led")).reported?.value === true,
    );
    driver.command("temperature", { kind: "device", device: "tool-sensor", signal: "temperature", value: 1 });
    expect(await driver.next("result", { id: "temperature" })).toMatchObject({
      stage: "refused",
      code: "read_only",
    });
    driver.close();
  });

  it("anyone may stop; all are told; nothing moves until the reset", async () => {
    const [driver, other, viewer] = [
      await open("/ws/command"),
      await open("/ws/command"),
      await open("/ws/state"),
    ];
    await driver.acquire();
    driver.command("move", { kind: "jointPosition", positions: { elbow: 0.1 } });
    await driver.next("result", { id: "move", stage: "executing" });
    other.send({ op: "stop", robot: "*" });
    await Promise.all([driver.next("stopped"), other.next("stopped"), viewer.next("stopped")]);
    expect(await driver.next("result", { id: "move", stage: "aborted" })).toMatchObject({ code: "stopped" });
    await driver.acquire();
    driver.command("again", { kind: "jointPosition", positions: { elbow: 0.1 } });
    expect(await driver.next("result", { id: "again" })).toMatchObject({ stage: "refused", code: "stopped" });
    const still = await position("elbow");
    other.send({ op: "reset", robot: "robot", id: "reset" });
    await driver.next("reset", { robot: "robot" });
    expect(Math.abs((await position("elbow")) - still)).toBeLessThan(0.02);
    driver.command("now", { kind: "jointPosition", positions: { elbow: 0.2 } });
    await driver.next("result", { id: "now", stage: "accepted" });
    for (const client of [driver, other, viewer]) client.close();
  });

  it("POST /api/stop stops as well, and the audit trail has who did what", async () => {
    const answer = await fetch(twin.at("/api/stop"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ robot: "robot" }),
    });
    expect(await answer.json()).toEqual({ stopped: "robot" });
    expect(
      (
        await fetch(twin.at("/api/stop"), {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: '{"robot":"x"}',
        })
      ).status,
    ).toBe(404);
    const driver = await open("/ws/command");
    await driver.acquire();
    driver.command("no", { kind: "jointPosition", positions: { elbow: 0.1 } });
    expect(await driver.next("result", { id: "no" })).toMatchObject({ code: "stopped" });
    driver.send({ op: "reset", robot: "robot" });
    await driver.next("reset");
    expect((await fetch(twin.at("/api/stop"), { method: "POST" })).status).toBe(200);
    driver.send({ op: "reset", robot: "robot" });
    await eventually("the trail", async () => (await twin.events("stop.reset")).length >= 2);
    expect((await twin.events("stop.latched")).at(-1)?.message).toContain("HTTP");
    expect((await twin.events("command.refused")).at(-1)?.data).toMatchObject({ id: "no", code: "stopped" });
    driver.close();
  });
});

describe("over a restart", () => {
  it("a robot that was stopped stays stopped until its reset", async () => {
    const again = new TwinProcess();
    try {
      await again.up("--port", "0");
      const { port } = again;
      const stateKept = again.folder;
      await fetch(again.at("/api/stop"), { method: "POST" });
      await eventually("latched", async () => (await again.events("stop.latched")).length === 1);
      expect((await again.stop()).code).toBe(0);
      await again.up("--port", "0");
      expect(again.folder).toBe(stateKept);
      expect(port).toBeGreaterThan(0);
      const driver = await WsClient.open(again.url, "/ws/command");
      await eventually(
        "joints",
        async () => (await again.property("robot", "joint/elbow/position")).reported !== undefined,
      );
      await driver.acquire();
      driver.command("m", { kind: "jointPosition", positions: { elbow: 0.1 } });
      expect(await driver.next("result", { id: "m" })).toMatchObject({ stage: "refused", code: "stopped" });
      const still = Number((await again.property("robot", "joint/elbow/position")).reported?.value);
      driver.send({ op: "reset", robot: "robot" });
      await driver.next("reset");
      driver.command("n", { kind: "jointPosition", positions: { elbow: still + 0.1 } });
      await driver.next("result", { id: "n", stage: "accepted" });
      expect((await again.stop("SIGINT")).code).toBe(0);
      await again.up("--port", "0");
      const later = await WsClient.open(again.url, "/ws/command");
      await eventually(
        "joints",
        async () => (await again.property("robot", "joint/elbow/position")).reported !== undefined,
      );
      await later.acquire();
      later.command("o", { kind: "jointPosition", positions: { elbow: 0.1 } });
      await later.next("result", { id: "o", stage: "accepted" });
    } finally {
      await again.remove();
    }
  });
});
