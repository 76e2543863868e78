/**
 * The rotation at `r[at …]` as a unit quaternion x y z w, w ≥ 0. Divides by the largest of the four
 * components (Shepperd 1978), so that it is exact near half turns, too.
 */
export function writeQuaternion(r: Float64Array, at: number, out: Float64Array, outAt: number): void {
  const xx = r[at] as number;
  const yy = r[at + 4] as number;
  const zz = r[at + 8] as number;
  const zy = (r[at + 7] as number) - (r[at + 5] as number);
  const xz = (r[at + 2] as number) - (r[at + 6] as number);
  const yx = (r[at + 3] as number) - (r[at + 1] as number);
  const xy = (r[at + 3] as number) + (r[at + 1] as number);
  const xz2 = (r[at + 6] as number) + (r[at + 2] as number);
  const yz = (r[at + 7] as number) + (r[at + 5] as number);
  let [x, y, z, w] = [zy, xz, yx, 1 + xx + yy + zz];
  if (xx + yy + zz <= 0) {
    if (xx >= yy && xx >= zz) [x, y, z, w] = [1 + xx - yy - zz, xy, xz2, zy];
    else if (yy >= zz) [x, y, z, w] = [xy, 1 - xx + yy - zz, yz, xz];
    else [x, y, z, w] = [xz2, yz, 1 - xx - yy + zz, yx];
  }
  const scale = (w < 0 ? -1 : 1) / Math.sqrt(x * x + y * y + z * z + w * w);
  out[outAt] = x * scale;
  out[outAt + 1] = y * scale;
  out[outAt + 2] = z * scale;
  out[outAt + 3] = w * scale;
}

/** Writes the rotation by a quaternion x y z w of any length but 0 to `out[at …]`, row by row. */
export function writeRotationOf(quaternion: ArrayLike<number>, out: Float64Array, at: number): void {
  const [x, y, z, w] = [0, 1, 2, 3].map((k) => quaternion[k] as number) as [number, number, number, number];
  const s = 2 / (x * x + y * y + z * z + w * w);
  out[at] = 1 - s * (y * y + z * z);
  out[at + 1] = s * (x * y - z * w);
  out[at + 2] = s * (x * z + y * w);
  out[at + 3] = s * (x * y + z * w);
  out[at + 4] = 1 - s * (x * x + z * z);
  out[at + 5] = s * (y * z - x * w);
  out[at + 6] = s * (x * z - y * w);
  out[at + 7] = s * (y * z + x * w);
  out[at + 8] = 1 - s * (x * x + y * y);
}
