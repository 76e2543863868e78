import { describe, expect, it } from "vitest";
import {
  approachTwist,
  boundTwist,
  createBaseTwist,
  limitCurvature,
  minimumTurningRadius,
} from "../../../../src/robot/mobile-base/base-twist.ts";
import {
  createSteeredBase,
  type SteerableWheel,
  steeredBaseFault,
  steeredWheels,
  twistOfSteeredWheels,
} from "../../../../src/robot/mobile-base/steered-base.ts";
import { distance, truth } from "./truth.ts";

const car: SteerableWheel[] = [
  { x: 0, y: 0.4, radius: 0.1, isSteered: false },
  { x: 0, y: -0.4, radius: 0.1, isSteered: false },
  { x: 1, y: 0.4, radius: 0.1, isSteered: true },
  { x: 1, y: -0.4, radius: 0.1, isSteered: true },
];

describe("a steered base", () => {
  it("rolls about one centre, forwards and backwards, with one or two wheels steering at either end", () => {
    for (const { wheels, axle, twist, speeds, steering } of truth.steered) {
      const base = createSteeredBase(
        wheels.map(([x, y, radius, isSteered]) => ({ x, y, radius, isSteered })),
      );
      expect(base.axleX).toBeCloseTo(axle, 14);
      const [turned, steered] = [new Float64Array(wheels.length), new Float64Array(wheels.length)];
      steeredWheels(base, { linearX: twist[0], linearY: 7, angularZ: twist[1] }, turned, steered);
      expect(distance(turned, speeds)).toBeLessThan(1e-12);
      expect(distance(steered, steering)).toBeLessThan(1e-12);
      const out = createBaseTwist();
      twistOfSteeredWheels(base, speeds, steering, out);
      expect(
        distance([out.linearX, out.linearY, out.angularZ], [twist[0], -twist[1] * axle, twist[1]]),
      ).toBeLessThan(1e-12);
    }
  });

  it("steers its inner wheel more: cot(outer) − cot(inner) = track / wheelbase", () => {
    const base = createSteeredBase(car);
    const steering = new Float64Array(4);
    steeredWheels(base, { linearX: 1, linearY: 0, angularZ: 0.4 }, new Float64Array(4), steering);
    const [, , inner = 0, outer = 0] = steering;
    expect(inner).toBeGreaterThan(outer);
    expect(1 / Math.tan(outer) - 1 / Math.tan(inner)).toBeCloseTo(0.8, 13);
  });

  it("keeps its steering while it stands", () => {
    const base = createSteeredBase(car);
    const [speeds, steering] = [new Float64Array(4), new Float64Array(4)];
    steeredWheels(base, { linearX: 1, linearY: 0, angularZ: 0.4 }, speeds, steering);
    const before = [...steering];
    steeredWheels(base, createBaseTwist(), speeds, steering);
    expect([...steering]).toEqual(before);
    expect([...speeds]).toEqual([0, 0, 0, 0]);
  });

  it("turns no tighter than its steering allows, and not at all while it stands", () => {
    const radius = minimumTurningRadius(1, 0.6);
    expect(radius).toBeCloseTo(1 / Math.tan(0.6), 14);
    const twist = { linearX: -0.5, linearY: 0, angularZ: 3 };
    limitCurvature(twist, radius);
    expect(twist.angularZ).toBeCloseTo(0.5 / radius, 14);
    limitCurvature(twist, minimumTurningRadius(1, 0));
    expect(twist.angularZ).toBe(0);
    const standing = { linearX: 0, linearY: 0, angularZ: 1 };
    limitCurvature(standing, radius);
    expect(standing.angularZ).toBe(0);
  });

  it("says which wheels make none", () => {
    const [rear = car[0] as SteerableWheel, , front = rear] = car;
    expect(steeredBaseFault(car)).toBeNull();
    expect(steeredBaseFault([rear])).toMatch(/0 steered and 1 fixed/);
    expect(steeredBaseFault([front])).toMatch(/1 steered and 0 fixed/);
    expect(steeredBaseFault([rear, { ...front, x: 0 }])).toMatch(/on the fixed axle at x = 0 m/);
    expect(steeredBaseFault([rear, { ...front, radius: -1 }])).toMatch(/wheel 1, .*radius/);
    expect(() => createSteeredBase([rear])).toThrow(/0 steered/);
  });
});

describe("limits of a base", () => {
  const limits = { linearVelocity: 1, linearAcceleration: 2, angularVelocity: 2, angularAcceleration: 6 };

  it("bound each part of a command and of its change by itself", () => {
    const wanted = createBaseTwist();
    boundTwist({ linearX: 5, linearY: -0.5, angularZ: -9 }, limits, wanted);
    expect(wanted).toEqual({ linearX: 1, linearY: -0.5, angularZ: -2 });
    const twist = createBaseTwist();
    approachTwist(twist, wanted, limits, 0.1);
    expect(twist).toEqual({ linearX: 0.2, linearY: -0.2, angularZ: expect.closeTo(-0.6, 14) });
    for (let i = 0; i < 10; i += 1) approachTwist(twist, wanted, limits, 0.1);
    expect(twist).toEqual(wanted);
  });
});
