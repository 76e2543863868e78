import { describe, expect, it } from "vitest";
import { timeCurve } from "../../../../src/robot/path/time-curve.ts";
import { timeWaypoints } from "../../../../src/robot/path/time-waypoints.ts";
import { durationOfPath } from "../../../../src/robot/path/timed-path-sample.ts";

const joints = ["a", "b", "c"];
const limits = joints.map(() => ({ velocity: 2, acceleration: 3, jerk: 30 }));
const options = { speed: 0.5, within: 0.02 };
/** A gentle S in three joints, sampled densely near its ends as a motion by time is. */
const smooth = Array.from({ length: 101 }, (_, i) => {
  const s = (1 - Math.cos((Math.PI * i) / 100)) / 2;
  return joints.map((_, j) => (j + 1) * 0.3 * s + 0.3 * Math.sin(Math.PI * s * (1 + (j % 2))));
});
const corner = [
  [0, 0, 0],
  [1, 0, 0],
  [1, 1, 0],
];

describe("a curve along a way", () => {
  it("begins and ends at rest where the way does, within the limits, and near it all along", () => {
    const path = timeCurve(joints, smooth, limits, options);
    if (path === null) throw new Error("no curve");
    const [first, last] = [path.knots[0], path.knots.at(-1)];
    for (const j of joints.keys()) {
      expect(first?.positions[j]).toBeCloseTo(smooth[0]?.[j] as number, 9);
      expect(last?.positions[j]).toBeCloseTo(smooth[100]?.[j] as number, 9);
    }
    for (const { velocities, accelerations, positions } of path.knots) {
      for (const velocity of velocities) expect(Math.abs(velocity)).toBeLessThanOrEqual(1 + 1e-6);
      for (const acceleration of accelerations) expect(Math.abs(acceleration)).toBeLessThanOrEqual(3 + 1e-6);
      const nearest = Math.min(
        ...smooth.map((point) =>
          Math.max(...point.map((value, j) => Math.abs(value - (positions[j] as number)))),
        ),
      );
      expect(nearest).toBeLessThan(0.03);
    }
    for (const knot of [first, last]) {
      expect(Math.max(...(knot?.velocities ?? [1]).map(Math.abs))).toBeLessThan(1e-9);
    }
  });

  it("takes half the time of corners past every point, or less", () => {
    const path = timeCurve(joints, smooth, limits, options);
    if (path === null) throw new Error("no curve");
    const corners = timeWaypoints(joints, smooth, limits, { blend: 0.1, speed: 0.5 });
    expect(durationOfPath(path)).toBeLessThan(0.5 * durationOfPath(corners));
  });

  it("is none past a sharp corner, nor where the way goes nowhere", () => {
    expect(timeCurve(joints, corner, limits, options)).toBeNull();
    expect(timeCurve(joints, [[0, 0, 0]], limits, options)).toBeNull();
    expect(
      timeCurve(
        joints,
        Array.from({ length: 50 }, () => [0, 0, 0]),
        limits,
        options,
      ),
    ).toBeNull();
  });
});
