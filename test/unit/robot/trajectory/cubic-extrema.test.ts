import { describe, expect, it } from "vitest";
import { fastestTime, turningTimes } from "../../../../src/robot/trajectory/cubic-extrema.ts";
import {
  createPointSpline,
  fitPointSpline,
  samplePointSpline,
} from "../../../../src/robot/trajectory/point-spline.ts";
import { randomFrom } from "../random-from.ts";

describe("the extremes of a cubic", () => {
  it("are never passed by a sample, and met by one", () => {
    const random = randomFrom(4);
    const spline = createPointSpline();
    const out = { position: 0, velocity: 0, acceleration: 0 };
    const draw = (): number => (random.next() < 0.2 ? 0 : 2 * random.next() - 1);
    for (let trial = 0; trial < 500; trial += 1) {
      const length = 0.1 + 2 * random.next();
      fitPointSpline(3, length, draw(), draw(), 0, draw(), draw(), 0, spline);
      const at = (t: number): typeof out => {
        samplePointSpline(spline, t, out);
        return out;
      };
      const fastest = Math.abs(at(fastestTime(spline, length)).velocity);
      const turns = turningTimes(spline, length).map((t) => at(t).position);
      let seen = { speed: 0, least: Number.POSITIVE_INFINITY, greatest: Number.NEGATIVE_INFINITY };
      for (let k = 0; k <= 1000; k += 1) {
        const { position, velocity } = at((k / 1000) * length);
        seen = {
          speed: Math.max(seen.speed, Math.abs(velocity)),
          least: Math.min(seen.least, position),
          greatest: Math.max(seen.greatest, position),
        };
      }
      expect(fastest).toBeGreaterThan(seen.speed - 1e-12);
      expect(fastest).toBeLessThan(seen.speed + 1e-3);
      expect(Math.max(...turns)).toBeGreaterThan(seen.greatest - 1e-12);
      expect(Math.max(...turns)).toBeLessThan(seen.greatest + 1e-4);
      expect(Math.min(...turns)).toBeLessThan(seen.least + 1e-12);
      expect(Math.min(...turns)).toBeGreaterThan(seen.least - 1e-4);
    }
  });
});
