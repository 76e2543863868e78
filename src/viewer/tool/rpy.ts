/** Roll, pitch and yaw in rad (REP-103: turns about the fixed axes x, y, z in this order) of a unit quaternion x y z w. */
export function rpyOf(quaternion: readonly number[]): [roll: number, pitch: number, yaw: number] {
  const [x = 0, y = 0, z = 0, w = 1] = quaternion;
  const sine = Math.min(1, Math.max(-1, 2 * (w * y - z * x)));
  // Looking straight up or down, roll and yaw are one turn: it is given to yaw.
  if (Math.abs(sine) > 1 - 1e-12) return [0, Math.asin(sine), -2 * Math.sign(sine) * Math.atan2(x, w)];
  return [
    Math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y)),
    Math.asin(sine),
    Math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)),
  ];
}

/** The unit quaternion x y z w of roll, pitch and yaw in rad. */
export function quaternionOfRpy(roll: number, pitch: number, yaw: number): number[] {
  const [cr, sr] = [Math.cos(roll / 2), Math.sin(roll / 2)];
  const [cp, sp] = [Math.cos(pitch / 2), Math.sin(pitch / 2)];
  const [cy, sy] = [Math.cos(yaw / 2), Math.sin(yaw / 2)];
  return [
    sr * cp * cy - cr * sp * sy,
    cr * sp * cy + sr * cp * sy,
    cr * cp * sy - sr * sp * cy,
    cr * cp * cy + sr * sp * sy,
  ];
}

/** The turn `first` followed by `second`, both about fixed axes: second ⊗ first. */
export function composedTurn(second: readonly number[], first: readonly number[]): number[] {
  const [ax = 0, ay = 0, az = 0, aw = 1] = second;
  const [bx = 0, by = 0, bz = 0, bw = 1] = first;
  return [
    aw * bx + ax * bw + ay * bz - az * by,
    aw * by - ax * bz + ay * bw + az * bx,
    aw * bz + ax * by - ay * bx + az * bw,
    aw * bw - ax * bx - ay * by - az * bz,
  ];
}

/** `vector` turned by the unit quaternion. */
export function turned(quaternion: readonly number[], vector: readonly number[]): number[] {
  const [x = 0, y = 0, z = 0, w = 1] = quaternion;
  const [vx = 0, vy = 0, vz = 0] = vector;
  const tx = 2 * (y * vz - z * vy);
  const ty = 2 * (z * vx - x * vz);
  const tz = 2 * (x * vy - y * vx);
  return [vx + w * tx + (y * tz - z * ty), vy + w * ty + (z * tx - x * tz), vz + w * tz + (x * ty - y * tx)];
}
