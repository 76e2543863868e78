import { describe, expect, it } from "vitest";
import { type BaseTwist, createBaseTwist } from "../../../../src/robot/mobile-base/base-twist.ts";
import {
  createRollingBase,
  differentialBase,
  limitWheelSpeeds,
  mecanumBase,
  omniBase,
  type RollingBase,
  twistOfWheels,
  wheelSpeeds,
} from "../../../../src/robot/mobile-base/rolling-base.ts";
import { randomFrom } from "../random-from.ts";
import { distance, truth } from "./truth.ts";

function speedsOf(base: RollingBase, linearX: number, linearY: number, angularZ: number): number[] {
  const out = new Float64Array(base.wheels);
  wheelSpeeds(base, { linearX, linearY, angularZ }, out);
  return [...out];
}

function numbers({ linearX, linearY, angularZ }: BaseTwist): number[] {
  return [linearX, linearY, angularZ];
}

describe("a rolling base", () => {
  it("turns its wheels, and is moved by them, as rigid-body velocities and a pseudo-inverse have it", () => {
    expect(new Set(truth.rolling.map((row) => row.kind)).size).toBe(3);
    for (const { kind, wheels, twist, speeds, disturbed, best } of truth.rolling) {
      const base = createRollingBase(
        wheels.map(([x, y, roll, radius, gripAngle]) => ({
          x,
          y,
          rollX: 2 * Math.cos(roll),
          rollY: 2 * Math.sin(roll),
          radius,
          gripAngle,
        })),
        kind !== "differential",
      );
      expect(distance(speedsOf(base, ...twist), speeds), kind).toBeLessThan(1e-12);
      const out = createBaseTwist();
      twistOfWheels(base, speeds, out);
      expect(distance(numbers(out), twist), kind).toBeLessThan(1e-11);
      twistOfWheels(base, disturbed, out);
      expect(distance(numbers(out), best), kind).toBeLessThan(1e-11);
    }
  });

  it("on two wheels has the differential drive's own formulas", () => {
    const base = differentialBase(0.5, 0.1);
    const [left = 0, right = 0] = speedsOf(base, 0.6, 9, 0.8);
    expect(left).toBeCloseTo((0.6 - 0.8 * 0.25) / 0.1, 13);
    expect(right).toBeCloseTo((0.6 + 0.8 * 0.25) / 0.1, 13);
    const out = createBaseTwist();
    twistOfWheels(base, [3, 5], out);
    expect(numbers(out)).toEqual([expect.closeTo(0.4, 13), 0, expect.closeTo((0.1 * 2) / 0.5, 13)]);
  });

  it("on mecanum wheels moves left by turning front right and rear left forwards", () => {
    const base = mecanumBase(0.6, 0.4, 0.1);
    const close = (values: number[]): unknown[] => values.map((value) => expect.closeTo(value, 12));
    expect(speedsOf(base, 1, 0, 0)).toEqual(close([10, 10, 10, 10]));
    expect(speedsOf(base, 0, 1, 0)).toEqual(close([-10, 10, 10, -10]));
    expect(speedsOf(base, 0, 0, 1)).toEqual(close([-5, 5, -5, 5]));
  });

  it("on three and on four omni wheels spins with all alike", () => {
    for (const count of [3, 4]) {
      const base = omniBase(count, 0.2, 0.05, Math.PI / 3);
      for (const speed of speedsOf(base, 0, 0, 1.5)) expect(speed).toBeCloseTo((0.2 * 1.5) / 0.05, 12);
      const out = createBaseTwist();
      twistOfWheels(base, speedsOf(base, 0.3, -0.4, 0.7), out);
      expect(distance(numbers(out), [0.3, -0.4, 0.7])).toBeLessThan(1e-13);
    }
    // The Killough drive's wheel at 0 rolls to the left only.
    expect(speedsOf(omniBase(3, 0.2, 0.05), 1, 0, 0)[0]).toBeCloseTo(0, 14);
  });

  it("is slowed to what its fastest wheel can do, along the same path", () => {
    const random = randomFrom(2);
    for (const base of [differentialBase(0.4, 0.1), omniBase(3, 0.2, 0.05), mecanumBase(0.5, 0.4, 0.08)]) {
      for (let trial = 0; trial < 100; trial += 1) {
        const draw = (): number => 4 * random.next() - 2;
        const wished = { linearX: draw(), linearY: draw(), angularZ: draw() };
        const twist = { ...wished };
        const factor = limitWheelSpeeds(base, twist, 6);
        const fastest = Math.max(
          ...speedsOf(base, twist.linearX, twist.linearY, twist.angularZ).map(Math.abs),
        );
        expect(fastest).toBeLessThan(6 + 1e-12);
        if (factor < 1) expect(fastest).toBeCloseTo(6, 12);
        else expect(twist).toEqual(wished);
        expect(
          distance(
            numbers(twist),
            numbers(wished).map((part) => factor * part),
          ),
        ).toBeLessThan(1e-15);
      }
    }
  });

  it("says when its wheels do not determine how it moves, and what no wheel is", () => {
    const wheel = { x: 0, y: 0.2, rollX: 1, rollY: 0, radius: 0.1, gripAngle: 0 };
    const parallel = createRollingBase([wheel, { ...wheel, y: -0.2 }, { ...wheel, y: 0.1 }], true);
    expect(() => twistOfWheels(parallel, [1, 1, 1], createBaseTwist())).toThrow(/3 wheels.*do not determine/);
    expect(() => createRollingBase([{ ...wheel, radius: 0 }], false)).toThrow(/wheel 0: radius 0 m/);
    expect(() => createRollingBase([wheel, { ...wheel, rollX: 0 }], false)).toThrow(
      /wheel 1: .* rolling to \(0, 0\)/,
    );
    expect(() => createRollingBase([{ ...wheel, gripAngle: Math.PI / 2 }], true)).toThrow(/no such wheel/);
    expect(() => createRollingBase([{ ...wheel, x: Number.NaN }], true)).toThrow(/no such wheel/);
  });
});
