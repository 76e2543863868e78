import type { RobotLimits } from "./robot-limits.ts";
import type { TrajectoryPoint } from "./trajectory.ts";

/*
 * The minimum-jerk polynomial from rest to rest, s(u) = 10u³ − 15u⁴ + 6u⁵ (Flash and Hogan 1985),
 * peaks at 15/8 of the mean velocity and at 10/√3 of distance/time² in acceleration.
 */
const peakVelocity = 15 / 8;
const peakAcceleration = 10 / Math.sqrt(3);
const leastDuration = 0.2;

/**
 * The time a synchronised move needs so that no joint passes `speed` times its velocity limit or its
 * acceleration limit. `from` and `to` in rad or m; the result in seconds.
 */
export function moveDuration(
  joints: readonly string[],
  from: readonly number[],
  to: readonly number[],
  limits: RobotLimits,
  speed: number,
): number {
  let duration = leastDuration;
  for (let i = 0; i < joints.length; i++) {
    const limit = limits.joints.get(joints[i] as string);
    if (limit === undefined) continue;
    const distance = Math.abs((to[i] as number) - (from[i] as number));
    duration = Math.max(
      duration,
      (peakVelocity * distance) / (limit.velocity * speed),
      Math.sqrt((peakAcceleration * distance) / limit.acceleration),
    );
  }
  return duration;
}

/**
 * The single way point of a rest-to-rest move. With zero end velocity and acceleration a
 * trajectory controller interpolates by a quintic, which from rest is the minimum-jerk move.
 */
export function movePoint(to: readonly number[], duration: number): TrajectoryPoint {
  return {
    time: duration,
    positions: [...to],
    velocities: to.map(() => 0),
    accelerations: to.map(() => 0),
  };
}
