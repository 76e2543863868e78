/** Of a unit quaternion x y z w: the turn about z, rad. */
export function yawOf(x: number, y: number, z: number, w: number): number {
  return Math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z));
}
