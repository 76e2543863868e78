import { describe, expect, it } from "vitest";
import { inverseTimes } from "../../../src/core/pose-product.ts";
import { OdometryCheck } from "../../../src/engine/robot/odometry-check.ts";

const identity = [0, 0, 0, 0, 0, 0, 1];
const poseAt = (x: number, y: number, yaw: number) => [x, y, 0, 0, 0, Math.sin(yaw / 2), Math.cos(yaw / 2)];

/** What is told within 10 s where odometry has the base at one pose and tf at another. */
function told(odometry: number[], tf: number[] | null): string | null {
  const check = new OdometryCheck();
  for (let now = 0; now <= 10_000; now += 20) {
    if (!check.isDue(now)) continue;
    const rootFrom = tf === null ? null : [...inverseTimes(tf, identity)];
    const text = check.fault(odometry, "odom", now, rootFrom);
    if (text !== null) return `${now} ${text}`;
  }
  return null;
}

describe("odometry beside tf", () => {
  it("is fine where both have the base at the same place, or tf does not say", () => {
    expect(told(poseAt(5, -3, 2), poseAt(5, -3, 2))).toBeNull();
    expect(told(poseAt(5, -3, 2), poseAt(5.2, -3, 2.1))).toBeNull();
    expect(told(poseAt(5, -3, 2), null)).toBeNull();
  });

  it("is told after 3 s where they differ in place or in direction", () => {
    expect(told(poseAt(0.9, 0, 0), poseAt(0, 0, 0))).toMatch(/^3000 .* in odom: 0.90 m and 0.00 rad apart/);
    expect(told(poseAt(2, 1, 3), poseAt(2, 1, -3))).toBeNull();
    expect(told(poseAt(2, 1, 1), poseAt(2, 1, 0))).toMatch(/ 0.00 m and 1.00 rad apart/);
  });
});
