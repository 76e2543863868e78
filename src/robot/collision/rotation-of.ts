import { writeRotationOf } from "../quaternion.ts";

/** How far a quaternion's length may be from 1 and still count as a rounded unit. */
const slack = 1e-3;

/** Row-major rotation of a quaternion x y z w, which is brought to unit length first; null when it is not near that. */
export function rotationOf(quaternion: readonly [number, number, number, number]): Float64Array | null {
  if (!(Math.abs(Math.hypot(...quaternion) - 1) <= slack)) return null;
  const rotation = new Float64Array(9);
  writeRotationOf(quaternion, rotation, 0);
  return rotation;
}
