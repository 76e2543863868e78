import type { Origin } from "./description.ts";
import { sineCosine, turn } from "./sine-cosine.ts";

/*
 * A rigid transform is 12 numbers in a flat array: the rotation matrix row by row, then the position.
 *
 *   at+0 … at+8   R[0][0] R[0][1] R[0][2] R[1][0] … R[2][2]
 *   at+9 … at+11  p
 *
 * `aFromB` takes coordinates in b to coordinates in a, so inner names cancel:
 * aFromC = compose(aFromB, bFromC).
 */

export const transformSize = 12;

export function writeIdentity(out: Float64Array, at: number): void {
  out.fill(0, at, at + transformSize);
  out[at] = 1;
  out[at + 4] = 1;
  out[at + 8] = 1;
}

/** R = Rz(yaw) Ry(pitch) Rx(roll): URDF's fixed-axis roll, pitch, yaw. */
export function writeOrigin(origin: Origin, out: Float64Array, at: number): void {
  const [roll, pitch, yaw] = origin.rpy;
  const [sr, cr] = sineCosineOf(roll);
  const [sp, cp] = sineCosineOf(pitch);
  const [sy, cy] = sineCosineOf(yaw);
  out[at] = cy * cp;
  out[at + 1] = cy * sp * sr - sy * cr;
  out[at + 2] = cy * sp * cr + sy * sr;
  out[at + 3] = sy * cp;
  out[at + 4] = sy * sp * sr + cy * cr;
  out[at + 5] = sy * sp * cr - cy * sr;
  out[at + 6] = -sp;
  out[at + 7] = cp * sr;
  out[at + 8] = cp * cr;
  out.set(origin.xyz, at + 9);
}

function sineCosineOf(angle: number): [number, number] {
  turn[0] = angle;
  sineCosine();
  return [turn[1] as number, turn[2] as number];
}

/** out = a ∘ b. `out` may be neither `a` nor `b` at the same place. */
export function compose(
  a: Float64Array,
  aAt: number,
  b: Float64Array,
  bAt: number,
  out: Float64Array,
  at: number,
): void {
  for (let row = 0; row < 3; row += 1) {
    const a0 = a[aAt + 3 * row] as number;
    const a1 = a[aAt + 3 * row + 1] as number;
    const a2 = a[aAt + 3 * row + 2] as number;
    for (let column = 0; column < 3; column += 1) {
      out[at + 3 * row + column] =
        a0 * (b[bAt + column] as number) +
        a1 * (b[bAt + 3 + column] as number) +
        a2 * (b[bAt + 6 + column] as number);
    }
    out[at + 9 + row] =
      a0 * (b[bAt + 9] as number) +
      a1 * (b[bAt + 10] as number) +
      a2 * (b[bAt + 11] as number) +
      (a[aAt + 9 + row] as number);
  }
}
