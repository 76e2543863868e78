import { beforeEach, describe, expect, it } from "vitest";
import { JointTrajectoryController } from "../../../src/sim/joint-trajectory-controller.ts";
import { KinematicPlant } from "../../../src/sim/plant.ts";
import type { GoalResult, TrajectoryGoal } from "../../../src/sim/trajectory-goal.ts";

const joint = { lower: -3, upper: 3, velocity: 10, effort: 50, damping: 0, friction: 0 };

function goal(parts: Partial<TrajectoryGoal> = {}): TrajectoryGoal {
  return {
    id: "g",
    jointNames: ["a", "b"],
    points: [{ timeFromStart: 1, positions: [1, -0.5], velocities: [0, 0] }],
    goalTimeTolerance: 0,
    ...parts,
  };
}

/** A controller over a kinematic plant, run at 500 Hz. */
class Rig {
  readonly plant: KinematicPlant;
  readonly controller: JointTrajectoryController;
  time = 0;

  constructor(lag = 0.02) {
    this.plant = new KinematicPlant([joint, joint], lag);
    this.controller = new JointTrajectoryController(["a", "b"], this.plant.position);
  }

  run(seconds: number, each: () => void = () => {}): GoalResult[] {
    const steps = Math.round(seconds / 0.002);
    for (let step = 0; step < steps; step += 1) {
      this.time += 0.002;
      this.controller.update(this.time, this.plant.position, this.plant.velocity);
      this.plant.step(0.002, this.controller.commanded);
      each();
    }
    return this.controller.takeResults();
  }
}

describe("the joint trajectory controller", () => {
  let rig: Rig;
  beforeEach(() => {
    rig = new Rig();
  });

  it("reaches a goal and says so once", () => {
    expect(rig.controller.accept(goal(), 0)).toEqual({ accepted: true });
    expect(rig.run(0.9)).toEqual([]);
    expect(rig.run(1)).toEqual([
      { id: "g", status: "succeeded", errorCode: 0, errorString: "Goal successfully reached!" },
    ]);
    expect(rig.run(1)).toEqual([]);
    expect(rig.plant.position[0]).toBeCloseTo(1, 6);
    expect(rig.plant.position[1]).toBeCloseTo(-0.5, 6);
    expect(rig.controller.activeGoal).toBeNull();
  });

  it.each<[string, Partial<TrajectoryGoal>, number, RegExp]>([
    ["no joints", { jointNames: [], points: [] }, -2, /Empty joint names/],
    ["no points", { points: [] }, -1, /Empty trajectory/],
    ["a joint it does not have", { jointNames: ["a", "z"] }, -2, /Incoming joint z doesn't match/],
    ["a joint named twice", { jointNames: ["a", "a"] }, -2, /twice/],
    [
      "too few positions",
      { points: [{ timeFromStart: 1, positions: [1] }] },
      -1,
      /positions \(1\) at point #0/,
    ],
    [
      "too many velocities",
      { points: [{ timeFromStart: 1, positions: [1, 1], velocities: [0, 0, 0] }] },
      -1,
      /velocities \(3\)/,
    ],
    [
      "times that stand still",
      {
        points: [
          { timeFromStart: 1, positions: [0, 0] },
          { timeFromStart: 1, positions: [1, 1] },
        ],
      },
      -1,
      /points 0 and 1 is not strictly increasing/,
    ],
    [
      "a velocity at the end",
      { points: [{ timeFromStart: 1, positions: [1, 1], velocities: [0, 0.1] }] },
      -1,
      /last trajectory point of joint b is not zero: 0\.1000/,
    ],
    ["NaN", { points: [{ timeFromStart: 1, positions: [1, Number.NaN] }] }, -1, /joint b at point #0 is NaN/],
    [
      "an infinite time",
      { points: [{ timeFromStart: Number.POSITIVE_INFINITY, positions: [1, 1] }] },
      -1,
      /Time of point 0/,
    ],
    ["a negative time", { points: [{ timeFromStart: -1, positions: [1, 1] }] }, -1, /Time of point 0/],
    ["NaN for the goal time", { goalTimeTolerance: Number.NaN }, -1, /goal_time_tolerance/],
  ])("refuses %s and goes on with the goal before", (_what, parts, code, reason) => {
    rig.controller.accept(goal(), 0);
    rig.run(0.5);
    const verdict = rig.controller.accept(goal({ id: "bad", ...parts }), rig.time);
    expect(verdict).toMatchObject({ accepted: false, code });
    expect(verdict.accepted ? "" : verdict.reason).toMatch(reason);
    expect(rig.run(1).map((result) => [result.id, result.status])).toEqual([["g", "succeeded"]]);
  });

  it("moves the joints a goal names, in the goal's order, and holds the others", () => {
    rig.controller.accept(goal(), 0);
    rig.run(2);
    rig.controller.accept(
      goal({ jointNames: ["b"], points: [{ timeFromStart: 1, positions: [0.25] }] }),
      rig.time,
    );
    rig.run(2);
    expect(rig.plant.position[0]).toBeCloseTo(1, 6);
    expect(rig.plant.position[1]).toBeCloseTo(0.25, 6);
    const turned = { timeFromStart: 1, positions: [0.1, 0.9] };
    rig.controller.accept(goal({ jointNames: ["b", "a"], points: [turned] }), rig.time);
    rig.run(2);
    expect(rig.plant.position[0]).toBeCloseTo(0.9, 6);
    expect(rig.plant.position[1]).toBeCloseTo(0.1, 6);
  });

  it("goes over from one goal to the next without a jump in position or velocity", () => {
    rig.controller.accept(goal(), 0);
    rig.run(0.5);
    const { positions, velocities } = rig.controller.commanded;
    let [position = 0, velocity = 0] = [positions[0], velocities[0]];
    expect(velocity).toBeGreaterThan(1);
    const next = { timeFromStart: 1, positions: [-1, 0], velocities: [0, 0] };
    rig.controller.accept(goal({ id: "next", points: [next] }), rig.time);
    expect(rig.controller.takeResults()).toEqual([
      {
        id: "g",
        status: "aborted",
        errorCode: -1,
        errorString: "Current goal cancelled due to new incoming action.",
      },
    ]);
    const results = rig.run(1.5, () => {
      expect(Math.abs((positions[0] ?? 0) - position)).toBeLessThan(0.008);
      expect(Math.abs((velocities[0] ?? 0) - velocity)).toBeLessThan(0.05);
      [position = 0, velocity = 0] = [positions[0], velocities[0]];
    });
    expect(results).toMatchObject([{ id: "next", status: "succeeded" }]);
  });

  it("holds where the robot is when the goal is canceled, and knows no other goal", () => {
    rig.controller.accept(goal(), 0);
    rig.run(0.5);
    expect(rig.controller.cancel("other", rig.time)).toBe(false);
    const stood = rig.plant.position[0] ?? 0;
    expect(rig.controller.cancel("g", rig.time)).toBe(true);
    expect(rig.controller.cancel("g", rig.time)).toBe(false);
    expect(rig.run(1)).toEqual([{ id: "g", status: "canceled", errorCode: 0, errorString: "" }]);
    expect(Math.abs((rig.plant.position[0] ?? 0) - stood)).toBeLessThan(0.01);
    expect(rig.plant.velocity[0]).toBe(0);
  });

  it("aborts when the path tolerance is broken, and holds", () => {
    // With a lag of 0.5 s the robot stays far behind.
    rig = new Rig(0.5);
    const pathTolerance = { a: { position: 0.2, velocity: 0, acceleration: 0 } };
    rig.controller.accept(goal({ pathTolerance }), 0);
    const results = rig.run(2);
    expect(results).toEqual([
      { id: "g", status: "aborted", errorCode: -4, errorString: "Aborted due to path tolerance violation" },
    ]);
    expect(rig.plant.position[0]).toBeLessThan(0.7);
    expect(Math.abs(rig.plant.velocity[0] ?? 0)).toBeLessThan(0.1);
  });

  it("aborts when the goal is not reached within goal_time, naming how late it is", () => {
    rig = new Rig(0.5);
    const goalTolerance = { a: { position: 0.01, velocity: -1, acceleration: 0 } };
    rig.controller.accept(goal({ goalTolerance, goalTimeTolerance: 0.25 }), 0);
    const [result] = rig.run(3);
    expect(result).toMatchObject({ status: "aborted", errorCode: -5 });
    expect(result?.errorString).toMatch(
      /^Aborted due to goal_time_tolerance exceeding by 0\.25\d{4} seconds$/,
    );
  });

  it("waits forever without goal_time, and succeeds late", () => {
    rig = new Rig(0.5);
    const goalTolerance = { a: { position: 0.01, velocity: 0, acceleration: 0 } };
    rig.controller.accept(goal({ goalTolerance }), 0);
    expect(rig.run(2)).toEqual([]);
    expect(rig.run(4)).toMatchObject([{ status: "succeeded" }]);
  });

  it("takes −1 as not checked and any other negative tolerance as a reason to use the defaults", () => {
    rig = new Rig(0.5);
    const off = { position: 0, velocity: -1, acceleration: -1 };
    rig.controller.accept(goal({ goalTolerance: { a: off, b: off } }), 0);
    expect(rig.run(1.05)).toMatchObject([{ status: "succeeded" }]);
    rig = new Rig(0.5);
    const illegal = { position: 0, velocity: -2, acceleration: 0 };
    rig.controller.accept(
      goal({ goalTolerance: { a: illegal }, pathTolerance: { a: { ...off, position: 1e-6 } } }),
      0,
    );
    // By the defaults the path is not checked and the end must stand still.
    expect(rig.run(1.05)).toEqual([]);
    expect(rig.run(5)).toMatchObject([{ status: "succeeded" }]);
  });

  it("tells desired, actual and error while it runs", () => {
    expect(rig.controller.feedback()).toBeNull();
    rig.controller.accept(goal(), 0);
    rig.run(0.5);
    const feedback = rig.controller.feedback();
    expect(feedback?.id).toBe("g");
    const [desired = 0, actual = 0, error = 0] = [
      feedback?.desired.positions[0],
      feedback?.actual.positions[0],
      feedback?.error.positions[0],
    ];
    expect(desired).toBeCloseTo(0.5, 1);
    expect(error).toBeCloseTo(desired - actual, 12);
    expect(error).toBeGreaterThan(0.01);
  });
});
