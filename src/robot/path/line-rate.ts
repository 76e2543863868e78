import { jerkLimitedProfile } from "../trajectory/jerk-limited.ts";
import type { MotionProfile } from "../trajectory/motion-profile.ts";
import type { PathLimits } from "./path-limits.ts";

/** The greatest magnitudes of the first three derivatives of one joint by the way s, at one place. */
export type Slopes = { first: number; second: number; third: number };

const shares = [1, 0.75, 0.5, 0.35, 0.2];
const rates = 40;

/**
 * The fastest way from s = 0 to 1, at rest at both ends, of its kind: with one limit for each of the rate, its change and its
 * jerk along the whole way, such that every joint keeps its limits everywhere:
 *
 *   |q′| ṡ ≤ v    |q″| ṡ² + |q′| |s̈| ≤ a    |q‴| ṡ³ + 3 |q″| ṡ |s̈| + |q′| |s⃛| ≤ j
 *
 * `places`: for each place the slopes of all joints, in the order of `limits`. `fastest`: what the rate may be besides.
 */
export function lineProfile(
  places: readonly (readonly Slopes[])[],
  limits: readonly PathLimits[],
  fastest: number,
): MotionProfile {
  let best: MotionProfile | null = null;
  const top = Math.min(
    fastest,
    least(places, limits, ({ first }, { velocity }) => velocity / first),
  );
  for (let k = 1; k <= rates; k += 1) {
    const velocity = (top * k) / rates;
    const room = least(
      places,
      limits,
      ({ first, second }, { acceleration }) => (acceleration - second * velocity ** 2) / first,
    );
    if (!(room > 0)) break;
    for (const share of shares) {
      const acceleration = share * room;
      const jerk = least(places, limits, ({ first, second, third }, limit) => {
        const bent = third * velocity ** 3 + 3 * second * velocity * acceleration;
        return (limit.jerk - bent) / first;
      });
      if (!(jerk > 0)) continue;
      const profile = jerkLimitedProfile(
        { position: 0, velocity: 0, acceleration: 0 },
        { position: 1, velocity: 0, acceleration: 0 },
        { velocity, acceleration, jerk },
      );
      if (best === null || profile.duration < best.duration) best = profile;
    }
  }
  if (best === null) throw new Error("the limits leave no rate");
  return best;
}

function least(
  places: readonly (readonly Slopes[])[],
  limits: readonly PathLimits[],
  of: (slopes: Slopes, limit: PathLimits) => number,
): number {
  let found = Number.MAX_VALUE;
  for (const slopes of places) {
    for (const [j, slope] of slopes.entries()) {
      const value = of(slope, limits[j] as PathLimits);
      if (value < found) found = value;
    }
  }
  return found;
}
