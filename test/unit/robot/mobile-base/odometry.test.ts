import { describe, expect, it } from "vitest";
import { advanceOdometry, type Odometry } from "../../../../src/robot/mobile-base/odometry.ts";
import { distance, truth } from "./truth.ts";

describe("odometry", () => {
  it("is the exponential of the twist, as scipy's expm has it, to 1e-12", () => {
    expect(truth.arcs.length).toBeGreaterThanOrEqual(200);
    for (const { start, twist, dt, end } of truth.arcs) {
      const odometry: Odometry = {
        x: start[0],
        y: start[1],
        yaw: start[2],
        linearX: twist[0],
        linearY: twist[1],
        angularZ: twist[2],
      };
      advanceOdometry(odometry, dt);
      const { x, y, yaw } = odometry;
      expect(distance([x, y, Math.cos(yaw), Math.sin(yaw)], end)).toBeLessThan(1e-12);
    }
  });

  it("loses no digits where the closed form goes over into its series", () => {
    for (const turn of [0.009999999, 0.01, 0.010000001]) {
      const bent: Odometry = { x: 0, y: 0, yaw: 0, linearX: 1, linearY: 0, angularZ: turn };
      advanceOdometry(bent, 1);
      expect(Math.abs((bent.x * turn) / Math.sin(turn) - 1)).toBeLessThan(1e-15);
      expect(Math.abs((bent.y * turn) / (2 * Math.sin(turn / 2) ** 2) - 1)).toBeLessThan(1e-15);
    }
  });

  it("follows the exact arc in one step as in a million", () => {
    const twist = { linearX: 0.7, linearY: -0.2, angularZ: 0.9 };
    const once: Odometry = { x: 1, y: 2, yaw: 0.5, ...twist };
    const many: Odometry = { ...once };
    advanceOdometry(once, 1.3);
    for (let i = 0; i < 1_000_000; i += 1) advanceOdometry(many, 1.3e-6);
    expect(once.x).toBeCloseTo(many.x, 9);
    expect(once.y).toBeCloseTo(many.y, 9);
    expect(once.yaw).toBeCloseTo(0.5 + 0.9 * 1.3, 14);
    // Closed form: about the centre of rotation at (−vy, vx) / ω.
    const [cx, cy] = [0.2 / 0.9, 0.7 / 0.9];
    const centre = [1 + Math.cos(0.5) * cx - Math.sin(0.5) * cy, 2 + Math.sin(0.5) * cx + Math.cos(0.5) * cy];
    const yaw = 0.5 + 0.9 * 1.3;
    expect(once.x).toBeCloseTo((centre[0] ?? 0) - (Math.cos(yaw) * cx - Math.sin(yaw) * cy), 13);
    expect(once.y).toBeCloseTo((centre[1] ?? 0) - (Math.sin(yaw) * cx + Math.cos(yaw) * cy), 13);
  });

  it("is straight without turning and does not lose digits for the smallest turns", () => {
    const straight: Odometry = { x: 0, y: 0, yaw: 0, linearX: 1, linearY: 0, angularZ: 0 };
    advanceOdometry(straight, 2);
    expect(straight).toMatchObject({ x: 2, y: 0, yaw: 0 });
    for (const turn of [1e-12, 1e-6, 0.99e-4, 1.01e-4, 1e-3]) {
      const bent: Odometry = { x: 0, y: 0, yaw: 0, linearX: 1, linearY: 0, angularZ: turn };
      advanceOdometry(bent, 1);
      expect(Math.abs(bent.y / (turn / 2 - turn ** 3 / 24) - 1)).toBeLessThan(1e-12);
      expect(bent.x).toBeCloseTo(1 - turn ** 2 / 6 + turn ** 4 / 120, 14);
    }
  });

  it("keeps yaw within half a turn", () => {
    const spin: Odometry = { x: 0, y: 0, yaw: 0, linearX: 0, linearY: 0, angularZ: 3 };
    for (let i = 0; i < 1000; i += 1) {
      advanceOdometry(spin, 0.01);
      expect(Math.abs(spin.yaw)).toBeLessThanOrEqual(Math.PI);
    }
    expect(Math.cos(spin.yaw)).toBeCloseTo(Math.cos(30), 10);
  });
});
