import { synchronisedProfiles } from "../robot/trajectory/jerk-limited.ts";
import {
  createMotionSample,
  extremaOf,
  type MotionProfile,
  sampleAt,
} from "../robot/trajectory/motion-profile.ts";
import type { MotionState } from "../robot/trajectory/motion-state.ts";
import type { JointLimits } from "./robot-limits.ts";
import type { TrajectoryPoint } from "./trajectory.ts";
import type { Objection } from "./validate-motion.ts";

/** Shorter moves are stretched: a controller's cycle and the way to it take their time. s */
const leastDuration = 0.2;
/** Points nearer than this are one: controllers want times that rise. s */
const leastGap = 1e-5;
const mostPoints = 1000;
/** How far a move may swing past a position limit by rounding, rad or m. */
const slack = 1e-9;

/** A move as a controller gets it, and as profiles for knowing later where the joints were to be. */
export type JointMove = { points: TrajectoryPoint[]; profiles: readonly MotionProfile[] };

/**
 * The fastest synchronised move to rest at `to` (rad or m) that keeps each joint's acceleration and jerk and
 * `speed` times its velocity limit. An objection when a joint that moves now would have to swing past its
 * ends. `names`, `from`, `to` and `limits` index for index.
 *
 * The points stand at every joint's bends. Between two of them each jerk is constant, and the quintic that a
 * trajectory controller lays through positions, velocities and accelerations is that very motion.
 */
export function jointMove(
  names: readonly string[],
  from: readonly MotionState[],
  to: readonly number[],
  limits: readonly JointLimits[],
  speed: number,
): JointMove | Objection {
  const { duration, profiles } = synchronisedProfiles(
    from,
    to.map((position) => ({ position, velocity: 0, acceleration: 0 })),
    limits.map((limit) => ({ ...limit, velocity: limit.velocity * speed })),
    leastDuration,
  );
  for (const [i, profile] of profiles.entries()) {
    const { lower, upper, unit } = limits[i] as JointLimits;
    const start = (from[i] as MotionState).position;
    const { minPosition, maxPosition } = extremaOf(profile);
    // A joint that stands outside may come in.
    const isBelow = minPosition < Math.min(lower, start) - slack;
    if (!isBelow && maxPosition <= Math.max(upper, start) + slack) continue;
    const end = (isBelow ? minPosition : maxPosition).toFixed(3);
    return {
      code: "outside_limits",
      message: `${names[i]} moves too fast to turn before its limit: it would swing to ${end} ${unit}`,
    };
  }
  return { points: pointsOf(profiles, duration), profiles };
}

function pointsOf(profiles: readonly MotionProfile[], duration: number): TrajectoryPoint[] {
  const bends = profiles.flatMap((profile) => [...profile.times]).sort((a, b) => a - b);
  const gap = bends.length > mostPoints ? duration / mostPoints : leastGap;
  const times: number[] = [];
  let before = 0;
  for (const time of bends) {
    if (time - before < gap || duration - time < gap) continue;
    before = time;
    times.push(time);
  }
  times.push(duration);
  const sample = createMotionSample();
  return times.map((time) => {
    const point = {
      time,
      positions: [] as number[],
      velocities: [] as number[],
      accelerations: [] as number[],
    };
    for (const profile of profiles) {
      sampleAt(profile, time, sample);
      point.positions.push(sample.position);
      point.velocities.push(sample.velocity);
      point.accelerations.push(sample.acceleration);
    }
    return point;
  });
}
