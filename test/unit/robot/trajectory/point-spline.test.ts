import { describe, expect, it } from "vitest";
import {
  createPointSpline,
  fitPointSpline,
  type SplineOrder,
  samplePointSpline,
} from "../../../../src/robot/trajectory/point-spline.ts";
import { randomFrom } from "../random-from.ts";

/** Value, first and second derivative of a polynomial, lowest coefficient first. */
function derivatives(c: readonly number[], t: number): [number, number, number] {
  const sum = (f: (k: number) => number): number => c.reduce((all, value, k) => all + value * f(k), 0);
  return [
    sum((k) => t ** k),
    sum((k) => (k > 0 ? k * t ** (k - 1) : 0)),
    sum((k) => (k > 1 ? k * (k - 1) * t ** (k - 2) : 0)),
  ];
}

describe("a spline between two points", () => {
  it.each([1, 3, 5] as const)("is the polynomial of order %i that its ends were taken from", (order) => {
    const random = randomFrom(order);
    const spline = createPointSpline();
    const out = { position: 0, velocity: 0, acceleration: 0 };
    for (let trial = 0; trial < 200; trial += 1) {
      const c = Array.from({ length: order + 1 }, () => 2 * random.next() - 1);
      const length = 0.1 + 2 * random.next();
      fitPointSpline(order, length, ...derivatives(c, 0), ...derivatives(c, length), spline);
      for (const t of [0, 0.3 * length, 0.71 * length, length]) {
        samplePointSpline(spline, t, out);
        const [position, velocity, acceleration] = derivatives(c, t);
        expect(out.position).toBeCloseTo(position, 12);
        expect(out.velocity).toBeCloseTo(velocity, 11);
        expect(out.acceleration).toBeCloseTo(acceleration, 9);
      }
    }
  });

  it("of order 3 ignores accelerations, and of order 1 velocities too", () => {
    const splines = ([1, 3] as SplineOrder[]).map((order) => {
      const plain = createPointSpline();
      fitPointSpline(order, 1, 0, order === 1 ? 9 : 0.5, 7, 1, order === 1 ? -9 : 0.5, -7, plain);
      return [...plain];
    });
    expect(splines).toEqual([
      [0, 1, 0, 0, 0, 0],
      [0, 0.5, 1.5, -1, 0, 0],
    ]);
  });
});
