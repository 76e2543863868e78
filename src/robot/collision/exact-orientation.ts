/*
 * On which side of a plane a point lies, without rounding: coordinates are whole numbers up to 2^40, and where
 * doubles cannot tell, BigInt does. Flat faces of a CAD part are the rule there, not the exception.
 */

/**
 * Rounding of the determinant below by its permanent, after Shewchuk, Adaptive precision floating-point
 * arithmetic and fast robust geometric predicates (1997): (7 + 56 ε) ε. Differences of whole numbers are exact.
 */
const rounding = (7 + 56 * 2 ** -53) * 2 ** -53;

/**
 * Above 0 when point p lies on the side of triangle a b c from which it is seen counterclockwise, below 0 on the
 * other, 0 exactly in its plane. Arguments are point numbers in `grid`, 3 whole numbers a point. The size is six
 * times the tetrahedron's volume, to within rounding.
 */
export function orientation(grid: Float64Array, a: number, b: number, c: number, p: number): number {
  const ax = grid[3 * a] as number;
  const ay = grid[3 * a + 1] as number;
  const az = grid[3 * a + 2] as number;
  const ux = (grid[3 * b] as number) - ax;
  const uy = (grid[3 * b + 1] as number) - ay;
  const uz = (grid[3 * b + 2] as number) - az;
  const wx = (grid[3 * c] as number) - ax;
  const wy = (grid[3 * c + 1] as number) - ay;
  const wz = (grid[3 * c + 2] as number) - az;
  const dx = (grid[3 * p] as number) - ax;
  const dy = (grid[3 * p + 1] as number) - ay;
  const dz = (grid[3 * p + 2] as number) - az;
  const [yz, zy] = [uy * wz, uz * wy];
  const [zx, xz] = [uz * wx, ux * wz];
  const [xy, yx] = [ux * wy, uy * wx];
  const volume = dx * (yz - zy) + dy * (zx - xz) + dz * (xy - yx);
  const permanent =
    Math.abs(dx) * (Math.abs(yz) + Math.abs(zy)) +
    Math.abs(dy) * (Math.abs(zx) + Math.abs(xz)) +
    Math.abs(dz) * (Math.abs(xy) + Math.abs(yx));
  if (Math.abs(volume) > rounding * permanent) return volume;
  return Number(
    BigInt(dx) * (BigInt(uy) * BigInt(wz) - BigInt(uz) * BigInt(wy)) +
      BigInt(dy) * (BigInt(uz) * BigInt(wx) - BigInt(ux) * BigInt(wz)) +
      BigInt(dz) * (BigInt(ux) * BigInt(wy) - BigInt(uy) * BigInt(wx)),
  );
}

/** Whether three grid points lie on one line, exactly. */
export function areCollinear(grid: Float64Array, a: number, b: number, c: number): boolean {
  const at = (p: number, k: number): bigint => BigInt(grid[3 * p + k] as number);
  for (let k = 0; k < 3; k += 1) {
    const l = (k + 1) % 3;
    const first = (at(b, k) - at(a, k)) * (at(c, l) - at(a, l));
    const second = (at(b, l) - at(a, l)) * (at(c, k) - at(a, k));
    if (first !== second) return false;
  }
  return true;
}
