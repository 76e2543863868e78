import { beforeEach, describe, expect, it, vi } from "vitest";
import type { GoalReport } from "../../../../src/command/gate-output.ts";
import type { RobotTask } from "../../../../src/command/robot-task.ts";
import { defaultRobot, type RobotConfig } from "../../../../src/io/config/config-schema.ts";
import { navigateThroughPoses, navigateToPose } from "../../../../src/io/ros/navigator-actions.ts";
import { RobotNames } from "../../../../src/io/ros/robot-names.ts";
import { TaskOutputs } from "../../../../src/io/ros/task-outputs.ts";
import { askedAgain, FakeRos, settled } from "./fake-ros.ts";

const gripperType = "control_msgs/action/GripperCommand";
const parallelType = "control_msgs/action/ParallelGripperCommand";
const gripper = "/r1/gripper_controller/gripper_cmd";
const pose = { x: 1, y: 2, yaw: Math.PI / 2 };

let ros: FakeRos;
let reports: GoalReport[];
let refusals: string[];
let outputs: TaskOutputs;

beforeEach(() => {
  ros = new FakeRos();
  reports = [];
  refusals = [];
});

/** The outputs of the robot r1 in /r1, where /r1/arm is another robot's. */
function follow(given: Partial<RobotConfig["commands"]> = {}): void {
  const config = defaultRobot("r1", "r1");
  outputs = new TaskOutputs(
    { ...config, commands: { ...config.commands, ...given } },
    { rcl: ros.rcl, listener: ros.node("twin"), actor: ros.node("twin_commands"), second: () => null },
    new RobotNames("r1", () => ["r1", "r1/arm"]),
    {
      report: (report) => reports.push(report),
      rejected: (_, reason) => refusals.push(reason),
      cancelRefused: (action) => refusals.push(action),
    },
    () => ros.now,
  );
  look();
}

function look(closely = true): void {
  ros.now += 250;
  for (const act of outputs.looks(closely)) act();
}

const grip = (more: Partial<Extract<RobotTask, { kind: "gripper" }>> = {}): RobotTask => ({
  ...{ kind: "gripper", id: "t1", target: gripper, joint: "finger", position: 0.02, maxEffort: null },
  ...more,
});
const navigate = (target: string, poses = [pose]): RobotTask => ({
  ...{ kind: "navigate", id: "t1", target, frame: "map", poses },
});
const last = () => reports.at(-1);

describe("the grippers of a robot", () => {
  it("are found by the types of their actions below its namespace, with their joints, and as they go", () => {
    const server = ros.actionServer(gripper, ["finger"], gripperType);
    ros.actionServer("/r1/left/gripper_cmd", ["jaw"], parallelType);
    ros.actionServer("/r1/arm/gripper/gripper_cmd", ["other"], gripperType);
    ros.actionServer("/elsewhere/gripper_cmd", ["other"], gripperType);
    follow();
    expect(server.parameters.requests).toEqual([{ names: ["joint"] }]);
    expect(outputs.capabilities().grippers).toEqual([
      { name: gripper, joints: ["finger"] },
      { name: "/r1/left/gripper_cmd", joints: ["jaw"] },
    ]);
    server.leave();
    look(false);
    expect(outputs.capabilities().grippers?.map(({ name }) => name)).toEqual(["/r1/left/gripper_cmd"]);
  });

  it("are those of the configuration alone, or none", () => {
    ros.actionServer(gripper, ["finger"], gripperType);
    ros.actionServer("/tool/gripper_cmd", null, gripperType);
    follow({ gripper: ["/tool/gripper_cmd"] });
    expect(outputs.capabilities().grippers).toEqual([{ name: "/tool/gripper_cmd", joints: null }]);
    follow({ gripper: "off" });
    expect(outputs.capabilities().noGripper).toContain("switched off");
  });

  it("whose action is not defined here are named with the remedy", () => {
    ros.actionServer(gripper, null, gripperType);
    ros.faults.set(`ActionClient ${gripperType}`, "no such type");
    follow();
    expect(outputs.capabilities().noGripper).toMatch(/GripperCommand is not installed .* `twin ros setup`/);
    outputs.send(grip());
    expect(last()).toMatchObject({ stage: "aborted", code: "controller_gone" });
  });

  it("get a goal of their own kind", async () => {
    const plain = ros.actionServer(gripper, ["finger"], gripperType);
    const parallel = ros.actionServer("/r1/left/gripper_cmd", ["jaw"], parallelType);
    follow();
    outputs.send(grip({ maxEffort: 5 }));
    outputs.send(grip());
    expect(plain.goals.map(({ message }) => message)).toEqual([
      { command: { position: 0.02, max_effort: 5 } },
      { command: { position: 0.02, max_effort: 0 } },
    ]);
    outputs.send(grip({ target: "/r1/left/gripper_cmd", joint: null, maxEffort: 5 }));
    outputs.send(grip({ target: "/r1/left/gripper_cmd", joint: "jaw" }));
    expect(parallel.goals.map(({ message }) => message)).toMatchObject([
      { command: { name: ["jaw"], position: [0.02], velocity: [], effort: [5] } },
      { command: { name: ["jaw"], position: [0.02], effort: [] } },
    ]);
  });

  it.each([
    ["succeeded", { position: 0.02, effort: 0, stalled: false }, "done", "ok", "it is at 0.02"],
    ["succeeded", { position: 0.03, effort: 9, stalled: true }, "done", "stalled", "an effort of 9"],
    [
      "aborted",
      { position: 0.03, effort: 9, stalled: true },
      "aborted",
      "stalled",
      "something is in the way",
    ],
    [
      "aborted",
      { position: 0.03, effort: 0, stalled: false },
      "aborted",
      "controller_failed",
      "gave up at 0.03",
    ],
    ["canceled", { position: 0.03, effort: 0, stalled: false }, "aborted", "canceled", "canceled at 0.03"],
  ] as const)("that ended as %s with %o are %s %s", async (status, outcome, stage, code, words) => {
    const server = ros.actionServer(gripper, ["finger"], gripperType);
    follow();
    outputs.send(grip());
    server.newest().accept();
    await settled();
    server.newest().finish(status, outcome);
    await settled();
    expect(reports.map((report) => report.stage)).toEqual(["accepted", stage]);
    expect(last()).toMatchObject({ goalId: "t1", code, message: expect.stringContaining(words) });
  });

  it("that are gone in mid-motion have no result", async () => {
    const server = ros.actionServer(gripper, ["finger"], gripperType);
    follow();
    look(false);
    outputs.send(grip());
    server.newest().accept();
    await settled();
    server.leave();
    look(false);
    expect(last()).toMatchObject({ goalId: "t1", stage: "aborted", code: "controller_gone" });
    const again = ros.actionServer(gripper, ["finger"], gripperType);
    look();
    look(false);
    // One that was only out of reach goes on with it.
    expect(again.cancelAll.requests).toMatchObject([
      { goal_info: { goal_id: { uuid: server.newest().uuid } } },
    ]);
  });
});

describe("a stop", () => {
  it("cancels everything at grippers and navigators, for a second, and at those that are found late", () => {
    const server = ros.actionServer(gripper, ["finger"], gripperType);
    const nav = ros.actionServer("/r1/navigate_to_pose", null, navigateToPose);
    follow();
    outputs.stop(30_000);
    expect([server.cancelAll.requests.length, nav.cancelAll.requests.length]).toEqual([1, 1]);
    for (let i = 0; i < 12; i++) look(false);
    expect(server.cancelAll.requests.length).toBeGreaterThan(3);
    const sent = server.cancelAll.requests.length;
    look(false);
    expect(server.cancelAll.requests).toHaveLength(sent);
    const late = ros.actionServer("/r1/left/gripper_cmd", null, parallelType);
    look();
    expect(late.cancelAll.requests).toHaveLength(1);
    outputs.reset();
    const later = ros.actionServer("/r1/right/gripper_cmd", null, parallelType);
    look();
    expect(later.cancelAll.requests).toEqual([]);
  });

  it("of one task cancels that", async () => {
    const server = ros.actionServer(gripper, ["finger"], gripperType);
    follow();
    outputs.send(grip());
    server.newest().accept();
    await settled();
    server.newest().cancelAnswer = { return_code: 1, goals_canceling: [] };
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    outputs.cancel("t1");
    await askedAgain();
    vi.useRealTimers();
    expect(server.newest().cancels).toBe(2);
    expect(refusals).toEqual([gripper]);
  });
});

describe("the navigators of a robot", () => {
  const at = { position: { x: 1, y: 2, z: 0 } };

  it("get poses in the plane, with the newest transform: a list until Jazzy, Goals since Kilted", () => {
    const one = ros.actionServer("/r1/navigate_to_pose", null, navigateToPose);
    const several = ros.actionServer("/r1/navigate_through_poses", null, navigateThroughPoses);
    follow();
    outputs.send(navigate("/r1/navigate_to_pose"));
    const [sent] = one.goals as unknown as { message: { pose: { pose: { orientation: { z: number } } } } }[];
    expect(sent?.message).toMatchObject({
      pose: { header: { stamp: { sec: 0, nanosec: 0 }, frame_id: "map" }, pose: at },
      behavior_tree: "",
    });
    expect(sent?.message.pose.pose.orientation.z).toBeCloseTo(Math.SQRT1_2, 12);
    for (const poses of [[], { header: {}, goals: [] }]) {
      ros.definitions.set(navigateThroughPoses, {
        Goal: class {
          readonly poses = poses;
        },
      });
      outputs.send(navigate("/r1/navigate_through_poses", [pose, pose]));
    }
    expect(several.goals.map(({ message }) => message)).toMatchObject([
      { poses: [{ pose: at }, { pose: at }] },
      { poses: { header: { frame_id: "map" }, goals: [{ pose: at }, { pose: at }] } },
    ]);
  });

  it("that reject a goal give no reason, so what to look at is named", async () => {
    const server = ros.actionServer("/r1/navigate_to_pose", null, navigateToPose);
    follow();
    outputs.send(navigate("/r1/navigate_to_pose"));
    server.newest().reject();
    await settled();
    expect(last()).toMatchObject({
      code: "controller_rejected",
      message: expect.stringContaining("lifecycle get"),
    });
  });

  it("are that of the configuration, and the one for several poses beside it", () => {
    for (const name of ["/r1/navigate_to_pose", "/nav/navigate_to_pose"]) {
      ros.actionServer(name, null, navigateToPose);
      ros.actionServer(name.replace("to_pose", "through_poses"), null, navigateThroughPoses);
    }
    follow({ navigate: "/nav/navigate_to_pose" });
    expect(outputs.capabilities().navigators).toMatchObject({
      ...{ toPose: "/nav/navigate_to_pose", throughPoses: "/nav/navigate_through_poses" },
    });
    follow({ navigate: "off" });
    expect(outputs.capabilities().noNavigator).toContain("switched off");
  });

  it.each([
    ["succeeded", {}, "done", "ok", "at its goal"],
    ["canceled", { error_code: 0, error_msg: "" }, "aborted", "canceled", "canceled the goal"],
    ["aborted", { error_code: 204, error_msg: "no path" }, "aborted", "navigator_204", "no path"],
    ["aborted", { error_code: 9002, error_msg: "" }, "aborted", "navigator_9002", "is it localized?"],
    ["aborted", {}, "aborted", "navigator_0", "see its log"],
  ] as const)("that ended as %s with %o are %s %s", async (status, outcome, stage, code, words) => {
    const server = ros.actionServer("/r1/navigate_to_pose", null, navigateToPose);
    follow();
    outputs.send(navigate("/r1/navigate_to_pose"));
    server.newest().accept();
    await settled();
    server.newest().finish(status, outcome);
    await settled();
    expect(last()).toMatchObject({ stage, code, message: expect.stringContaining(words) });
  });
});

describe("a goal or a place that is published", () => {
  const announce = (as: "goal" | "initial", target: string): RobotTask => ({
    ...{ kind: "announce", id: "t1", as, target, frame: "map", pose },
  });

  it("is offered while somebody is connected, goes out once, and says that nobody confirms it", () => {
    follow();
    expect(outputs.capabilities().navigators).toMatchObject({ goalTopic: null, initialTopic: null });
    const listener = ros.subscriber("/r1/driver", "/r1/goal_pose", "geometry_msgs/msg/PoseStamped");
    const amcl = ros.subscriber("/r1/amcl", "/r1/initialpose", "geometry_msgs/msg/PoseWithCovarianceStamped");
    look();
    expect(outputs.capabilities().navigators).toMatchObject({
      ...{ goalTopic: "/r1/goal_pose", initialTopic: "/r1/initialpose" },
    });
    outputs.send(announce("goal", "/r1/goal_pose"));
    expect(listener.heard).toMatchObject([
      { header: { frame_id: "map" }, pose: { position: { x: 1, y: 2 } } },
    ]);
    expect(last()).toMatchObject({ stage: "done", code: "not_confirmed" });
    outputs.send(announce("initial", "/r1/initialpose"));
    const [sent] = amcl.heard as { pose: { covariance: number[] } }[];
    expect(sent?.pose.covariance).toHaveLength(36);
    expect([0, 7, 35].map((i) => sent?.pose.covariance[i])).toEqual([0.25, 0.25, 0.0685]);
    expect(last()).toMatchObject({ stage: "done", code: "ok" });
    listener.leave();
    look();
    expect(outputs.capabilities().navigators?.goalTopic).toBeNull();
    outputs.send(announce("goal", "/r1/goal_pose"));
    expect(last()).toMatchObject({ stage: "aborted", code: "controller_gone" });
  });
});

describe("the services of a robot", () => {
  const call = (target: string, data: boolean | null = null): RobotTask => ({
    ...{ kind: "service", id: "t1", target, data },
  });

  it("are those that are allowed and there, and are called with what their type takes", () => {
    const home = ros.service("/r1/home", "std_srvs/srv/Trigger", () => ({ success: true, message: "homed" }));
    const lamp = ros.service("/lamp", "std_srvs/srv/SetBool", () => ({ success: false, message: "" }));
    ros.service("/r1/reboot", "std_srvs/srv/Trigger");
    ros.service("/r1/odd", "std_srvs/srv/Empty");
    follow({ services: ["home", "/lamp", "odd", "away"] });
    expect(outputs.capabilities().services).toEqual([
      { name: "/r1/home", takesData: false },
      { name: "/lamp", takesData: true },
    ]);
    outputs.send(call("/r1/home"));
    expect(home.requests).toEqual([{}]);
    expect(last()).toMatchObject({ stage: "done", message: "homed" });
    outputs.send(call("/lamp", true));
    expect(lamp.requests).toEqual([{ data: true }]);
    expect(last()).toMatchObject({
      stage: "aborted",
      code: "service_failed",
      message: "/lamp reports no success",
    });
    outputs.send(call("/r1/reboot"));
    expect(last()).toMatchObject({ stage: "aborted", code: "controller_gone" });
  });

  it("that end before they answer leave their call with an unknown outcome", () => {
    const home = ros.service("/r1/home", "std_srvs/srv/Trigger", null);
    follow({ services: ["home"] });
    outputs.send(call("/r1/home"));
    expect(reports).toEqual([]);
    ros.services.delete(home.name);
    look();
    expect(last()).toMatchObject({ code: "controller_gone", message: expect.stringContaining("not known") });
  });
});

it("leaves nothing behind at its end", () => {
  ros.actionServer(gripper, ["finger"], gripperType).parameters.answer = null;
  ros.actionServer("/r1/navigate_to_pose", null, navigateToPose);
  ros.subscriber("/r1/driver", "/r1/goal_pose", "geometry_msgs/msg/PoseStamped");
  ros.service("/r1/home", "std_srvs/srv/Trigger");
  follow({ services: ["home"] });
  expect(ros.open.length).toBeGreaterThan(0);
  outputs.end();
  expect(ros.open).toEqual([]);
});
