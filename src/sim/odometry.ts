/** Where a planar base is in the frame `odom`, and how it moves in its own frame; m, rad, per second. */
export type Odometry = {
  x: number;
  y: number;
  yaw: number;
  linearX: number;
  linearY: number;
  angularZ: number;
};

/**
 * Moves the pose along the exact arc that the present twist, held for `dt` seconds, describes:
 * the exponential of a planar twist. `yaw` stays within ±π.
 */
export function advanceOdometry(odometry: Odometry, dt: number): void {
  const turn = odometry.angularZ * dt;
  // sin(t)/t and (1 − cos(t))/t, by their series where the quotient loses digits.
  const small = Math.abs(turn) < 1e-4;
  const s = small ? 1 - (turn * turn) / 6 : Math.sin(turn) / turn;
  const half = Math.sin(turn / 2);
  const c = small ? turn / 2 - turn ** 3 / 24 : (2 * half * half) / turn;
  const dx = (s * odometry.linearX - c * odometry.linearY) * dt;
  const dy = (c * odometry.linearX + s * odometry.linearY) * dt;
  const [cos, sin] = [Math.cos(odometry.yaw), Math.sin(odometry.yaw)];
  odometry.x += cos * dx - sin * dy;
  odometry.y += sin * dx + cos * dy;
  const yaw = odometry.yaw + turn;
  odometry.yaw = Math.abs(yaw) > Math.PI ? yaw - 2 * Math.PI * Math.round(yaw / (2 * Math.PI)) : yaw;
}
