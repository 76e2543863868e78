import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Stamp } from "../../../../src/core/stamp.ts";
import { TrajectoryClient, type TrajectoryLink } from "../../../../src/io/ros/trajectory-client.ts";
import { feedbackCdr } from "../../protocol/cdr.ts";
import { askedAgain, FakeRos, type OutsideActionServer, settled } from "./fake-ros.ts";
import { action, goal } from "./goal.ts";

let ros: FakeRos;
let server: OutsideActionServer;
let client: TrajectoryClient;
/** What the robot's side was told, in order. */
let reports: string[];
let start: Stamp;

const link: TrajectoryLink = {
  report: ({ goalId, stage, code, message, error }) =>
    reports.push(
      [goalId, stage, code, message, error]
        .filter((part) => part !== undefined)
        .join(" ")
        .trim(),
    ),
  rejected: (of, reason) => reports.push(`${of} rejected: ${reason}`),
  cancelRefused: (of) => reports.push(`${of} refused to cancel`),
  stampOf: () => start,
};

function setUp(joints: readonly string[] | null = null, hash: number[] | null = null): void {
  ros = new FakeRos();
  server = ros.actionServer(action, joints, undefined, hash);
  reports = [];
  start = { sec: 0, nanosec: 0 };
  client = new TrajectoryClient(ros.rcl, ros.node(), action, link);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  setUp();
});
afterEach(() => vi.useRealTimers());

/** Sends `goal` and has it accepted. */
async function accepted(): Promise<void> {
  client.send(goal);
  server.newest().accept();
  await settled();
  reports.length = 0;
}

describe("a goal for a controller", () => {
  it("is accepted, then done when the controller succeeds", async () => {
    client.send(goal);
    expect(reports).toEqual([]);
    server.newest().accept();
    await settled();
    expect(reports).toEqual(["g1 accepted ok"]);
    server.newest().finish("succeeded", { error_code: 0, error_string: "reached" });
    await settled();
    expect(reports).toEqual(["g1 accepted ok", "g1 done ok reached"]);
  });

  it("is aborted when the controller rejects it", async () => {
    client.send(goal);
    server.newest().reject();
    await settled();
    expect(reports).toEqual([`g1 aborted controller_rejected ${action} rejected the goal`]);
  });

  it.each([
    ["aborted", { error_code: -4, error_string: "path tolerance" }, "controller_-4 path tolerance"],
    [
      "aborted",
      { error_code: -5 },
      "controller_-5 the controller aborted the goal with code -5 and no text: see its log",
    ],
    ["aborted", {}, "controller_0 the controller aborted the goal with code 0 and no text: see its log"],
    ["succeeded", { error_code: -1, error_string: "invalid goal" }, "controller_-1 invalid goal"],
    ["canceled", {}, "canceled canceled"],
    ["canceled", { error_string: "preempted by another goal" }, "canceled preempted by another goal"],
  ] as const)(
    "that ends as %s with %j is aborted with a code and a reason",
    async (status, outcome, said) => {
      await accepted();
      server.newest().finish(status, outcome);
      await settled();
      expect(reports).toEqual([`g1 aborted ${said}`]);
    },
  );

  it("is aborted where the request cannot be encoded, and nothing is thrown into the cycle", async () => {
    ros.faults.set("sendGoal", "positions[0] is not a number");
    expect(() => client.send(goal)).not.toThrow();
    await settled();
    expect(reports).toEqual(["g1 aborted ros_error positions[0] is not a number"]);
  });

  it("is aborted where the request fails on its way", async () => {
    client.send(goal);
    server.newest().fail("the client was destroyed");
    await settled();
    expect(reports).toEqual(["g1 aborted ros_error the client was destroyed"]);
  });

  it("does not end twice", async () => {
    await accepted();
    client.serverGone();
    server.newest().finish("succeeded");
    await settled();
    expect(reports).toEqual([`g1 aborted controller_gone ${action} is gone`]);
  });

  it("that is accepted by a server that is gone is not reported as accepted", async () => {
    client.send(goal);
    client.serverGone();
    server.newest().accept();
    await settled();
    expect(reports).toEqual([`g1 aborted controller_gone ${action} is gone`]);
  });
});

describe("the feedback of a goal", () => {
  const type = "control_msgs/action/FollowJointTrajectory_FeedbackMessage";

  it("is reported with the largest error while the goal runs, and not afterwards", async () => {
    const feedback = ros.publisher("/arm_controller", `${action}/_action/feedback`, type);
    await accepted();
    const { uuid } = server.newest();
    feedback.publish(feedbackCdr(uuid, [0.1, -0.3]));
    feedback.publish(feedbackCdr(uuid, []));
    server.newest().finish("succeeded");
    await settled();
    feedback.publish(feedbackCdr(uuid, [0.1, -0.3]));
    expect(reports).toEqual(["g1 executing ok  0.3", "g1 executing ok  0", "g1 done ok"]);
  });

  it("that cannot be read is told under the action's name", () => {
    ros.publisher("/arm_controller", `${action}/_action/feedback`, type).publish(new Uint8Array(1));
    expect(reports).toEqual([`${action} rejected: 1 bytes are not feedback`]);
  });
});

describe("the message of a goal", () => {
  it("starts on arrival where the robot's clock is not known, from its first planned point", () => {
    client.send(goal);
    const { trajectory } = server.newest().message;
    expect(trajectory.header.stamp).toEqual({ sec: 0, nanosec: 0 });
    expect(trajectory.joint_names).toEqual(["shoulder", "elbow"]);
    expect(trajectory.points).toHaveLength(2);
    expect(trajectory.points[0]).toEqual({
      positions: [0.5, 0.6],
      velocities: [0.7, 0.8],
      accelerations: [0.9, 1],
      effort: [],
      time_from_start: { sec: 0, nanosec: 500_000_000 },
    });
  });

  it("begins with the planned state where it starts at a known time", () => {
    start = { sec: 12, nanosec: 0 };
    client.send(goal);
    const { trajectory } = server.newest().message;
    expect(trajectory.header.stamp).toEqual(start);
    expect(trajectory.points).toHaveLength(3);
    expect(trajectory.points[0]).toMatchObject({
      positions: [0.1, 0.2],
      time_from_start: { sec: 0, nanosec: 0 },
    });
  });

  it("has no planned state where there is none, even at a known time", () => {
    start = { sec: 0, nanosec: 1 };
    client.send({ ...goal, from: null });
    expect(server.newest().message.trajectory.points).toHaveLength(2);
  });

  it("never has a whole second of nanoseconds, which ROS refuses", () => {
    client.send(goal);
    expect(server.newest().message.trajectory.points[1]).toMatchObject({
      accelerations: [],
      time_from_start: { sec: 1, nanosec: 999_999_999 },
    });
  });

  it("has a tolerance for each joint: zero, the controller's default, where none is given", () => {
    client.send(goal);
    expect(server.newest().message).toMatchObject({
      path_tolerance: [
        { name: "shoulder", position: 0.1, velocity: 0, acceleration: 0 },
        { name: "elbow", position: 0.2 },
      ],
      goal_tolerance: [
        { name: "shoulder", position: 0.01 },
        { name: "elbow", position: 0 },
      ],
      goal_time_tolerance: { sec: 2, nanosec: 250_000_000 },
    });
  });

  it("has an id of its own each time", () => {
    client.send(goal);
    client.send({ ...goal, id: "g2" });
    const [a, b] = server.goals.map(({ uuid }) => Buffer.from(uuid).toString("hex"));
    expect(a).toHaveLength(32);
    expect(a).not.toBe(b);
  });
});

describe("a cancel", () => {
  it("reaches the controller, which ends the goal as canceled", async () => {
    await accepted();
    client.cancel("g1");
    expect(server.newest().cancels).toBe(1);
    server.newest().finish("canceled");
    await settled();
    expect(reports).toEqual(["g1 aborted canceled canceled"]);
  });

  it("before the goal is accepted is sent as soon as it is, once", async () => {
    client.send(goal);
    client.cancel("g1");
    expect(server.newest().cancels).toBe(0);
    server.newest().accept();
    await settled();
    expect(server.newest().cancels).toBe(1);
  });

  it("before the goal is rejected is not sent, and not kept for another goal of that id", async () => {
    client.send(goal);
    client.cancel("g1");
    server.newest().reject();
    await settled();
    client.send(goal);
    server.newest().accept();
    await settled();
    expect(server.goals.map(({ cancels }) => cancels)).toEqual([0, 0]);
  });

  it("of a goal that is over, or another controller's, does nothing", async () => {
    await accepted();
    client.cancel("of another");
    server.newest().finish("succeeded");
    await settled();
    client.cancel("g1");
    expect(server.newest().cancels).toBe(0);
  });

  it("that is refused is reported once, however often it is repeated", async () => {
    await accepted();
    server.newest().cancelAnswer = { return_code: 1, goals_canceling: [] };
    client.cancel("g1");
    await settled();
    expect(reports).toEqual([]);
    await askedAgain();
    client.cancel("g1");
    await askedAgain();
    expect(server.newest().cancels).toBe(3);
    expect(reports).toEqual([`${action} refused to cancel`]);
  });

  it.each(["before", "after"])(
    "that is refused %s another request cancels the goal is no refusal",
    async (when) => {
      await accepted();
      server.newest().cancelAnswer = { return_code: 1, goals_canceling: [] };
      if (when === "after") client.cancel("g1");
      await settled();
      server.cancelAll.answer = () => ({
        return_code: 0,
        goals_canceling: [{ goal_id: { uuid: [...server.newest().uuid] } }],
      });
      client.cancelEverything();
      if (when === "before") client.cancel("g1");
      await askedAgain();
      expect(reports).toEqual([]);
    },
  );

  it.each([
    [2, "unknown to the controller"],
    [3, "terminated already"],
  ])("that is answered with %i (the goal is %s) is no refusal", async (code) => {
    await accepted();
    server.newest().cancelAnswer = { return_code: code, goals_canceling: [] };
    client.cancel("g1");
    await askedAgain();
    expect(reports).toEqual([]);
  });

  it("that is refused after the goal ended by itself is no refusal", async () => {
    await accepted();
    server.newest().cancelAnswer = { return_code: 1, goals_canceling: [] };
    client.cancel("g1");
    client.serverGone();
    await askedAgain();
    expect(reports).toEqual([`g1 aborted controller_gone ${action} is gone`]);
  });

  it("that cannot be sent ends nothing: the goal's result still comes", async () => {
    await accepted();
    server.newest().cancelAnswer = new Error("timed out");
    client.cancel("g1");
    await settled();
    server.newest().finish("succeeded");
    await settled();
    expect(reports).toEqual(["g1 done ok"]);
  });
});

describe("the cancel of everything", () => {
  it("names no goal and no time, so that goals of other clients end as well", async () => {
    await accepted();
    expect(client.cancelEverything()).toBe(true);
    expect(server.cancelAll.requests).toEqual([
      { goal_info: { goal_id: { uuid: new Uint8Array(16) }, stamp: { sec: 0, nanosec: 0 } } },
    ]);
    expect(server.newest().cancels).toBe(1);
  });

  it("cancels our own goals even where the controller cannot be asked yet", async () => {
    await accepted();
    ros.services.delete(server.cancelAll.name);
    expect(client.cancelEverything()).toBe(false);
    expect(server.newest().cancels).toBe(1);
  });

  it("reaches a goal that is on its way", async () => {
    client.send(goal);
    client.cancelEverything();
    server.newest().accept();
    await settled();
    expect(server.newest().cancels).toBe(1);
  });
});

describe("the joints of a controller", () => {
  it("are those of its node's parameter", () => {
    setUp(["shoulder", "elbow"]);
    client.askJoints();
    expect(server.parameters.requests).toEqual([{ names: ["joints"] }]);
    expect(client.joints).toEqual(["shoulder", "elbow"]);
  });

  it.each([
    ["has no such parameter", { values: [{ type: 0, string_array_value: [] }] }],
    ["has an empty one", { values: [{ type: 9, string_array_value: [] }] }],
    ["answers with nothing", { values: [] }],
    ["has one of another type", { values: [{ type: 4, string_array_value: ["no"] }] }],
  ])("stay unknown where the node %s", (_, response) => {
    server.parameters.answer = () => response;
    client.askJoints();
    expect(client.joints).toBeNull();
  });

  it("stay unknown where the node offers no parameters, and nothing is left of the question", () => {
    ros.services.delete(server.parameters.name);
    const before = [...ros.open];
    client.askJoints();
    expect(client.joints).toBeNull();
    expect(ros.open).toEqual(before);
  });

  it("leave nothing of the question once they are known", () => {
    const before = [...ros.open];
    client.askJoints();
    expect(ros.open).toEqual(before);
  });
});

describe("the joints of a controller that never answers", () => {
  beforeEach(() => {
    server.parameters.answer = null;
  });

  it("are asked for again, by the same client: the first answer may be lost", () => {
    client.askJoints();
    const open = [...ros.open];
    client.askJoints();
    expect(server.parameters.requests).toHaveLength(2);
    expect(ros.open).toEqual(open);
    server.parameters.release({ values: [{ type: 9, string_array_value: ["shoulder"] }] });
    expect(client.joints).toEqual(["shoulder"]);
    expect(ros.open).not.toContain(`client ${server.parameters.name}`);
  });

  it("leave nothing open at the end of the client, nor when the answer comes after it", () => {
    client.askJoints();
    client.destroy();
    expect(ros.open).toEqual([]);
    server.parameters.release({ values: [{ type: 9, string_array_value: ["shoulder"] }] });
    expect(ros.open).toEqual([]);
  });
});

describe("the definition of the action", () => {
  it("is another one on the controller's side: no goal is sent, and the reason has a remedy", () => {
    setUp(null, [1, 2]);
    ros.ownHash = [3, 4];
    client.send(goal);
    expect(server.goals).toEqual([]);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatch(/^g1 aborted type_mismatch .*run the twin with the robot's ROS 2/);
  });

  it("is the same on both sides: the goal is sent", () => {
    setUp(null, [1, 2]);
    ros.ownHash = [1, 2];
    client.send(goal);
    expect(server.goals).toHaveLength(1);
  });
});

describe("the end of a client", () => {
  it("leaves nothing open", async () => {
    await accepted();
    expect(ros.open).toEqual([`action client ${action}`, `client ${action}/_action/cancel_goal`]);
    client.destroy();
    expect(ros.open).toEqual([]);
    expect(ros.subscriptions).toEqual([]);
  });
});
