import { wrapped } from "../../core/circle.ts";
import type { BaseTwist } from "./base-twist.ts";

/** Where a planar base is in the frame `odom` (REP-105), m and rad, and its twist in its own frame. */
export type Odometry = BaseTwist & { x: number; y: number; yaw: number };

export function createOdometry(): Odometry {
  return { x: 0, y: 0, yaw: 0, linearX: 0, linearY: 0, angularZ: 0 };
}

/** Below this turn the quotients lose more digits than their series of three terms, rad. */
const smallTurn = 1e-2;

/**
 * Moves the pose along the exact arc that the present twist, held for `dt` seconds, describes: the
 * exponential of a planar twist (Lynch and Park, "Modern Robotics", 13.4). `yaw` stays within ±π. Allocates
 * nothing.
 *
 *   x' = x + R(yaw) V(turn) (vx, vy) dt,   V = | sin(t)/t        −(1 − cos(t))/t |
 *                                              | (1 − cos(t))/t   sin(t)/t       |
 */
export function advanceOdometry(odometry: Odometry, dt: number): void {
  const turn = odometry.angularZ * dt;
  const square = turn * turn;
  const isSmall = Math.abs(turn) < smallTurn;
  const s = isSmall ? 1 - (square / 6) * (1 - (square / 20) * (1 - square / 42)) : Math.sin(turn) / turn;
  const half = Math.sin(turn / 2);
  const c = isSmall ? (turn / 2) * (1 - (square / 12) * (1 - square / 30)) : (2 * half * half) / turn;
  const dx = (s * odometry.linearX - c * odometry.linearY) * dt;
  const dy = (c * odometry.linearX + s * odometry.linearY) * dt;
  const cos = Math.cos(odometry.yaw);
  const sin = Math.sin(odometry.yaw);
  odometry.x += cos * dx - sin * dy;
  odometry.y += sin * dx + cos * dy;
  const yaw = odometry.yaw + turn;
  odometry.yaw = Math.abs(yaw) > Math.PI ? wrapped(yaw) : yaw;
}
