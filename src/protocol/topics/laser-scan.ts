import { type Result, refused } from "../../core/result.ts";
import type { Detail } from "./detail.ts";
import type { TopicContent } from "./topic-content.ts";

/** sensor_msgs/LaserScan: rad, m. */
export type LaserScan = {
  angle_min: number;
  angle_increment: number;
  range_min: number;
  range_max: number;
  ranges: Float32Array;
  intensities: Float32Array;
};

const mostRays = 1_000_000;

/**
 * A scan as `scan`: `ranges` in m (NaN: nothing was measured), and `intensities` where there are as many. Of neighbours that
 * become one ray the nearest is kept. meta: `angleMin`, `angleIncrement` (rad), `rangeMin`, `rangeMax` (m).
 */
export function scanContent(scan: LaserScan, { rays }: Detail): Result<TopicContent> {
  const { angle_min: angleMin, angle_increment: step, range_min: rangeMin, range_max: rangeMax } = scan;
  const count = scan.ranges.length;
  if (!Number.isFinite(angleMin)) return refused(`is ${angleMin}`, "angle_min");
  if (!Number.isFinite(step) || (step === 0 && count > 1)) return refused(`is ${step}`, "angle_increment");
  if (!(rangeMin >= 0)) return refused(`is ${rangeMin}`, "range_min");
  if (!(rangeMax >= rangeMin)) return refused(`is ${rangeMax}, less than range_min`, "range_max");
  if (count > mostRays) return refused(`${count} rays are too many`, "ranges");
  const every = Math.max(1, Math.ceil(count / rays));
  const kept = Math.ceil(count / every);
  const ranges = new Float32Array(kept).fill(Number.NaN);
  const hasIntensities = scan.intensities.length === count && count > 0;
  const intensities = new Float32Array(hasIntensities ? kept : 0);
  for (let i = 0; i < count; i += 1) {
    const range = scan.ranges[i] as number;
    if (!(range >= rangeMin && range <= rangeMax)) continue;
    const at = Math.floor(i / every);
    if (range >= (ranges[at] as number)) continue;
    ranges[at] = range;
    if (hasIntensities) intensities[at] = scan.intensities[i] as number;
  }
  return {
    ok: true,
    value: {
      format: "scan",
      // The middle of the rays that became one.
      meta: {
        angleMin: angleMin + ((every - 1) / 2) * step,
        angleIncrement: step * every,
        rangeMin,
        rangeMax: Number.isFinite(rangeMax) ? rangeMax : null,
      },
      arrays: hasIntensities ? { ranges, intensities } : { ranges },
      reduced: every === 1 ? null : `the nearest of each ${every} of ${count} rays`,
    },
  };
}
