import { describe, expect, it } from "vitest";
import { targetOf } from "../../../src/command/motion-command.ts";

describe("what a command is to move, for the audit trail", () => {
  it("is told by the names in the graph", () => {
    const still = { x: 0, y: 0, z: 0 };
    expect(targetOf({ kind: "jointPosition", positions: { a: 1, b: 2 } })).toBe("joint/a joint/b");
    expect(targetOf({ kind: "jointVelocity", velocities: { a: 1 } })).toBe("joint/a");
    expect(targetOf({ kind: "jointTrajectory", points: [{ time: 1, positions: { b: 0 } }] })).toBe("joint/b");
    expect(targetOf({ kind: "jointTrajectory", points: [] })).toBe("");
    expect(targetOf({ kind: "twist", linear: still, angular: still })).toBe("base");
    expect(targetOf({ kind: "device", device: "d", signal: "led", value: true })).toBe("device/d/led");
  });

  it("is short, whatever is asked", () => {
    const positions = Object.fromEntries(
      Array.from({ length: 500 }, (_, i) => [`${i}`.padStart(500, "x"), 0]),
    );
    const target = targetOf({ kind: "jointPosition", positions });
    expect(target.length).toBeLessThan(8 * 80);
    expect(target).toMatch(/ and 492 more$/);
  });
});
