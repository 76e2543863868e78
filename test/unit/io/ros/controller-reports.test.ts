import { describe, expect, it } from "vitest";
import {
  reportControllers,
  type SeenControllers,
  type SeenWay,
} from "../../../../src/io/ros/controller-reports.ts";
import type { SeenController } from "../../../../src/io/ros/controller-state.ts";
import { GoalLog } from "../../../../src/io/ros/goal-log.ts";

function controller(name: string, state: string, ...interfaces: string[]): SeenController {
  return {
    ...{
      name,
      state,
      type: "joint_trajectory_controller/JointTrajectoryController",
      sinceMs: 5,
      sawChange: true,
    },
    claimed_interfaces: state === "active" ? interfaces : [],
    required_command_interfaces: interfaces,
  };
}

const way = (owner: string, isUsed = true): SeenWay => ({
  ...{ name: `${owner}/follow_joint_trajectory`, owner, kind: "trajectory action", joints: ["a"], isUsed },
});

function report(
  given: Partial<SeenControllers>,
  controllers: SeenController[] | null = [],
  manager = "/controller_manager",
) {
  const managers = given.managers ?? [{ name: manager, controllers }];
  return reportControllers({
    robot: "r",
    ways: [],
    goalOf: () => null,
    modelJoints: new Set(["a", "b"]),
    ...given,
    managers,
  });
}
const problems = (given: Partial<SeenControllers>, controllers: SeenController[], manager?: string) =>
  report(given, controllers, manager).controllers.flatMap((one) => one.problems);

describe("a report on controllers", () => {
  it("has each with its joints, what goes through it and the last goal", () => {
    const goal = { state: "aborted" as const, sentMs: 1, atMs: 2, message: "path tolerance" };
    const { controllers, managers } = report(
      { ways: [way("/r1/arm")], goalOf: () => goal },
      [controller("arm", "active", "a/position", "a/velocity", "gpio/out", "pid/b/position")],
      "/r1/controller_manager",
    );
    expect(managers).toEqual([{ name: "/r1/controller_manager", isAnswering: true }]);
    expect(controllers).toMatchObject([
      {
        ...{ name: "/r1/arm", manager: "/r1/controller_manager", state: "active", sinceMs: 5, joints: ["a"] },
        ways: [{ name: "/r1/arm/follow_joint_trajectory", kind: "trajectory action", isUsed: true }],
        lastGoal: goal,
        problems: [],
      },
    ]);
  });

  it("tells how an inactive one is activated, and what is to be deactivated for it", () => {
    expect(problems({}, [controller("arm", "inactive", "a/position")])).toEqual([
      "arm is inactive: activate it with `ros2 control set_controller_state arm active`",
    ]);
    const both = [controller("arm", "active", "a/position"), controller("servo", "inactive", "a/position")];
    expect(problems({ ways: [way("/r1/arm")] }, both, "/r1/controller_manager")).toEqual([
      "servo is inactive, and arm has claimed what it needs: change over with `ros2 control switch_controllers -c /r1/controller_manager --strict --deactivate arm --activate servo`",
    ]);
  });

  it("names two active ones of one joint, joints that the description lacks, and what the twin does not use", () => {
    const both = [controller("arm", "active", "a/position"), controller("jog", "active", "a/velocity")];
    expect(problems({ ways: [way("/arm"), way("/jog", false)] }, both)).toEqual([
      "arm and jog are both active and command a: deactivate one of them",
      "jog and arm are both active and command a: deactivate one of them",
      expect.stringContaining("does not send through /jog/follow_joint_trajectory"),
    ]);
    expect(problems({ ways: [way("/arm")] }, [controller("arm", "active", "x/position")])).toEqual([
      expect.stringContaining("the description has no joint x"),
    ]);
    expect(problems({}, [controller("arm", "active", "a/position")])).toEqual([
      expect.stringContaining("the twin sends nothing to arm"),
    ]);
    expect(problems({}, [controller("joint_state_broadcaster", "active")])).toEqual([]);
  });

  it("tells what actions and topics alone tell where there is no controller_manager, or it does not answer", () => {
    const alone = report({ managers: [], ways: [way("/arm")] });
    expect(alone.controllers).toMatchObject([
      { name: "/arm", state: "unknown", manager: null, type: null, joints: ["a"] },
    ]);
    expect(alone.problems).toEqual([expect.stringContaining("from actions and topics alone")]);
    expect(report({ managers: [] }).problems).toEqual([
      expect.stringContaining("start the robot's controllers"),
    ]);
    const mute = report({ ways: [way("/arm")] }, null);
    expect(mute.problems).toEqual([expect.stringContaining("does not answer")]);
    expect(mute.controllers).toHaveLength(1);
  });
});

it("keeps the last goal of each action, and what became of it", () => {
  let now = 10;
  const log = new GoalLog(() => now);
  expect(log.of("/arm")).toBeNull();
  log.sent("/arm", "g1");
  log.sent("/arm", "g2");
  now = 20;
  log.take({ goalId: "g1", stage: "aborted", code: "canceled", message: "replaced" });
  log.take({ goalId: "g2", stage: "executing", code: "ok", message: "" });
  expect(log.of("/arm")).toEqual({ state: "active", sentMs: 10, atMs: 20, message: "" });
  log.take({ goalId: "g2", stage: "aborted", code: "controller_-4", message: "path tolerance" });
  expect(log.of("/arm")).toMatchObject({ state: "aborted", message: "path tolerance" });
});
