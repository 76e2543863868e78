import { describe, expect, it } from "vitest";
import { clientCommandMessage } from "../../../src/protocol/command-messages.ts";
import { connected, grant, leased, offsetMs, outcome, result, statusOf, welcome } from "./connected.ts";

describe("the lease", () => {
  it("is asked for in the client's name and renewed each second, by messages that the server's schema takes", async () => {
    const { platform, command, lease } = await leased();
    expect(command.of("acquire")).toMatchObject([{ robot: "arm", holder: "Ada" }]);
    for (let i = 0; i < 10; i++) {
      platform.advance(1000);
      const serverTime = platform.nowMs + offsetMs;
      const id = command.lastId("renew");
      command.says({ op: "lease", id, robot: "arm", epoch: 3, ttlMs: 3000, serverTime });
    }
    expect(command.of("renew")).toHaveLength(10);
    expect(lease.held).toBe(true);
    for (const message of command.sent) expect(clientCommandMessage.safeParse(message).success).toBe(true);
  });

  it("rejects with the holder's name where somebody else holds it", async () => {
    const all = await connected();
    const acquiring = all.robot.acquire();
    const id = all.command.lastId("acquire");
    all.command.says({ op: "error", id, code: "lease_held", message: "Bob drives", holder: "Bob" });
    await expect(acquiring).rejects.toMatchObject({
      name: "TwinError",
      code: "lease_held",
      message: "Bob drives",
      details: { holder: "Bob" },
    });
    // The next request is a new one.
    const again = all.robot.acquire();
    grant(all, 4);
    expect((await again).held).toBe(true);
  });

  it("tells of a stop that was latched when it was granted", async () => {
    const all = await connected();
    const acquiring = all.robot.acquire();
    grant(all, 3, { stopped: { by: "Bob", at: 5, reason: "" } });
    expect((await acquiring).stopped).toMatchObject({ by: "Bob" });
  });

  it("is asked for once at a time, since a second grant would end the first", async () => {
    const all = await connected();
    const acquiring = all.robot.acquire();
    await expect(all.robot.acquire()).rejects.toMatchObject({ code: "lease_held" });
    grant(all);
    expect((await acquiring).held).toBe(true);
    expect(all.command.of("acquire")).toHaveLength(1);
  });

  it("that comes after the client gave up is given back at once", async () => {
    const all = await connected();
    const acquiring = outcome(all.robot.acquire());
    const id = all.command.lastId("acquire");
    all.platform.advance(5000);
    expect(await acquiring).toBe("no_response");
    all.command.says({ op: "lease", id, robot: "arm", epoch: 9, ttlMs: 3000, serverTime: 0 });
    expect(all.command.of("release")).toMatchObject([{ robot: "arm", epoch: 9 }]);
  });

  it("is lost by a renewal that is refused, by silence, by a stop, by another holder, by the end of the line", async () => {
    type Leased = Awaited<ReturnType<typeof leased>>;
    const endings: [string, (all: Leased) => void][] = [
      [
        "no_lease",
        ({ platform, command }) => {
          platform.advance(1000);
          const id = command.lastId("renew");
          command.says({ op: "error", id, code: "no_lease", message: "not yours" });
        },
      ],
      ["lease_expired", ({ platform }) => platform.advance(3000)],
      ["stopped", ({ command }) => command.says({ op: "stopped", robot: "*", by: "Bob" })],
      [
        "lease_lost",
        ({ platform, state }) => {
          state.says(statusOf({ lease: { holder: "Bob", epoch: 4 } }, platform.nowMs + offsetMs + 1));
        },
      ],
      [
        "stopped",
        ({ platform, state }) => {
          const stopped = { by: "Bob", at: 1, reason: "" };
          state.says(statusOf({ stopped }, platform.nowMs + offsetMs + 1));
        },
      ],
      [
        // The robot has gone.
        "no_lease",
        ({ platform, state }) => {
          state.says({ ...statusOf({}, platform.nowMs + offsetMs + 1), control: [] });
        },
      ],
      ["connection_lost", ({ command }) => command.drop()],
      ["closed", ({ twin }) => twin.close()],
    ];
    for (const [code, end] of endings) {
      const all = await leased();
      const lost: string[] = [];
      all.lease.on("lost", (why) => lost.push(why.code));
      end(all);
      expect(lost, code).toEqual([code]);
      expect(all.lease.held, code).toBe(false);
      const before = all.command.sent.length;
      expect(await outcome(all.lease.move({ elbow: 1 })), code).toBe(code);
      expect(() => all.lease.jog({ elbow: 1 }), code).toThrow(expect.objectContaining({ code }));
      expect(all.command.sent, code).toHaveLength(before);
    }
  });

  it("is not lost by a status from before the grant, nor by a stop of another robot", async () => {
    const { state, command, platform, lease } = await leased();
    state.says(statusOf({ lease: { holder: "Bob", epoch: 2 } }, platform.nowMs + offsetMs - 1));
    command.says({ op: "stopped", robot: "other", by: "Bob" });
    expect(lease.held).toBe(true);
  });

  it("is gone after a reconnect and comes back only by a new request", async () => {
    const all = await leased();
    const { platform, twin, lease } = all;
    all.command.drop();
    all.state.drop();
    platform.advance(500);
    welcome(platform);
    expect(twin.connection).toBe("open");
    const command = platform.socket("ws/command");
    platform.advance(5000);
    expect(command.sent.every(({ op }) => op === "ping")).toBe(true);
    expect(lease.held).toBe(false);
    const again = all.robot.acquire();
    grant({ ...all, command }, 5);
    expect((await again).held).toBe(true);
  });

  it("is given back by release, which resolves with the server's answer and is no loss", async () => {
    const { command, lease } = await leased();
    const lost: unknown[] = [];
    lease.on("lost", (end) => lost.push(end));
    const released = lease.release();
    expect(command.of("release")).toMatchObject([{ robot: "arm", epoch: 3 }]);
    command.says({ op: "released", id: command.lastId("release"), robot: "arm" });
    await released;
    expect(await outcome(lease.release())).toBeUndefined();
    expect(lost).toEqual([]);
    expect(await outcome(lease.move({ elbow: 1 }))).toBe("released");
  });
});

describe("a move", () => {
  it("resolves when it is done and reports its stages on the way", async () => {
    const { command, platform, lease } = await leased();
    const stages: unknown[] = [];
    const moving = lease.move({ elbow: 0.5 }, { speed: 0.2, onProgress: (p) => stages.push(p) });
    const [sent] = command.of("command");
    expect(clientCommandMessage.parse(sent)).toMatchObject({
      robot: "arm",
      epoch: 3,
      issued: platform.nowMs + offsetMs,
      ttlMs: 2000,
      command: { kind: "jointPosition", positions: { elbow: 0.5 }, speed: 0.2 },
    });
    const id = command.lastId("command");
    result(command, id, "accepted");
    result(command, id, "executing", "ok", { progress: 0.5, error: 0.01 });
    expect(await outcome(moving)).toBe("open");
    result(command, id, "done");
    expect(await moving).toEqual({ code: "ok", message: "done ok" });
    expect(stages).toEqual([
      { stage: "accepted", progress: null, error: null, navigation: null },
      { stage: "executing", progress: 0.5, error: 0.01, navigation: null },
      { stage: "done", progress: null, error: null, navigation: null },
    ]);
  });

  it("rejects with the server's code and what came with it", async () => {
    const { command, lease } = await leased();
    const moving = lease.move({ elbow: 9 });
    const breach = { joint: "elbow", value: 9, lower: -2, upper: 2, unit: "rad" };
    result(command, command.lastId("command"), "refused", "outside_limits", { breach });
    await expect(moving).rejects.toMatchObject({ code: "outside_limits", details: { breach } });
    for (const [stage, code] of [
      ["aborted", "replaced"],
      ["done", "not_reached"],
    ] as const) {
      const other = lease.move({ elbow: 1 });
      result(command, command.lastId("command"), stage, code);
      await expect(other).rejects.toMatchObject({ code });
    }
    const malformed = lease.move({ elbow: Number.NaN });
    command.says({ op: "error", id: command.lastId("command"), code: "bad_message", message: "a number" });
    expect(await outcome(malformed)).toBe("bad_message");
  });

  it("that is pending when the connection goes rejects, and is never sent again", async () => {
    const { command, state, platform, twin, lease } = await leased();
    const moving = outcome(lease.move({ elbow: 0.5 }));
    command.drop();
    expect(await moving).toBe("connection_lost");
    state.drop();
    platform.advance(500);
    welcome(platform);
    expect(twin.connection).toBe("open");
    platform.advance(10_000);
    expect(platform.socket("ws/command").of("command")).toEqual([]);
  });

  it("rejects when the twin is closed", async () => {
    const { twin, lease, platform } = await leased();
    const moving = outcome(lease.move({ elbow: 0.5 }));
    twin.close();
    expect(await moving).toBe("closed");
    expect(twin.connection).toBe("closed");
    // Nothing keeps the program alive, and nothing is opened again.
    expect(platform.timerCount).toBe(0);
  });

  it("and other commands go out in numbers that rise", async () => {
    const { command, lease } = await leased();
    void outcome(lease.move({ elbow: 0.5 }));
    void outcome(lease.trajectory([{ time: 1, positions: { elbow: 1 } }]));
    void outcome(lease.device("gripper", "led", true));
    void outcome(
      lease.command({ kind: "pose", frame: "base", position: [0, 0, 1], quaternion: [0, 0, 0, 1] }),
    );
    const sent = command.of("command").map((message) => clientCommandMessage.parse(message));
    expect(sent.map((message) => "seq" in message && message.seq)).toEqual([1, 2, 3, 4]);
    expect(sent).toMatchObject([
      { command: { kind: "jointPosition" } },
      { command: { kind: "jointTrajectory", points: [{ time: 1 }] } },
      { command: { kind: "device", device: "gripper", signal: "led", value: true } },
      { command: { kind: "pose" } },
    ]);
  });
});
