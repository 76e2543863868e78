import { describe, expect, it } from "vitest";
import { sineCosine, turn } from "../../../src/robot/sine-cosine.ts";

function both(angle: number): [number, number] {
  turn[0] = angle;
  sineCosine();
  return [turn[1] ?? Number.NaN, turn[2] ?? Number.NaN];
}

describe("sine and cosine", () => {
  it("are within one unit in the last place of the engine's, far out too", () => {
    let worst = 0;
    for (let i = 0; i < 200_000; i += 1) {
      const angle = (i % 2 === 0 ? 4 : 9e4) * Math.sin(12.9898 * i + 78.233);
      const [sine, cosine] = both(angle);
      worst = Math.max(worst, Math.abs(sine - Math.sin(angle)), Math.abs(cosine - Math.cos(angle)));
    }
    expect(worst).toBeLessThanOrEqual(2 ** -52);
  });

  it("are exact where they must be, and tiny angles stay what they are", () => {
    expect(both(0)).toEqual([0, 1]);
    expect(both(1e-300)).toEqual([1e-300, 1]);
    expect(both(Math.PI / 2)[0]).toBe(1);
    expect(both(Math.PI / 2)[1]).toBeCloseTo(6.123e-17, 20);
    expect(both(Math.PI)[1]).toBe(-1);
  });

  it("answer beyond the parts' reach, and have no answer for what is no number", () => {
    expect(both(1e9)).toEqual([Math.sin(1e9), Math.cos(1e9)]);
    expect(both(Number.POSITIVE_INFINITY)).toEqual([Number.NaN, Number.NaN]);
    expect(both(Number.NaN)).toEqual([Number.NaN, Number.NaN]);
  });
});
