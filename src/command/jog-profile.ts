import { extremaOf, type MotionProfile } from "../robot/trajectory/motion-profile.ts";
import type { MotionState } from "../robot/trajectory/motion-state.ts";
import {
  type JerkPhase,
  lengthOf,
  phasesTo,
  type RateLimits,
  settled,
} from "../robot/trajectory/velocity-phases.ts";
import type { JointLimits } from "./robot-limits.ts";

/** Minimum duration of a change of speed from rest, s: a shorter one would be over when the goal arrives. */
const leastRise = 0.03;
/** How often a speed is halved in a search: to the last digit. */
const halvings = 40;
/** How far rounding may carry a jog past a position limit, rad or m. */
const slack = 1e-12;

/** From a state to rest as fast as the limits of acceleration and jerk allow. rad or m and their rates. */
export function brake(from: MotionState, limit: RateLimits): MotionProfile {
  return profileOf(from, phasesTo(from.velocity, from.acceleration, 0, limit));
}

/**
 * One joint's path over a short goal: towards the velocity `wanted` (rad/s or m/s) for `horizon` seconds, and then to rest, within
 * the limits of position, acceleration and jerk:
 *
 *   velocity      ______
 *    start  ____/       \
 *               reaches  leaves → rests
 *
 * Of the velocities up to `wanted` the nearest is taken that is reached within `horizon` and from which the joint comes to rest
 * inside its position limits. Braking at once always does where the state was reached on such a path; a joint outside its limits
 * only moves inwards.
 */
export function safeProfile(
  from: MotionState,
  wanted: number,
  horizon: number,
  limit: JointLimits,
): MotionProfile {
  const rates = gentle(from, wanted, limit);
  const reached = reachable(from, wanted, horizon, rates);
  // To turn back, or to slow down for less than is reached in time, is to brake first.
  if (wanted === 0 || reached * wanted <= 0) return brake(from, limit);
  const jogged = (cruise: number): MotionProfile => {
    const rise = phasesTo(from.velocity, from.acceleration, cruise, rates);
    const hold = Math.max(0, horizon - lengthOf(rise));
    return profileOf(from, [...rise, { length: hold, jerk: 0 }, ...phasesTo(cruise, 0, 0, limit)]);
  };
  const fits = (profile: MotionProfile): boolean => {
    const { minPosition, maxPosition } = extremaOf(profile);
    const { lower, upper } = limit;
    return wanted > 0
      ? maxPosition <= Math.max(upper, from.position) + slack && endOf(profile) <= upper
      : minPosition >= Math.min(lower, from.position) - slack && endOf(profile) >= lower;
  };
  const fast = jogged(reached);
  if (fits(fast)) return fast;
  let best = brake(from, limit);
  let [slow, above] = [0, reached];
  for (let i = 0; i < halvings; i += 1) {
    const middle = (slow + above) / 2;
    const tried = jogged(middle);
    if (fits(tried)) {
      slow = middle;
      best = tried;
    } else above = middle;
  }
  return best;
}

/** The velocity nearest to `wanted` that is reached, with the acceleration gone, within `horizon` s. */
function reachable(
  { velocity, acceleration }: MotionState,
  wanted: number,
  horizon: number,
  rates: RateLimits,
): number {
  const isInTime = (to: number) => lengthOf(phasesTo(velocity, acceleration, to, rates)) <= horizon;
  if (isInTime(wanted)) return wanted;
  let [near, far] = [settled(velocity, acceleration, rates.jerk), wanted];
  for (let i = 0; i < halvings; i += 1) {
    const middle = (near + far) / 2;
    if (isInTime(middle)) near = middle;
    else far = middle;
  }
  return near;
}

/** The same limits, with less jerk where a joint would leave its rest within an instant. */
function gentle({ velocity, acceleration }: MotionState, wanted: number, limit: JointLimits): RateLimits {
  if (acceleration !== 0 || wanted === velocity) return limit;
  const length = lengthOf(phasesTo(velocity, 0, wanted, limit));
  if (length >= leastRise) return limit;
  // Without a hold, the time goes with the root of the jerk; the hold that is in it only makes it longer.
  return { acceleration: limit.acceleration, jerk: limit.jerk * (length / leastRise) ** 2 };
}

/** The profile of phases that end at rest, but for rounding. */
function profileOf(from: MotionState, phases: readonly JerkPhase[]): MotionProfile {
  const kept = phases.filter(({ length }) => length > 0);
  const count = kept.length;
  const times = new Float64Array(count + 1);
  const positions = new Float64Array(count + 1);
  const velocities = new Float64Array(count + 1);
  const accelerations = new Float64Array(count + 1);
  const jerks = new Float64Array(count);
  let [time, p, v, a] = [0, from.position, from.velocity, from.acceleration];
  for (const [i, { length: t, jerk }] of kept.entries()) {
    times[i] = time;
    positions[i] = p;
    velocities[i] = v;
    accelerations[i] = a;
    jerks[i] = jerk;
    time += t;
    p += t * (v + t * (a / 2 + (t * jerk) / 6));
    v += t * (a + (t * jerk) / 2);
    a += t * jerk;
  }
  times[count] = time;
  positions[count] = p;
  return { duration: time, times, positions, velocities, accelerations, jerks };
}

function endOf({ positions }: MotionProfile): number {
  return positions[positions.length - 1] as number;
}
