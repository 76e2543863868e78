/** Where one joint is and how it moves: rad or m, per second, per second squared. */
export type MotionState = { position: number; velocity: number; acceleration: number };

/**
 * What one joint may do: rad/s, rad/s², rad/s³ (or in m). `velocity` and `acceleration` may be Infinity,
 * `jerk` may not. The least values are the negated greatest ones where they are not given.
 */
export type MotionLimits = {
  velocity: number;
  acceleration: number;
  jerk: number;
  minVelocity?: number | undefined;
  minAcceleration?: number | undefined;
};

/** How far past a limit a target may lie by rounding, as a share of the limit's range. */
const rounding = 1e-12;

/**
 * Why no motion can be planned, in one sentence with the field, its value and what would be right; null
 * when one can. The start may lie outside the limits. The target may not, nor may it be a state that is
 * only reached from outside: with acceleration below 0 the velocity was higher before, and the other way
 * round.
 */
export function motionFault(from: MotionState, to: MotionState, limits: MotionLimits): string | null {
  const { velocity, acceleration, jerk } = limits;
  const minVelocity = limits.minVelocity ?? -velocity;
  const minAcceleration = limits.minAcceleration ?? -acceleration;
  for (const [name, value] of [
    ["velocity", velocity],
    ["acceleration", acceleration],
    ["jerk", jerk],
  ] as const) {
    if (!(value > 0)) return `the limit of ${name} is ${value}; it must be above 0`;
  }
  if (jerk === Number.POSITIVE_INFINITY) return "the limit of jerk is infinite; it must be finite";
  if (!(minVelocity < 0)) return `the least velocity is ${minVelocity}; it must be below 0`;
  if (!(minAcceleration < 0)) return `the least acceleration is ${minAcceleration}; it must be below 0`;
  for (const [name, state] of [
    ["start", from],
    ["target", to],
  ] as const) {
    for (const field of ["position", "velocity", "acceleration"] as const) {
      if (!Number.isFinite(state[field]))
        return `the ${name}'s ${field} is ${state[field]}; it must be finite`;
    }
  }
  if (outside(to.acceleration, minAcceleration, acceleration)) {
    return `the target's acceleration ${to.acceleration} is outside ${minAcceleration} … ${acceleration}`;
  }
  if (outside(to.velocity, minVelocity, velocity)) {
    return `the target's velocity ${to.velocity} is outside ${minVelocity} … ${velocity}`;
  }
  const before = to.velocity - (to.acceleration * Math.abs(to.acceleration)) / (2 * jerk);
  if (outside(before, minVelocity, velocity)) {
    return `the target's velocity ${to.velocity} with acceleration ${to.acceleration} is reached only from a velocity of ${before}, which is outside ${minVelocity} … ${velocity}`;
  }
  return null;
}

function outside(value: number, least: number, greatest: number): boolean {
  const slack = rounding * (Number.isFinite(greatest - least) ? greatest - least : 1);
  return value < least - slack || value > greatest + slack;
}
