import { describe, expect, it } from "vitest";
import { moveDuration, movePoint } from "../../../src/command/joint-move.ts";
import type { RobotLimits } from "../../../src/command/robot-limits.ts";
import { randomFrom } from "../robot/random-from.ts";
import { jointLimits, robotLimits } from "./gate-at-hand.ts";

/** Velocity and acceleration of the rest-to-rest quintic over `distance` in `duration`, at share u of the time. */
function quintic(distance: number, duration: number, u: number): { velocity: number; acceleration: number } {
  return {
    velocity: (distance / duration) * (30 * u ** 2 - 60 * u ** 3 + 30 * u ** 4),
    acceleration: (distance / duration ** 2) * (60 * u - 180 * u ** 2 + 120 * u ** 3),
  };
}

describe("a joint move", () => {
  it("takes as long as no joint needs to pass its velocity or acceleration limit, and hardly longer", () => {
    const random = randomFrom(5);
    for (let trial = 0; trial < 150; trial++) {
      const limits: RobotLimits = {
        ...robotLimits,
        joints: new Map(
          ["a", "b", "c"].map((name) => [
            name,
            { ...jointLimits, velocity: 0.1 + 3 * random.next(), acceleration: 0.2 + 10 * random.next() },
          ]),
        ),
      };
      const names = [...limits.joints.keys()];
      const from = names.map(() => 4 * random.next() - 2);
      const to = names.map(() => 4 * random.next() - 2);
      const speed = 0.1 + 0.9 * random.next();
      const duration = moveDuration(names, from, to, limits, speed);
      let tightest = 0;
      for (const [j, name] of names.entries()) {
        const limit = limits.joints.get(name) ?? jointLimits;
        for (let k = 0; k <= 240; k++) {
          const { velocity, acceleration } = quintic((to[j] ?? 0) - (from[j] ?? 0), duration, k / 240);
          tightest = Math.max(
            tightest,
            Math.abs(velocity) / (limit.velocity * speed),
            Math.abs(acceleration) / limit.acceleration,
          );
        }
      }
      expect(tightest).toBeLessThanOrEqual(1 + 1e-9);
      if (duration > 0.2) expect(tightest).toBeGreaterThan(0.999);
    }
  });

  it("is one point at rest, so that a controller lays a quintic to it", () => {
    expect(movePoint([1, 2], 3)).toEqual({
      time: 3,
      positions: [1, 2],
      velocities: [0, 0],
      accelerations: [0, 0],
    });
  });

  it("takes 0.2 s at least", () => {
    expect(moveDuration(["a"], [0], [1e-9], robotLimits, 1)).toBe(0.2);
  });
});
