import { describe, expect, it } from "vitest";
import { EngineAtHand } from "../engine/engine-at-hand.ts";

describe("a base without odometry", () => {
  const twist = { kind: "twist", linear: { x: 0.2, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } } as const;

  it("ends its jog when nothing of the robot is measured any more, and needs a fresh press", () => {
    const at = new EngineAtHand();
    at.describe();
    const epoch = at.acquire();
    const hold = (ms: number, measures: boolean): void => {
      for (let passed = 0; passed < ms; passed += 20) {
        if (measures) at.joints([0, 0], { velocity: [0, 0] });
        if (passed % 40 === 0) at.command(epoch, "jog", twist);
        if (passed % 1000 === 0) at.client("s", { op: "renew", id: "r", robot: "robot", epoch });
        at.cycle(20);
      }
    };
    hold(1000, true);
    expect(at.leaving.answers("s", "jog").at(-1)).toBe("accepted ok");
    hold(3000, false);
    expect(at.leaving.answers("s", "jog")).toContain("aborted stale_state");
    const sent = at.leaving.of("twist").length;
    // The robot is back, and the control is still held.
    hold(1000, true);
    expect(at.leaving.of("twist").length).toBe(sent);
    expect(at.leaving.of("twist").at(-1)).toEqual(["twist", { x: 0, y: 0, yaw: 0 }]);
  });
});
