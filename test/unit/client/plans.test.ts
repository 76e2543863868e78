import { describe, expect, it } from "vitest";
import { clientCommandMessage } from "../../../src/protocol/command-messages.ts";
import { connected, leased, offsetMs, outcome, result, statusOf } from "./connected.ts";
import type { FakePlatform, FakeSocket } from "./fake-platform.ts";

const planned = {
  op: "planned",
  robot: "arm",
  planId: "p",
  stateHash: "h",
  duration: 1,
  points: [{ time: 0, positions: { elbow: 0 } }],
  effortShare: {},
  path: "direct",
};
const move = { kind: "jointPosition", positions: { elbow: 1 } };

/** Lets seconds pass in which the server answers pings. */
function listen(platform: FakePlatform, command: FakeSocket, seconds: number): void {
  for (let i = 0; i < seconds; i++) {
    platform.advance(1000);
    command.says({ op: "pong", t: 1, serverTime: platform.nowMs });
  }
}

describe("a plan", () => {
  it("is waited for longer than any other answer, since a way around takes its time", async () => {
    const { platform, command, robot } = await connected();
    const plan = robot.plan(move, false);
    expect(command.of("plan")).toMatchObject([{ robot: "arm", command: move, avoid: false }]);
    listen(platform, command, 14);
    command.says({ ...planned, id: command.lastId("plan") });
    expect(await plan).toMatchObject({ planId: "p", stateHash: "h" });
    const never = outcome(robot.plan(move));
    listen(platform, command, 21);
    expect(await never).toBe("no_response");
  });

  it("that is refused rejects with the code of the command", async () => {
    const { command, robot } = await connected();
    const plan = outcome(robot.plan(move));
    const id = command.lastId("plan");
    command.says({ op: "result", id, stage: "refused", code: "no_path", message: "m" });
    expect(await plan).toBe("no_path");
  });
});

describe("the way of a base", () => {
  const way = {
    ...{ op: "planned", robot: "arm", path: "straight", duration: 5, frame: "map", leavesMap: false },
    poses: [
      { time: 0, position: [0, 0], yaw: 0 },
      { time: 5, position: [2, 1], yaw: 0.5 },
    ],
    footprint: { points: [[0, 0]], radius: 0.3 },
    leastDistance: { metres: 0.2, between: ["footprint", "door"], time: 3, point: [1, 0.5] },
  };
  const goal = { frame: "map", position: [2, 1], yaw: 0.5 };

  it("is asked for a goal or a twist, in messages that the server takes", async () => {
    const { command, robot } = await connected();
    const found = robot.planWay(goal);
    command.says({ ...way, id: command.lastId("plan") });
    const { op: _, ...rest } = way;
    expect(await found).toEqual(rest);
    void outcome(robot.planWay({ linear: { x: 0.2 }, seconds: 2 }));
    const sent = command.of("plan").map((message) => clientCommandMessage.parse(message));
    expect(sent.map((message) => "command" in message && message.command)).toMatchObject([
      { kind: "navigate", ...goal },
      { kind: "twist", linear: { x: 0.2, y: 0 }, angular: { z: 0 }, seconds: 2 },
    ]);
  });

  it("rejects with the code where it is not free, and is no plan of joints", async () => {
    const { command, robot } = await connected();
    const refused = outcome(robot.planWay(goal));
    command.says({
      op: "result",
      id: command.lastId("plan"),
      stage: "refused",
      code: "collision",
      message: "m",
    });
    expect(await refused).toBe("collision");
    const mistaken = outcome(robot.plan({ kind: "navigate", ...goal }));
    command.says({ ...way, id: command.lastId("plan") });
    expect(await mistaken).toBe("bad_message");
    const odd = outcome(robot.planWay(goal));
    command.says({ ...planned, id: command.lastId("plan") });
    expect(await odd).toBe("bad_message");
  });
});

describe("a jog of a link", () => {
  it("is repeated, changed and ended by one zero, in messages that the server takes", async () => {
    const { platform, command, lease } = await leased();
    const jog = lease.jogLink({ link: "tool0", frame: "tool0", linear: { z: 0.05 } });
    platform.advance(40);
    jog.update({ link: "tool0", frame: "tool0", angular: { x: 0.1 } });
    platform.advance(40);
    void jog.end();
    const sent = command.of("command").map((message) => clientCommandMessage.parse(message));
    expect(sent.map((message) => "command" in message && message.command)).toMatchObject([
      { kind: "cartesianVelocity", link: "tool0", frame: "tool0", linear: { x: 0, y: 0, z: 0.05 } },
      { linear: { z: 0.05 } },
      { linear: { z: 0 }, angular: { x: 0.1 } },
      { kind: "cartesianVelocity", linear: { z: 0 }, angular: { x: 0 } },
    ]);
    result(command, command.lastId("command"), "done");
    expect(await jog.ended).toMatchObject({ code: "ok" });
  });

  it("and one of joints take each other's place; one of the base goes on", async () => {
    const { lease } = await leased();
    const base = lease.twist({ linear: { x: 0.1 } });
    const link = lease.jogLink({ linear: { z: 0.05 } });
    const joints = lease.jog({ elbow: 0.1 });
    expect(await link.ended).toMatchObject({ code: "replaced" });
    expect([base.active, joints.active]).toEqual([true, true]);
    lease.jogLink({ linear: { z: 0.05 } });
    expect(await joints.ended).toMatchObject({ code: "replaced" });
  });
});

describe("a lease that is handed over", () => {
  it("is not lost where the status tells of the new holder before the answer", async () => {
    const { state, command, platform, lease } = await leased();
    const lost: string[] = [];
    lease.on("lost", ({ code }) => lost.push(code));
    const given = lease.handOver("client-9");
    const next = { robot: "arm", lease: { holder: "Bob", epoch: 4 }, stopped: null };
    const before = statusOf();
    const control = [{ ...before.control[0], ...next }];
    state.says({ ...before, time: platform.nowMs + offsetMs + 1000, control });
    expect(lease.held).toBe(false);
    command.says({ op: "released", id: command.lastId("handOver"), robot: "arm" });
    await given;
    expect(lost).toEqual([]);
    await expect(lease.release()).resolves.toBeUndefined();
  });
});
