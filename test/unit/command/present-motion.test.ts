import { describe, expect, it } from "vitest";
import { jointMove } from "../../../src/command/joint-move.ts";
import type { JointPath } from "../../../src/command/joint-path.ts";
import { PresentMotion } from "../../../src/command/present-motion.ts";
import { createMotionSample } from "../../../src/robot/trajectory/motion-profile.ts";
import { bothControllers, jointLimits, robotLimits, StandingJoints } from "./gate-at-hand.ts";

const rest = { position: 0, velocity: 0, acceleration: 0 };

/** Joint a goes from 0 to 1.9 at 1 rad/s since server ms 0, and is measured where it is to be at 1000 ms. */
function underWay() {
  const [path] = jointMove(["a"], [rest], [1.9], [jointLimits], 1) as [JointPath];
  const present = new PresentMotion();
  present.begin(["a"], [path], 0);
  const sample = createMotionSample();
  path.sample(1, sample);
  const measured = new StandingJoints();
  measured.positions.set("a", sample.position);
  measured.velocities.set("a", sample.velocity);
  return { path, present, measured };
}

describe("where a motion that begins later starts from", () => {
  it("is farther along the motion under way than a joint may be off its path now", () => {
    const { path, present, measured } = underWay();
    const expected = createMotionSample();
    path.sample(1.4, expected);
    const state = present.stateOf("a", measured, jointLimits, 1000, 1400);
    expect(state.position - (measured.position("a") as number)).toBeGreaterThan(jointLimits.pathTolerance);
    expect(state.position).toBeCloseTo(expected.position, 9);
    expect(state.velocity).toBeCloseTo(expected.velocity, 9);
  });

  it("is the end of the motion under way, at rest, once that will be over", () => {
    const { present, measured } = underWay();
    const robot = {
      limits: robotLimits,
      measured,
      can: bothControllers,
      collisions: { state: "none" as const },
    };
    const state = present.stateOf("a", measured, jointLimits, 1000, 9000);
    expect(state.position).toBeCloseTo(1.9, 9);
    expect(state.velocity).toBe(0);
    expect(present.movingBeside(["b"], robot, 1000)).toEqual(["a"]);
    expect(present.movingBeside(["b"], robot, 1000, 9000)).toEqual([]);
  });

  it("is what is measured where the joint does not follow its motion now", () => {
    const { present, measured } = underWay();
    measured.positions.set("a", -1);
    measured.velocities.set("a", 0);
    expect(present.stateOf("a", measured, jointLimits, 1000, 1400)).toEqual({ ...rest, position: -1 });
  });

  it("is in the turn in which a continuous joint is measured", () => {
    const { path, present, measured } = underWay();
    const limit = { ...jointLimits, isCircular: true };
    measured.positions.set("a", (measured.position("a") as number) + 2 * Math.PI);
    const expected = createMotionSample();
    path.sample(1.4, expected);
    const { position } = present.stateOf("a", measured, limit, 1000, 1400);
    expect(position).toBeCloseTo(expected.position + 2 * Math.PI, 9);
  });
});
