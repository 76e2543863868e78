import type { JointLimits } from "./robot-limits.ts";

/** Minimum duration of the rise, s: a shorter one would be over when the goal arrives. */
const leastRise = 0.03;

/**
 * One joint's path over a short goal, in rad or m and their rates; times in seconds from its start:
 *
 *   velocity      ______
 *    start  ____/       \
 *               reaches  leaves → rests
 *
 * The fall is as steep as `acceleration`. So is the rise, unless it would be over before the goal arrives. Between the
 * corners the acceleration is constant, so the cubic that a trajectory controller lays through them is this very
 * profile.
 */
export type JogProfile = {
  position: number;
  velocity: number;
  cruise: number;
  acceleration: number;
  /** The magnitude of the acceleration during the rise. */
  rise: number;
  reaches: number;
  leaves: number;
  rests: number;
};

/** From a state to rest, at full deceleration. */
export function brake(position: number, velocity: number, acceleration: number): JogProfile {
  return profile(position, velocity, 0, 0, acceleration);
}

/**
 * The path that comes nearest to `wanted` within `horizon` seconds and still comes to rest inside the position limits.
 * Braking at once always succeeds when the state was reached on such a path; a joint outside its limits only moves
 * inwards.
 */
export function safeProfile(
  position: number,
  velocity: number,
  wanted: number,
  horizon: number,
  limit: JointLimits,
): JogProfile {
  const { acceleration: a, lower, upper } = limit;
  const reachable = Math.max(velocity - a * horizon, Math.min(velocity + a * horizon, wanted));
  const fits = (cruise: number): boolean => {
    const end = restOf(profile(position, velocity, cruise, horizon, a));
    return wanted > 0 ? end <= upper : end >= lower;
  };
  // Only the outward speed matters: a reversal or a lower speed is reached by full braking.
  if (reachable * wanted <= 0 || fits(reachable)) return profile(position, velocity, reachable, horizon, a);
  let slow = 0;
  let fast = reachable;
  for (let i = 0; i < 40; i++) {
    const middle = (slow + fast) / 2;
    if (fits(middle)) slow = middle;
    else fast = middle;
  }
  return profile(position, velocity, slow, horizon, a);
}

/** Where the joint is `time` seconds after the start. */
export function profileAt(p: JogProfile, time: number): { position: number; velocity: number } {
  const rising = Math.min(time, p.reaches);
  const slope = Math.sign(p.cruise - p.velocity) * p.rise;
  let position = p.position + p.velocity * rising + (slope * rising * rising) / 2;
  if (time <= p.reaches && p.reaches > 0) return { position, velocity: p.velocity + slope * rising };
  position += p.cruise * (Math.min(time, p.leaves) - p.reaches);
  const fall = Math.max(0, Math.min(time, p.rests) - p.leaves);
  const slowing = -Math.sign(p.cruise) * p.acceleration;
  position += p.cruise * fall + (slowing * fall * fall) / 2;
  return { position, velocity: time >= p.rests ? 0 : p.cruise + slowing * fall };
}

function profile(
  position: number,
  velocity: number,
  cruise: number,
  horizon: number,
  acceleration: number,
): JogProfile {
  const change = Math.abs(cruise - velocity);
  const needed = change / acceleration;
  const reaches = cruise === 0 || change === 0 ? needed : Math.max(needed, leastRise);
  const leaves = Math.max(horizon, reaches);
  return {
    position,
    velocity,
    cruise,
    acceleration,
    rise: reaches > 0 ? change / reaches : acceleration,
    reaches,
    leaves: cruise === 0 ? reaches : leaves,
    rests: cruise === 0 ? reaches : leaves + Math.abs(cruise) / acceleration,
  };
}

function restOf(p: JogProfile): number {
  return profileAt(p, p.rests).position;
}
