import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type JointLimits, robotLimits } from "../../../src/command/robot-limits.ts";
import type { RobotModel } from "../../../src/robot/model.ts";
import { modelOf } from "../robot/model-of.ts";

const model = modelOf(readFileSync(new URL("../../truth/urdf/every-joint.urdf", import.meta.url), "utf8"));

describe("limits", () => {
  it("are the URDF's for every joint with one axis, and none for the others", () => {
    const limits = robotLimits(model, {});
    for (const joint of model.joints) {
      const limit = limits.joints.get(joint.name);
      const hasOneAxis = ["revolute", "continuous", "prismatic"].includes(joint.type);
      expect(limit !== undefined, joint.name).toBe(hasOneAxis);
      if (limit === undefined) continue;
      expect([limit.lower, limit.upper]).toEqual([joint.lower, joint.upper]);
      expect(limit.velocity).toBeGreaterThan(0);
      expect(Number.isFinite(limit.velocity)).toBe(true);
    }
  });

  it("let no joint be faster than its followers may be", () => {
    const joint = (name: string, child: string, velocity: number, mimic = "") =>
      `<link name="${child}"/><joint name="${name}" type="prismatic"><parent link="base"/><child link="${child}"/>
<limit lower="0" upper="1" velocity="${velocity}" effort="1"/>${mimic}</joint>`;
    const text = `<robot name="g"><link name="base"/>${joint("left", "l", 0.5)}${joint(
      "right",
      "r",
      0.1,
      '<mimic joint="left" multiplier="-2.5"/>',
    )}${joint("third", "t", 9, '<mimic joint="left"/>')}</robot>`;
    const limits = robotLimits(modelOf(text), {});
    expect(limits.joints.get("left")?.velocity).toBeCloseTo(0.04, 12);
  });

  it("are tightened by the configuration and never widened", () => {
    const wide = robotLimits(model, { jointVelocity: 1e6 });
    const tight = robotLimits(model, { jointVelocity: 0.01, jointAcceleration: 0.5 });
    const plain = robotLimits(model, {});
    for (const [name, limit] of plain.joints) {
      expect(wide.joints.get(name)?.velocity).toBe(limit.velocity);
      expect(tight.joints.get(name)?.velocity).toBe(0.01);
      expect(tight.joints.get(name)?.acceleration).toBe(0.5);
    }
  });

  it("take acceleration and jerk from the robot where it has them, and usual ones else", () => {
    const index = model.joints.findIndex((joint) => joint.type === "revolute");
    const { name = "" } = model.joints[index] ?? {};
    const limited = (acceleration: number, jerk: number): RobotModel => ({
      ...model,
      joints: model.joints.map((joint, i) => (i === index ? { ...joint, acceleration, jerk } : joint)),
    });
    const of = (acceleration: number, jerk: number, settings = {}): JointLimits | undefined =>
      robotLimits(limited(acceleration, jerk), settings).joints.get(name);
    const none = Number.POSITIVE_INFINITY;
    expect(of(none, none)).toMatchObject({ acceleration: 3, jerk: 30, isAccelerationKnown: false });
    expect(of(8, none)).toMatchObject({ acceleration: 8, jerk: 80, isAccelerationKnown: true });
    expect(of(8, 500)).toMatchObject({ acceleration: 8, jerk: 500, isAccelerationKnown: true });
    expect(of(8, 500, { jointAcceleration: 2 })).toMatchObject({
      acceleration: 2,
      isAccelerationKnown: true,
    });
    expect(of(8, 500, { jointAcceleration: 20 })).toMatchObject({ acceleration: 8 });
    expect(of(0, 0)).toMatchObject({ acceleration: 3, jerk: 30, isAccelerationKnown: false });
  });

  it("know a base's even before a description came", () => {
    expect(robotLimits(null, { linear: 0.2 }).twist).toEqual({
      linear: 0.2,
      angular: 1.5,
      linearAcceleration: 1,
      angularAcceleration: 3,
      linearStopDeceleration: 3,
      angularStopDeceleration: 9,
    });
    expect(robotLimits(null, {}).joints.size).toBe(0);
  });

  it("brake harder in a stop than they accelerate, and never softer than is configured for driving", () => {
    const set = { linearAcceleration: 2, linearStopDeceleration: 1, angularStopDeceleration: 20 };
    const { twist } = robotLimits(null, set);
    expect([twist.linearStopDeceleration, twist.angularStopDeceleration]).toEqual([2, 20]);
  });
});
