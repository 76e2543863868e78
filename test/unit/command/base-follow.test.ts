import { describe, expect, it } from "vitest";
import { BaseFollow } from "../../../src/command/base-follow.ts";
import type { CommandedRobot } from "../../../src/command/gate-output.ts";

type Driven = { x?: number; y?: number; yaw?: number };

/** After how many ms a base that is sent `twist` and goes `share` of it counts as standing; null: not within 10 s. */
function standsAfter(twist: Driven, share: Driven, more: Partial<CommandedRobot> = {}): number | null {
  const follow = new BaseFollow();
  const { x = 0, y = 0, yaw = 0 } = twist;
  for (let ms = 0; ms <= 10_000; ms += 20) {
    const s = ms / 1000;
    const turn = 2 + s * yaw * (share.yaw ?? 0);
    const basePose = [1 + s * x * (share.x ?? 0), s * y * (share.y ?? 0), 0];
    const pose = [...basePose, 0, 0, Math.sin(turn / 2), Math.cos(turn / 2)];
    const robot = { basePose: pose, ...more } as unknown as CommandedRobot;
    if (follow.stands({ x, y, yaw }, ms, 0.02, robot)) return ms;
  }
  return null;
}

describe("a base that is driven", () => {
  it("counts as standing after 2 s, whichever way it was to go", () => {
    expect(standsAfter({ x: 0.3 }, {})).toBe(2000);
    expect(standsAfter({ y: -0.3 }, { x: 1 })).toBe(2000);
    expect(standsAfter({ yaw: 0.5 }, {})).toBe(2000);
    expect(standsAfter({ x: 0.3 }, { x: 0.05 })).toBe(2000);
  });

  it("follows where it goes or turns, slowly too, and through whole turns", () => {
    expect(standsAfter({ x: 0.3 }, { x: 0.5 })).toBeNull();
    expect(standsAfter({ x: 0.3, yaw: 1.5 }, { yaw: 0.9 })).toBeNull();
    expect(standsAfter({ x: 0.3, yaw: 0.2 }, { x: 0.2 })).toBeNull();
  });

  it("follows where it goes back and forth, or has turned once round when it is looked at", () => {
    const follow = new BaseFollow();
    for (let ms = 0; ms <= 8000; ms += 20) {
      const back = Math.floor(ms / 1000) % 2 === 1;
      const x = back ? 0.3 * (1 - (ms % 1000) / 1000) : (0.3 * (ms % 1000)) / 1000;
      const robot = { basePose: [x, 0, 0, 0, 0, 0, 1] } as unknown as CommandedRobot;
      expect(follow.stands({ x: back ? -0.3 : 0.3, y: 0, yaw: 0 }, ms, 0.02, robot), `${ms} ms`).toBe(false);
    }
    expect(standsAfter({ yaw: Math.PI }, { yaw: 1 })).toBeNull();
  });

  it("is judged later where it is driven slowly, and never where nothing measures it or its time stands", () => {
    expect(standsAfter({ x: 0.01 }, {})).toBeGreaterThan(5900);
    expect(standsAfter({ x: 0.3 }, {}, { basePose: null })).toBeNull();
    expect(standsAfter({ x: 0.3 }, {}, { isTimeStanding: true })).toBeNull();
  });
});
