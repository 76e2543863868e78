import { describe, expect, it } from "vitest";
import { blendLength, blendOf, cornerPoint, cornerRate } from "../../../../src/robot/path/corner-blend.ts";
import { timeWaypoints } from "../../../../src/robot/path/time-waypoints.ts";
import { createPathSample, PathSampler } from "../../../../src/robot/path/timed-path-sample.ts";
import { randomFrom } from "../random-from.ts";

const random = randomFrom(4);
const unit = (size: number): number[] => {
  const way = Array.from({ length: size }, () => 2 * random.next() - 1);
  return way.map((value) => value / Math.hypot(...way));
};

describe("the curve past a corner", () => {
  it("begins and ends on the lines, and is as far from the corner as was asked for", () => {
    for (let i = 0; i < 20; i += 1) {
      const [corner, before, after] = [unit(3), unit(3), unit(3)];
      const h = blendLength(before, after, 0.1);
      expect(blendOf(before, after, h)).toBeCloseTo(0.1, 12);
      const at = (s: number): number[] => {
        const out = new Float64Array(3);
        cornerPoint(corner, before, after, h, s, out);
        return [...out];
      };
      for (const [j, w] of corner.entries()) {
        expect(at(0)[j]).toBeCloseTo(w - h * (before[j] as number), 12);
        expect(at(1)[j]).toBeCloseTo(w + h * (after[j] as number), 12);
      }
      expect(Math.hypot(...at(0.5).map((value, j) => value - (corner[j] as number)))).toBeCloseTo(0.1, 12);
      // No joint goes faster along the curve than its rate, and it comes near that.
      for (let j = 0; j < 3; j += 1) {
        let most = 0;
        for (let k = 0; k < 500; k += 1) {
          most = Math.max(
            most,
            500 * Math.abs((at((k + 1) / 500)[j] as number) - (at(k / 500)[j] as number)),
          );
        }
        const rate = cornerRate(before[j] as number, after[j] as number, h);
        expect(most).toBeLessThanOrEqual(rate + 1e-9);
        expect(most).toBeGreaterThan(0.99 * rate);
      }
    }
  });

  it("is the one that timed way points take", () => {
    const limits = [1, 2].map((velocity) => ({ velocity, acceleration: 4, jerk: 60 }));
    const path = timeWaypoints(["a", "b"], [[0, 0], [1, 0], [1, 1]], limits, { blend: 0.05 }); // biome-ignore format: three points
    const [before, after] = [[1, 0], [0, 1]]; // biome-ignore format: two directions
    const sampler = new PathSampler(path);
    const sample = createPathSample(path);
    let nearest = Number.POSITIVE_INFINITY;
    const on: number[][] = [];
    for (let time = 0; time <= sampler.duration; time += 0.002) {
      sampler.at(time, sample);
      const [x = 0, y = 0] = sample.position;
      nearest = Math.min(nearest, Math.hypot(x - 1, y));
      if (y > 1e-6 && x < 1 - 1e-6) on.push([x, y]);
    }
    const h = blendLength(before, after, nearest);
    expect(on.length).toBeGreaterThan(10);
    const out = new Float64Array(2);
    for (const [x = 0, y = 0] of on) {
      let off = Number.POSITIVE_INFINITY;
      for (let s = 0; s <= 1; s += 0.001) {
        cornerPoint([1, 0], before, after, h, s, out);
        off = Math.min(off, Math.hypot(x - (out[0] as number), y - (out[1] as number)));
      }
      expect(off).toBeLessThan(1e-3);
    }
  });
});
