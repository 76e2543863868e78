import { synchronisedProfiles } from "../robot/trajectory/jerk-limited.ts";
import { extremaOf } from "../robot/trajectory/motion-profile.ts";
import type { MotionState } from "../robot/trajectory/motion-state.ts";
import { type JointPath, profilePath } from "./joint-path.ts";
import type { JointLimits } from "./robot-limits.ts";
import type { Objection } from "./validate-motion.ts";

/** Shorter moves are stretched: a controller needs time for its cycle and for the goal to arrive. s */
const leastDuration = 0.2;
/** How far rounding may carry a move past a position limit, rad or m. */
const slack = 1e-9;

/**
 * The fastest synchronised move to rest at `to` (rad or m) that keeps each joint's acceleration and jerk and `speed`
 * times its velocity limit. Returns an objection when a moving joint would overshoot its position limits. `names`,
 * `from`, `to` and `limits` have the same order.
 *
 * Between two corners of a joint its jerk is constant, so the quintic that a trajectory controller lays through
 * positions, velocities and accelerations there is exactly that motion.
 */
export function jointMove(
  names: readonly string[],
  from: readonly MotionState[],
  to: readonly number[],
  limits: readonly JointLimits[],
  speed: number,
): JointPath[] | Objection {
  const { profiles } = synchronisedProfiles(
    from,
    to.map((position) => ({ position, velocity: 0, acceleration: 0 })),
    limits.map((limit) => ({ ...limit, velocity: limit.velocity * speed })),
    leastDuration,
  );
  for (const [i, profile] of profiles.entries()) {
    const { lower, upper, unit } = limits[i] as JointLimits;
    const start = (from[i] as MotionState).position;
    const { minPosition, maxPosition } = extremaOf(profile);
    // A joint outside its limits may move inwards.
    const isBelow = minPosition < Math.min(lower, start) - slack;
    if (!isBelow && maxPosition <= Math.max(upper, start) + slack) continue;
    const end = (isBelow ? minPosition : maxPosition).toFixed(3);
    return {
      code: "outside_limits",
      message: `${names[i]} moves too fast to turn before its limit: it would swing to ${end} ${unit}`,
    };
  }
  return profiles.map(profilePath);
}
