/** How far a quaternion's length may be from 1 and still count as a rounded unit. */
const slack = 1e-3;

/** Row-major rotation of a quaternion x y z w, which is brought to unit length first; null when it is not near that. */
export function rotationOf(quaternion: readonly [number, number, number, number]): Float64Array | null {
  const length = Math.hypot(...quaternion);
  if (!(Math.abs(length - 1) <= slack)) return null;
  const [x, y, z, w] = quaternion.map((value) => value / length) as [number, number, number, number];
  return Float64Array.of(
    1 - 2 * (y * y + z * z),
    2 * (x * y - z * w),
    2 * (x * z + y * w),
    2 * (x * y + z * w),
    1 - 2 * (x * x + z * z),
    2 * (y * z - x * w),
    2 * (x * z - y * w),
    2 * (y * z + x * w),
    1 - 2 * (x * x + y * y),
  );
}
