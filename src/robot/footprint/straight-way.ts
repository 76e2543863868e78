import { nearestTurn } from "../../core/circle.ts";
import type { WayPiece } from "./base-way.ts";
import type { GroundPose } from "./occupied-cells.ts";

/** m/s, rad/s and their rates. */
export type GroundLimits = {
  linear: number;
  angular: number;
  linearAcceleration: number;
  angularAcceleration: number;
};

/** Nearer poses are one place, m; smaller turns are none, rad. */
const samePlace = 1e-6;

/**
 * Straight lines from `start` through `poses`, from rest to rest at each: the base turns to the next on the spot, by the shorter
 * side, drives there forward, and turns as the pose has it.
 */
export function straightWay(
  start: GroundPose,
  poses: readonly GroundPose[],
  limits: GroundLimits,
): WayPiece[] {
  const { linear, angular, linearAcceleration, angularAcceleration } = limits;
  const pieces: WayPiece[] = [];
  let at = start;
  const turnTo = (yaw: number): void => {
    const turn = nearestTurn(yaw, at.yaw) - at.yaw;
    pieces.push(...ramped({ forward: 0, left: 0, turn }, Math.abs(turn), angular, angularAcceleration));
    at = { ...at, yaw: at.yaw + turn };
  };
  for (const pose of poses) {
    const [dx, dy] = [pose.x - at.x, pose.y - at.y];
    const length = Math.hypot(dx, dy);
    if (length > samePlace) {
      turnTo(Math.atan2(dy, dx));
      const line = { forward: length, left: 0, turn: 0 };
      pieces.push(...ramped(line, length, linear, linearAcceleration));
      at = { ...at, x: pose.x, y: pose.y };
    }
    turnTo(pose.yaw);
  }
  return pieces;
}

/** One movement from rest to rest, as fast as a limit of speed and one of acceleration let it: up, on, and down. */
function ramped(
  { forward, left, turn }: Pick<WayPiece, "forward" | "left" | "turn">,
  length: number,
  limit: number,
  acceleration: number,
): WayPiece[] {
  if (length <= samePlace) return [];
  const speed = Math.min(limit, Math.sqrt(acceleration * length));
  const ramp = (speed * speed) / (2 * acceleration);
  const part = (share: number, duration: number, speed0: number, speed1: number): WayPiece => {
    return { forward: share * forward, left: share * left, turn: share * turn, duration, speed0, speed1 };
  };
  const share = ramp / length;
  const pieces = [part(share, speed / acceleration, 0, speed)];
  const rest = 1 - 2 * share;
  if (rest > 0) pieces.push(part(rest, (rest * length) / speed, speed, speed));
  pieces.push(part(share, speed / acceleration, speed, 0));
  return pieces;
}
