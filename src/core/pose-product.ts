/*
 * Poses as seven numbers: x y z in m, then a unit quaternion x y z w. aFromC = aFromB ∘ bFromC.
 */

/** out = a ∘ out, at unit length. Allocates nothing. */
export function multiplyPose(a: ArrayLike<number>, out: Float64Array): void {
  const [x, y, z] = [a[0] as number, a[1] as number, a[2] as number];
  const [qx, qy, qz, qw] = [a[3] as number, a[4] as number, a[5] as number, a[6] as number];
  const [bx, by, bz] = [out[0] as number, out[1] as number, out[2] as number];
  const [ux, uy, uz, uw] = [out[3] as number, out[4] as number, out[5] as number, out[6] as number];
  // t = 2 q × b; R b = b + w t + q × t
  const tx = 2 * (qy * bz - qz * by);
  const ty = 2 * (qz * bx - qx * bz);
  const tz = 2 * (qx * by - qy * bx);
  out[0] = x + bx + qw * tx + (qy * tz - qz * ty);
  out[1] = y + by + qw * ty + (qz * tx - qx * tz);
  out[2] = z + bz + qw * tz + (qx * ty - qy * tx);
  const rx = qw * ux + qx * uw + qy * uz - qz * uy;
  const ry = qw * uy - qx * uz + qy * uw + qz * ux;
  const rz = qw * uz + qx * uy - qy * ux + qz * uw;
  const rw = qw * uw - qx * ux - qy * uy - qz * uz;
  const scale = 1 / Math.sqrt(rx * rx + ry * ry + rz * rz + rw * rw);
  out[3] = rx * scale;
  out[4] = ry * scale;
  out[5] = rz * scale;
  out[6] = rw * scale;
}

/** a⁻¹ ∘ b. */
export function inverseTimes(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  const [x, y, z] = [a[0] as number, a[1] as number, a[2] as number];
  const back = Float64Array.of(
    0,
    0,
    0,
    -(a[3] as number),
    -(a[4] as number),
    -(a[5] as number),
    a[6] as number,
  );
  const out = Float64Array.from(b);
  out[0] = (out[0] as number) - x;
  out[1] = (out[1] as number) - y;
  out[2] = (out[2] as number) - z;
  multiplyPose(back, out);
  return Array.from(out);
}
