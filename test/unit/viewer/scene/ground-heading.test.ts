import { describe, expect, it } from "vitest";
import { yawOf } from "../../../../src/core/yaw.ts";
import { headingOf } from "../../../../src/viewer/scene/ground-heading.ts";

const robot = { x: 0, y: 0, yaw: 0.7 };

describe("the heading of a goal on the floor", () => {
  it("is that of the drag", () => {
    expect(headingOf({ x: 1, y: 1 }, { x: 1, y: 2 }, robot)).toBeCloseTo(Math.PI / 2, 12);
    expect(headingOf({ x: 1, y: 1 }, { x: 0, y: 1 }, robot)).toBeCloseTo(Math.PI, 12);
    expect(headingOf({ x: 1, y: 1 }, { x: 2, y: 0 }, robot)).toBeCloseTo(-Math.PI / 4, 12);
  });

  it("is the way that the robot comes, of a mere click", () => {
    expect(headingOf({ x: 1, y: 1 }, { x: 1.01, y: 1.02 }, robot)).toBeCloseTo(Math.PI / 4, 12);
  });

  it("stays that of the robot, of a click on it", () => {
    expect(headingOf({ x: 0.01, y: 0 }, { x: 0.01, y: 0 }, robot)).toBe(0.7);
  });

  it("is read from a quaternion", () => {
    expect(yawOf(0, 0, Math.sin(0.6), Math.cos(0.6))).toBeCloseTo(1.2, 12);
    expect(yawOf(0, 0, 1, 0)).toBeCloseTo(Math.PI, 12);
  });
});
