/** Greatest acceleration and jerk: per second squared and cubed of whatever moves. */
export type RateLimits = { readonly acceleration: number; readonly jerk: number };
/** Seconds, and the jerk meanwhile. */
export type JerkPhase = { length: number; jerk: number };

/** The velocity that is left once the acceleration has been taken away at full jerk. */
export function settled(velocity: number, acceleration: number, jerk: number): number {
  return velocity + (acceleration * Math.abs(acceleration)) / (2 * jerk);
}

/** The fastest way from a velocity and an acceleration to the velocity `to`, held. */
export function phasesTo(
  velocity: number,
  acceleration: number,
  to: number,
  { acceleration: most, jerk }: RateLimits,
): JerkPhase[] {
  const gap = to - settled(velocity, acceleration, jerk);
  const side = gap < 0 ? -1 : 1;
  const begin = side * acceleration;
  // The greatest acceleration there would be without a limit; of squares the last digits may be lost.
  const free = Math.sqrt(Math.max(0, jerk * side * (to - velocity) + (begin * begin) / 2));
  if (begin <= most) {
    const top = Math.min(most, Math.max(free, begin));
    const gained = (2 * top * top - begin * begin) / (2 * jerk);
    const hold = top > 0 ? Math.max(0, side * (to - velocity) - gained) / top : 0;
    return [
      { length: Math.max(0, top - begin) / jerk, jerk: side * jerk },
      { length: hold, jerk: 0 },
      { length: top / jerk, jerk: -side * jerk },
    ];
  }
  // Harder than it may be: down to the limit first.
  return [
    { length: (begin - most) / jerk, jerk: -side * jerk },
    { length: Math.max(0, side * gap) / most, jerk: 0 },
    { length: most / jerk, jerk: -side * jerk },
  ];
}

/** s */
export function lengthOf(phases: readonly JerkPhase[]): number {
  let length = 0;
  for (const phase of phases) length += phase.length;
  return length;
}
