import { describe, expect, it } from "vitest";
import { createJointMotion, SampledTrajectory } from "../../../src/sim/sampled-trajectory.ts";
import type { TrajectoryPoint } from "../../../src/sim/trajectory-goal.ts";

/** The value, first and second derivative at t of a polynomial with these coefficients, lowest first. */
function polynomial(c: readonly number[], t: number): [number, number, number] {
  const at = (f: (k: number) => number): number => c.reduce((sum, value, k) => sum + value * f(k), 0);
  return [
    at((k) => t ** k),
    at((k) => (k > 0 ? k * t ** (k - 1) : 0)),
    at((k) => (k > 1 ? k * (k - 1) * t ** (k - 2) : 0)),
  ];
}

function startOf(c: readonly number[]): ReturnType<typeof createJointMotion> {
  const motion = createJointMotion(1);
  const [position, velocity, acceleration] = polynomial(c, 0);
  motion.positions[0] = position;
  motion.velocities[0] = velocity;
  motion.accelerations[0] = acceleration;
  return motion;
}

function pointOf(c: readonly number[], timeFromStart: number, order: number): TrajectoryPoint {
  const [position, velocity, acceleration] = polynomial(c, timeFromStart);
  const point: TrajectoryPoint = { timeFromStart, positions: [position] };
  if (order >= 3) point.velocities = [velocity];
  if (order >= 5) point.accelerations = [acceleration];
  return point;
}

describe("a sampled trajectory", () => {
  it.each([
    ["a line from positions", 1, [0.3, -0.7]],
    ["a cubic from positions and velocities", 3, [0.3, -0.7, 0.4, 0.25]],
    ["a quintic from positions, velocities and accelerations", 5, [0.3, -0.7, 0.4, 0.25, -0.1, 0.05]],
  ])("gives back %s", (_what, order, coefficients) => {
    const points = [0.4, 1.5, 2.25].map((time) => pointOf(coefficients, time, order));
    const trajectory = new SampledTrajectory(startOf(coefficients), points, [0], "splines");
    const out = createJointMotion(1);
    for (let time = 0; time < 2.25; time += 0.01) {
      expect(trajectory.sample(time, out)).toBe(true);
      const [position, velocity, acceleration] = polynomial(coefficients, time);
      expect(out.positions[0]).toBeCloseTo(position, 12);
      expect(out.velocities[0]).toBeCloseTo(velocity, 11);
      expect(out.accelerations[0]).toBeCloseTo(acceleration, 10);
    }
  });

  it("starts a cubic with the velocity the robot has", () => {
    const from = createJointMotion(1);
    from.velocities[0] = 0.8;
    const points = [{ timeFromStart: 1, positions: [0.2], velocities: [0] }];
    const trajectory = new SampledTrajectory(from, points, [0], "splines");
    const out = createJointMotion(1);
    trajectory.sample(0, out);
    expect(out.velocities[0]).toBeCloseTo(0.8, 14);
    trajectory.sample(1 - 1e-9, out);
    expect(out.positions[0]).toBeCloseTo(0.2, 8);
    expect(out.velocities[0]).toBeCloseTo(0, 7);
  });

  it("stays at the last point and says that it is over", () => {
    const trajectory = new SampledTrajectory(
      createJointMotion(2),
      [{ timeFromStart: 1, positions: [2] }],
      [1],
      "splines",
    );
    const out = createJointMotion(2);
    expect(trajectory.sample(0.5, out)).toBe(true);
    expect([...out.positions]).toEqual([0, 1]);
    expect(trajectory.sample(1, out)).toBe(false);
    expect(trajectory.sample(99, out)).toBe(false);
    expect([...out.positions]).toEqual([0, 2]);
    expect([...out.velocities]).toEqual([0, 0]);
  });

  it("without interpolation keeps its place until the first point and then has the next point at once", () => {
    const points = [1, 2].map((time) => ({ timeFromStart: time, positions: [10 * time] }));
    const trajectory = new SampledTrajectory(createJointMotion(1), points, [0], "none");
    const out = createJointMotion(1);
    const seen = [0.5, 1.5, 2.5].map((time) => {
      trajectory.sample(time, out);
      return out.positions[0];
    });
    expect(seen).toEqual([0, 20, 20]);
  });
});
