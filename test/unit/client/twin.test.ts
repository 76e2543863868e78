import { describe, expect, it } from "vitest";
import { openTwin } from "../../../src/client/open-twin.ts";
import type { TwinError } from "../../../src/client/twin-error.ts";
import { connected, offsetMs, outcome, serverStartMs, statusOf, things, welcome } from "./connected.ts";
import { FakePlatform } from "./fake-platform.ts";

const address = { base: "http://twin.test/robot/", token: "a b" };

describe("connecting", () => {
  it("opens both sockets below the path of the address, with the token", () => {
    const platform = new FakePlatform();
    void openTwin(address, {}, platform).catch(() => undefined);
    expect(platform.sockets.map(({ url }) => url).sort()).toEqual([
      "ws://twin.test/robot/ws/command?token=a+b",
      "ws://twin.test/robot/ws/state?token=a+b",
    ]);
  });

  it("resolves when both are open and the first picture of the twin is here, not before", async () => {
    const platform = new FakePlatform();
    const opening = openTwin(address, { rateHz: 20 }, platform);
    platform.advance(100);
    expect(await outcome(opening)).toBe("open");
    welcome(platform);
    expect(platform.socket("ws/state").of("subscribe")).toEqual([
      { op: "subscribe", encoding: "binary", rate: 20, changes: true },
    ]);
    platform.advance(10);
    const twin = await opening;
    expect(twin.connection).toBe("open");
    expect(twin.robots()).toEqual(["arm"]);
    expect(twin.devices()).toEqual(["gripper"]);
    expect(twin.robot("arm").joints()).toEqual(["elbow"]);
    expect(twin.serverTime()).toBe(platform.nowMs + offsetMs);
  });

  it("rejects with the reason when nobody answers, and leaves nothing open", async () => {
    const platform = new FakePlatform();
    const opening = openTwin(address, {}, platform);
    platform.socket("ws/state").fails("connect ECONNREFUSED");
    await expect(opening).rejects.toMatchObject({
      code: "not_connected",
      message: expect.stringContaining("http://twin.test/robot/: fetch failed"),
    });
    platform.advance(60_000);
    expect(platform.sockets).toHaveLength(2);
    expect(platform.timerCount).toBe(0);
  });

  it("rejects with the server's own reason when it refuses", async () => {
    for (const [status, code] of [
      [401, "unauthorized"],
      [403, "forbidden"],
    ] as const) {
      const platform = new FakePlatform();
      platform.http = () => ({ status, body: '{"error":"the token is wrong"}' });
      const opening = openTwin(address, {}, platform);
      platform.socket("ws/command").fails();
      await expect(opening).rejects.toMatchObject({
        code,
        message: expect.stringContaining("the token is wrong"),
      });
      expect(platform.requests[0]).toMatchObject({
        url: "http://twin.test/robot/api/access",
        request: { method: "POST", headers: { Authorization: "Bearer a b" } },
      });
    }
  });

  it("names a proxy that passes no WebSocket on", async () => {
    const platform = new FakePlatform();
    platform.http = () => ({ status: 200, body: "{}" });
    const opening = openTwin(address, {}, platform);
    platform.socket("ws/command").fails("Unexpected server response: 400");
    await expect(opening).rejects.toMatchObject({ message: expect.stringMatching(/reverse proxy/) });
  });

  it("rejects when the server is silent for too long", async () => {
    const platform = new FakePlatform();
    const opening = outcome(openTwin(address, { timeoutMs: 800 }, platform));
    platform.advance(800);
    expect(await opening).toBe("not_connected");
    expect(platform.timerCount).toBe(0);
  });
});

describe("a connection", () => {
  it("that is lost is opened again, later and later, and says how it is", async () => {
    const { platform, twin, state, command } = await connected();
    const states: string[] = [];
    twin.on("connection", (now) => states.push(now));
    state.drop();
    command.drop();
    expect(twin.connection).toBe("connecting");
    platform.advance(499);
    expect(platform.sockets).toHaveLength(2);
    platform.advance(1);
    expect(platform.sockets).toHaveLength(4);
    platform.socket("ws/state").drop();
    platform.socket("ws/command").drop();
    platform.advance(999);
    expect(platform.sockets).toHaveLength(4);
    platform.advance(1);
    expect(platform.sockets).toHaveLength(6);
    welcome(platform);
    expect(states).toEqual(["connecting", "open"]);
    twin.close();
    expect(states).toEqual(["connecting", "open", "closed"]);
    platform.advance(60_000);
    expect(platform.sockets).toHaveLength(6);
  });

  it("is tried again at once when the network is back", async () => {
    const { platform, state } = await connected();
    state.drop();
    platform.wake();
    // The command socket is still open and stays.
    expect(platform.sockets.map(({ url }) => new URL(url).pathname)).toEqual([
      "/ws/state",
      "/ws/command",
      "/ws/state",
    ]);
  });

  it("that is open and silent counts as lost", async () => {
    const { platform, twin } = await connected();
    platform.advance(9000);
    expect(twin.connection).toBe("connecting");
    expect(platform.sockets.length).toBeGreaterThan(2);
  });

  it("is closed in order, and cut where the server does not answer: a program must be able to end", async () => {
    for (const answers of [true, false]) {
      const { platform, twin, state, command } = await connected();
      const cut: string[] = [];
      state.terminate = () => cut.push("state");
      command.terminate = () => cut.push("command");
      twin.close();
      for (const socket of [state, command]) {
        expect(socket.readyState).toBe(2);
        if (answers) socket.drop();
      }
      platform.advance(1000);
      expect(cut).toEqual(answers ? [] : ["command", "state"]);
      expect(platform.timerCount).toBe(0);
    }
  });

  it("does not take what a socket that was given up still brings", async () => {
    const { platform, twin, state } = await connected();
    const events: unknown[] = [];
    twin.on("event", (event) => events.push(event));
    state.drop();
    platform.advance(500);
    state.says({ op: "event", event: { id: 1, time: 1, severity: "info", kind: "x", message: "late" } });
    expect(events).toEqual([]);
  });
});

describe("what the server says", () => {
  it("reaches the listeners of the twin and of the robot that it is about", async () => {
    const { twin, robot, state, command, platform } = await connected();
    const heard: unknown[] = [];
    const end = twin.on("event", ({ id }) => heard.push(`twin ${id}`));
    robot.on("event", ({ id }) => heard.push(`robot ${id}`));
    twin.on("stopped", ({ robot: id, by }) => heard.push(`twin: ${id} by ${by}`));
    robot.on("stopped", ({ by }) => heard.push(`robot: by ${by}`));
    robot.on("reset", () => heard.push("reset"));
    twin.on("robots", (ids) => heard.push(ids));
    const event = { time: 1, revision: 1, severity: "info", kind: "x", message: "m" };
    state.says({ op: "event", event: { ...event, id: 1, robot: "arm" } });
    state.says({ op: "event", event: { ...event, id: 2 } });
    end();
    state.says({ op: "event", event: { ...event, id: 3 } });
    // Both sockets bring a stop; it is told once.
    for (const socket of [state, command]) socket.says({ op: "stopped", robot: "*", by: "Bob" });
    command.says({ op: "reset", robot: "arm" });
    const more = { ...things, cart: things.arm };
    state.says({
      op: "snapshot",
      revision: 2,
      twin: { revision: 2, time: platform.nowMs + offsetMs, things: more },
    });
    expect(heard).toEqual([
      "twin 1",
      "robot 1",
      "twin 2",
      "twin: * by Bob",
      "robot: by Bob",
      "reset",
      ["arm", "cart"],
    ]);
  });

  it("about things that come, change and go is followed, one by one", async () => {
    const { twin, robot, state } = await connected();
    const robots: unknown[] = [];
    twin.on("robots", (ids) => robots.push(ids));
    const elbow = things["arm/joint/elbow"];
    const changed = { "arm/joint/wrist": elbow, cart: { ...things.arm, properties: {} } };
    state.says({ op: "things", revision: 2, time: 1, changed, removed: ["device/gripper"] });
    expect(robot.joints()).toEqual(["elbow", "wrist"]);
    expect(twin.devices()).toEqual([]);
    expect(twin.device("gripper").signal("force")).toBeNull();
    expect(robot.property("battery/percentage")?.value).toBe(0.8);
    state.says({ op: "things", revision: 3, time: 2, changed: {}, removed: ["cart", "nobody"] });
    expect(robots).toEqual([["arm", "cart"], ["arm"]]);
  });

  it("that makes no sense is one counted error each, and nothing is thrown", async () => {
    const { twin, state, command } = await connected();
    const errors: TwinError[] = [];
    twin.on("error", (error) => errors.push(error));
    state.says("no json");
    state.says('{"op":"snapshot"}');
    state.says(new ArrayBuffer(3));
    state.says({ op: "stopped", robot: 7 });
    state.says({ op: "status", control: "none" });
    state.says({ op: "pong", t: 1e9, serverTime: 1 });
    command.says("[]");
    command.says({ op: "lease", robot: "arm" });
    command.says({ op: "result", id: 1, stage: "flying", code: "", message: "" });
    expect(errors.map(({ code, details }) => [code, details.count])).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9].map((count) => ["bad_message", count]),
    );
    // A newer server may say more than this version knows.
    state.says({ op: "topics", topics: [] });
    command.says({ op: "forecast", by: "Bob" });
    expect(errors).toHaveLength(9);
    expect(twin.connection).toBe("open");
  });

  it("against something of ours, without saying of what, is an error event", async () => {
    const { twin, state, command } = await connected();
    const codes: string[] = [];
    twin.on("error", ({ code }) => codes.push(code));
    state.says({ op: "error", code: "bad_message", message: "rate" });
    command.says({ op: "error", code: "too_many", message: "slower" });
    expect(codes).toEqual(["bad_message", "too_many"]);
  });

  it("about who drives and what is stopped can be read", async () => {
    const { robot, state, twin } = await connected();
    expect(robot.control).toMatchObject({ holder: null, stopped: null, can: { twist: true } });
    const stopped = { by: "Bob", at: 5, reason: "a test" };
    state.says(statusOf({ lease: { holder: "Ada", epoch: 2 }, stopped }, serverStartMs + 1));
    expect(robot.control).toMatchObject({ holder: "Ada", stopped });
    expect(twin.robot("nobody").control).toBeNull();
    expect(twin.robot("arm")).toBe(robot);
    expect(twin.sources()).toEqual([]);
  });
});

describe("the twin's history and audit trail", () => {
  const over = async (status: number, body: unknown) => {
    const all = await connected();
    all.platform.http = () => ({ status, body: typeof body === "string" ? body : JSON.stringify(body) });
    return all;
  };

  it("are asked for over HTTP, with the names as they are and the times in the address", async () => {
    const series = [{ name: "arm/a", facet: "reported", unit: "rad", time: [1], min: [2], max: [3] }];
    const { twin, platform } = await over(200, { series });
    const found = await twin.history({
      series: ["arm/joint/elbow/position", "arm/battery/*"],
      from: new Date(0),
      to: 1500,
      points: 10,
    });
    expect(found).toEqual(series);
    const url = new URL(platform.requests[0]?.url ?? "");
    expect(url.pathname).toBe("/api/history");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      series: "arm/joint/elbow/position,arm/battery/*",
      from: "1970-01-01T00:00:00.000Z",
      to: "1500",
      points: "10",
    });
  });

  it("say clearly when the server has none, refuses, or answers with something else", async () => {
    const cases: [number, unknown, string][] = [
      [404, { error: "there is nothing at this address" }, "no_history"],
      [404, { error: 'there is no series "x"' }, "not_found"],
      [400, { error: "from is no time" }, "bad_request"],
      [413, { error: "too many points" }, "too_large"],
      [500, "oh", "http_error"],
      [200, "<html>", "bad_message"],
      [200, { series: [{ name: "x", time: "now" }] }, "bad_message"],
    ];
    for (const [status, body, code] of cases) {
      const { twin } = await over(status, body);
      expect(await outcome(twin.history({ series: "x" })), `${status} ${JSON.stringify(body)}`).toBe(code);
    }
    const { twin, platform } = await connected();
    platform.http = null;
    expect(await outcome(twin.history({ series: "x" }))).toBe("not_connected");
    expect(await outcome(twin.events())).toBe("not_connected");
  });

  it("bring the events that make sense", async () => {
    const event = { id: 1, time: 1, revision: 1, severity: "info", kind: "x", message: "m" };
    const { twin } = await over(200, { events: [event, { id: "two" }] });
    expect(await twin.events()).toEqual([event]);
    expect(await outcome((await over(200, [])).twin.events())).toBe("bad_message");
  });
});
