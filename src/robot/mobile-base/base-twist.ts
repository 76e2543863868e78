/**
 * How a planar base moves, seen in its own frame (REP-103, REP-105: base_link, x forward, y left, z up):
 * m/s and rad/s, positive to the left. Functions here write into one that the caller owns.
 */
export type BaseTwist = { linearX: number; linearY: number; angularZ: number };

/** What a base may do: m/s, m/s² along x and along y, rad/s, rad/s². */
export type BaseLimits = {
  linearVelocity: number;
  linearAcceleration: number;
  angularVelocity: number;
  angularAcceleration: number;
};

export function createBaseTwist(): BaseTwist {
  return { linearX: 0, linearY: 0, angularZ: 0 };
}

/**
 * Writes `wanted` with each part within its limit of velocity into `out`, as ros2_controllers'
 * diff_drive_controller bounds speed. Allocates nothing.
 */
export function boundTwist(wanted: BaseTwist, limits: BaseLimits, out: BaseTwist): void {
  out.linearX = bounded(wanted.linearX, limits.linearVelocity);
  out.linearY = bounded(wanted.linearY, limits.linearVelocity);
  out.angularZ = bounded(wanted.angularZ, limits.angularVelocity);
}

/** Moves `twist` towards `wanted` for `dt` seconds, each part by no more than its acceleration. Allocates nothing. */
export function approachTwist(twist: BaseTwist, wanted: BaseTwist, limits: BaseLimits, dt: number): void {
  const step = limits.linearAcceleration * dt;
  twist.linearX += bounded(wanted.linearX - twist.linearX, step);
  twist.linearY += bounded(wanted.linearY - twist.linearY, step);
  twist.angularZ += bounded(wanted.angularZ - twist.angularZ, limits.angularAcceleration * dt);
}

/**
 * The tightest circle of a steered base, m: of the middle of its fixed axle, for `wheelbase` m between the
 * axles and `maxSteering` rad (0 … π/2) of a wheel in the middle of the steered one. Infinity for 0 rad.
 */
export function minimumTurningRadius(wheelbase: number, maxSteering: number): number {
  return wheelbase / Math.tan(maxSteering);
}

/** Bounds the turning of `twist` to circles of at least `radius` m; a base that stands does not turn. Allocates nothing. */
export function limitCurvature(twist: BaseTwist, radius: number): void {
  twist.angularZ = bounded(twist.angularZ, Math.abs(twist.linearX) / radius);
}

function bounded(value: number, most: number): number {
  return Math.min(most, Math.max(-most, value));
}
