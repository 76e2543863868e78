import { sineCosine, turn } from "./sine-cosine.ts";

/** Below this angle (rad) the series' next terms are less than rounding. */
const small = 1e-4;

/** Writes to `out[at]` on, row by row, the rotation about the axis (x, y, z) by its length in rad (Rodrigues). Allocates nothing. */
export function writeRotation(x: number, y: number, z: number, out: Float64Array, at = 0): void {
  const square = x * x + y * y + z * z;
  const angle = Math.sqrt(square);
  let [a, b] = [1 - square / 6, 0.5 - square / 24];
  let cosine = 1 - square * b;
  if (angle > small) {
    turn[0] = angle;
    sineCosine();
    a = (turn[1] as number) / angle;
    cosine = turn[2] as number;
    b = (1 - cosine) / square;
  }
  out[at] = cosine + b * x * x;
  out[at + 1] = b * x * y - a * z;
  out[at + 2] = b * x * z + a * y;
  out[at + 3] = b * x * y + a * z;
  out[at + 4] = cosine + b * y * y;
  out[at + 5] = b * y * z - a * x;
  out[at + 6] = b * x * z - a * y;
  out[at + 7] = b * y * z + a * x;
  out[at + 8] = cosine + b * z * z;
}
