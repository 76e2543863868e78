import { beforeEach, describe, expect, it } from "vitest";
import type { GoalReport } from "../../../src/command/gate-output.ts";
import type { NavigateCommand } from "../../../src/command/motion-command.ts";
import type { Navigators } from "../../../src/command/robot-task.ts";
import { bothControllers, GateAtHand, twist } from "./gate-at-hand.ts";

const nav2: Navigators = {
  ...{ toPose: "/navigate_to_pose", throughPoses: "/navigate_through_poses" },
  ...{ goalTopic: null, initialTopic: null },
};
const gripper = { name: "/gripper_controller/gripper_cmd", joints: ["a"] };

let at: GateAtHand;

beforeEach(() => {
  at = new GateAtHand();
  at.can = {
    ...bothControllers,
    grippers: [gripper],
    navigators: nav2,
    services: [
      { name: "/home", takesData: false },
      { name: "/lamp", takesData: true },
    ],
  };
  at.acquire();
});

const goal = (x: number, more: Partial<NavigateCommand> = {}): NavigateCommand => ({
  ...{ kind: "navigate", frame: "map", position: [x, 0], yaw: 0 },
  ...more,
});
const via = [{ position: [0, 1], yaw: 0 }];

/** A report on the newest task, or on `taskId`. */
function report(stage: GoalReport["stage"], more: Partial<GoalReport> = {}, taskId?: string): void {
  const goalId = taskId ?? (at.out.tasks.at(-1)?.id as string);
  at.gate.goalReport({ goalId, stage, code: "ok", message: "", ...more }, at.now, at.robot());
}
const navigation = (distanceRemaining: number) => ({
  navigation: { distanceRemaining, timeRemaining: 2, recoveries: 0 },
});
const answerOf = (id: string) => at.out.results.filter((result) => result.id === id).at(-1);

describe("a gripper command", () => {
  it("is sent to the gripper, and done when the joint is measured there", () => {
    at.send("g", { kind: "gripper", position: 0.5, maxEffort: 3 });
    expect(at.out.tasks).toEqual([
      {
        ...{ kind: "gripper", id: "run-task-1", target: gripper.name, joint: "a" },
        position: 0.5,
        maxEffort: 3,
      },
    ]);
    report("accepted");
    report("done");
    at.run(200);
    expect(at.out.answers("g")).toEqual(["accepted ok", "sent ok", "executing ok"]);
    at.joints.positions.set("a", 0.5);
    at.run(10);
    expect(at.out.answers("g").at(-1)).toBe("done ok");
  });

  it("is not reached where the measurement is elsewhere half a second after the report", () => {
    at.send("g", { kind: "gripper", position: 0.5 });
    report("accepted");
    report("done");
    at.run(600);
    expect(at.out.answers("g").at(-1)).toBe("done not_reached");
    expect(answerOf("g")?.message).toContain("the gripper reports success, but a was to be at 0.5");
  });

  it("is done where the gripper stands short of its goal and calls that success", () => {
    at.send("g", { kind: "gripper", position: 0.5 });
    report("done", { code: "stalled", message: "it holds something" });
    expect(answerOf("g")).toMatchObject({ stage: "done", code: "ok", message: "it holds something" });
  });

  it.each([
    [{ kind: "gripper", position: 5 } as const, "outside_limits"],
    [{ kind: "gripper", position: 1, maxEffort: 11 } as const, "effort_limit"],
    [{ kind: "gripper", position: Number.NaN } as const, "not_finite"],
    [{ kind: "gripper", position: 0, controller: "other" } as const, "no_controller"],
  ])("%o is refused as %s", (command, code) => {
    expect(at.send("g", command)).toEqual([`refused ${code}`]);
    expect(at.out.tasks).toEqual([]);
  });

  it("is unsupported where there is no gripper, with the remedy", () => {
    at.can = { ...bothControllers, noGripper: "start it" };
    expect(at.send("g", { kind: "gripper", position: 0 })).toEqual(["refused unsupported"]);
    expect(answerOf("g")?.message).toBe("start it");
  });

  it("names its gripper by action, controller or joint, and must where there are several", () => {
    at.can = { ...at.can, grippers: [gripper, { name: "/left/gripper_cmd", joints: ["b"] }] };
    expect(at.send("g", { kind: "gripper", position: 0 })).toEqual(["refused no_controller"]);
    for (const controller of ["/left/gripper_cmd", "left", "b"]) {
      at.send(controller, { kind: "gripper", position: 0.1, controller });
      expect(at.out.tasks.at(-1)).toMatchObject({ target: "/left/gripper_cmd", joint: "b" });
    }
  });

  it("that is accepted ends the one before it, which is cancelled then: its controller has ended it", () => {
    at.send("g", { kind: "gripper", position: 0.5 });
    report("accepted");
    at.send("h", { kind: "gripper", position: 0.1 });
    expect(at.out.answers("g").at(-1)).toBe("aborted replaced");
    expect(at.out.taskCancels).toEqual([]);
    report("accepted");
    expect(at.out.taskCancels).toEqual(["run-task-1"]);
  });
});

describe("a goal of the base", () => {
  it("goes to the navigator of one pose or of several, and tells the way", () => {
    at.send("n", goal(4));
    report("accepted");
    report("executing", navigation(4));
    report("executing", navigation(1));
    expect(answerOf("n")).toMatchObject({ stage: "executing", progress: 0.75 });
    report("done", { message: "there" });
    expect(answerOf("n")).toMatchObject({ stage: "done", code: "ok", progress: 1 });
    at.send("m", goal(4, { via }));
    expect(at.out.tasks.at(-1)).toMatchObject({
      target: "/navigate_through_poses",
      poses: [{ y: 1 }, { x: 4 }],
    });
  });

  it("takes the place of one of the other action only when that has ended", () => {
    at.send("n", goal(4));
    report("accepted");
    at.send("m", goal(4, { via }));
    expect(at.out.tasks).toHaveLength(1);
    expect(at.out.taskCancels).toEqual(["run-task-1"]);
    expect(at.out.answers("m")).toEqual(["accepted ok"]);
    at.run(100);
    report("aborted", { code: "canceled" }, "run-task-1");
    expect(at.out.tasks).toHaveLength(2);
    report("accepted");
    expect(at.out.answers("m")).toEqual(["accepted ok", "sent ok", "executing ok"]);
  });

  it("that is rejected cancels the one whose place it took: nobody else watches that any more", () => {
    at.send("n", goal(4));
    report("accepted");
    at.send("m", goal(5));
    expect(at.out.taskCancels).toEqual([]);
    report("aborted", { code: "controller_rejected", message: "no" });
    expect(at.out.answers("m").at(-1)).toBe("aborted controller_rejected");
    expect(at.out.taskCancels).toEqual(["run-task-1"]);
  });

  it("waits for what the one that waited before it waited for", () => {
    at.send("n", goal(4));
    report("accepted");
    at.send("m", goal(4, { via }));
    at.send("o", goal(5));
    expect(at.out.tasks).toHaveLength(1);
    report("aborted", { code: "canceled" }, "run-task-1");
    expect(at.out.tasks).toHaveLength(2);
    expect(at.out.answers("o").at(-1)).toBe("sent ok");
    expect(at.out.answers("m").at(-1)).toBe("aborted replaced");
  });

  it("waits for the ramp of a jog, which would speak on the same topic", () => {
    for (let i = 0; i < 10; i += 1) {
      at.send(`j${i}`, twist(0.5));
      at.run(50);
    }
    at.send("n", goal(4));
    expect(at.out.tasks).toHaveLength(0);
    at.run(700);
    expect(at.out.tasks).toHaveLength(1);
  });

  it("is sent after two seconds where the one before it does not end, and not at all after a stop", () => {
    at.send("n", goal(4));
    report("accepted");
    at.send("m", goal(4, { via }));
    at.run(1900);
    expect(at.out.tasks).toHaveLength(1);
    at.run(200);
    expect(at.out.tasks).toHaveLength(2);
    at.send("o", goal(5));
    at.gate.stop("t", "", at.now, at.robot());
    at.run(5000, false);
    expect(at.out.tasks).toHaveLength(2);
    expect(at.out.answers("o").at(-1)).toBe("aborted stopped");
  });

  it("ends a jog of the base, and a jog ends it; a zero does not", () => {
    at.send("j", twist(0.3));
    at.run(50);
    at.send("n", goal(4));
    at.run(1000);
    expect(at.out.answers("j").at(-1)).toBe("done ok");
    expect(at.out.twists.at(-1)).toEqual({ x: 0, y: 0, yaw: 0 });
    report("accepted");
    at.send("z", twist(0));
    expect(at.out.answers("n").at(-1)).toBe("executing ok");
    at.send("k", twist(0.3));
    expect(at.out.answers("n").at(-1)).toBe("aborted replaced");
    expect(at.out.taskCancels).toEqual(["run-task-1"]);
  });

  it.each([
    ["a stop", () => at.gate.stop("t", "", at.now, at.robot()), "stopped"],
    ["the end of the lease", () => at.run(3100, false), "lease_lost"],
    ["its release", () => at.gate.releaseSession("s", at.now, at.robot()), "lease_lost"],
    ["a new description", () => at.gate.endMotion("reloaded", "", at.now), "reloaded"],
  ])("is cancelled by %s", (_, act, code) => {
    at.send("n", goal(4));
    report("accepted");
    act();
    expect(at.out.answers("n").at(-1)).toBe(`aborted ${code}`);
    expect(at.out.taskCancels).toEqual(["run-task-1"]);
    expect(at.gate.isQuiet(at.now) || at.gate.lease.current() !== null).toBe(true);
  });

  it("ends where nobody answers, where its navigator falls silent, and where the base is not measured any more", () => {
    at.send("n", goal(4));
    at.run(3100);
    expect(at.out.answers("n").at(-1)).toBe("aborted no_answer");
    at.send("m", goal(4));
    report("accepted");
    at.run(20_000);
    report("executing", navigation(4));
    at.run(2900);
    report("executing", navigation(4));
    // It has been silent for three seconds before: five times as long is too long.
    at.run(14_000);
    expect(at.out.answers("m").at(-1)).toBe("executing ok");
    at.run(1000);
    expect(at.out.answers("m").at(-1)).toBe("aborted no_feedback");
    at.isBaseSeen = true;
    at.send("o", goal(4));
    report("accepted");
    at.run(100);
    at.isBaseSeen = false;
    at.run(400);
    at.isBaseSeen = true;
    at.run(10);
    at.isBaseSeen = false;
    at.run(500);
    expect(at.out.answers("o").at(-1)).toBe("executing ok");
    at.run(20);
    expect(at.out.answers("o").at(-1)).toBe("aborted stale_state");
    expect(at.send("p", goal(4))).toEqual(["refused stale_state"]);
  });

  it("is published where there is no navigator but somebody who subscribes, and is refused otherwise", () => {
    at.can = {
      ...bothControllers,
      navigators: { ...nav2, toPose: null, throughPoses: null, goalTopic: "/goal_pose" },
    };
    at.send("n", goal(4));
    expect(at.out.tasks).toMatchObject([
      { kind: "announce", as: "goal", target: "/goal_pose", pose: { x: 4 } },
    ]);
    report("done", { code: "not_confirmed" });
    expect(at.out.answers("n").at(-1)).toBe("done not_confirmed");
    expect(at.send("m", goal(4, { via }))).toEqual(["refused no_controller"]);
    expect(at.send("i", goal(4, { as: "initial" }))).toEqual(["refused no_controller"]);
    at.can = { ...bothControllers, noNavigator: "start Nav2" };
    at.send("o", goal(4));
    expect(answerOf("o")).toMatchObject({ code: "no_controller", message: "start Nav2" });
  });
});

describe("a service", () => {
  it("that is allowed is called; its answer, or that there is none, ends the command", () => {
    at.send("s", { kind: "service", service: "home" });
    expect(at.out.tasks).toMatchObject([{ kind: "service", target: "/home", data: null }]);
    expect(at.send("t", { kind: "service", service: "/home" })).toEqual(["refused service_busy"]);
    report("aborted", { code: "service_failed", message: "stuck" });
    expect(answerOf("s")).toMatchObject({ stage: "aborted", code: "service_failed", message: "stuck" });
    at.send("u", { kind: "service", service: "/lamp", data: true });
    at.run(61_000);
    expect(at.out.answers("u").at(-1)).toBe("aborted no_answer");
  });

  it("is past a stop once it is called", () => {
    at.send("s", { kind: "service", service: "home" });
    at.gate.stop("t", "", at.now, at.robot());
    expect(answerOf("s")).toMatchObject({
      code: "stopped",
      message: expect.stringContaining("cannot be cancelled"),
    });
    expect(at.send("u", { kind: "service", service: "home" })).toEqual(["refused stopped"]);
  });

  it("that is not allowed, or is given the wrong data, is refused", () => {
    expect(at.send("a", { kind: "service", service: "/reboot" })).toEqual(["refused unsupported"]);
    expect(at.send("b", { kind: "service", service: "/lamp" })).toEqual(["refused wrong_type"]);
    expect(at.send("c", { kind: "service", service: "/home", data: true })).toEqual(["refused wrong_type"]);
  });
});

describe("a motion for which no active controller is there", () => {
  it("is refused with the command that activates the one that would carry it out", () => {
    const inactive = [
      { name: "/other", kind: "jtc", state: "inactive", joints: ["b"], reason: "activate the other" },
      { name: "/arm", kind: "jtc", state: "inactive", joints: ["a"], reason: "activate the arm" },
    ];
    at.can = { trajectory: [{ name: "group", joints: ["b"] }], twist: false, inactive };
    at.send("m", { kind: "jointPosition", positions: { a: 0.5 } });
    expect(answerOf("m")).toMatchObject({
      code: "no_controller",
      message: expect.stringMatching(/drives a: activate the arm$/),
    });
    at.send("j", { kind: "jointVelocity", velocities: { a: 0.5 } });
    expect(answerOf("j")).toMatchObject({
      code: "no_controller",
      message: expect.stringMatching(/activate the arm$/),
    });
    at.can = { ...at.can, inactive: [] };
    at.send("n", { kind: "jointPosition", positions: { a: 0.5 } });
    expect(answerOf("n")?.message).toBe("no trajectory controller drives a");
    expect(at.out.goals).toEqual([]);
  });
});
