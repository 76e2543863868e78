import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { robotLimits } from "../../../src/command/robot-limits.ts";
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

  it("know a base's even before a description came", () => {
    expect(robotLimits(null, { linear: 0.2 }).twist).toEqual({
      linear: 0.2,
      angular: 1.5,
      linearAcceleration: 1,
      angularAcceleration: 3,
    });
    expect(robotLimits(null, {}).joints.size).toBe(0);
  });
});
