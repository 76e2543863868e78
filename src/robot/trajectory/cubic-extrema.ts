import type { PointSpline } from "./point-spline.ts";

/*
 * Where a spline of order 3 or less (point-spline.ts) is at its extremes on 0 … length. Times in s from its
 * first point. The acceleration of such a spline is a line, so its extremes are at the ends.
 */

/** The time of the greatest speed. */
export function fastestTime(spline: PointSpline, length: number): number {
  const vertex = -(spline[2] as number) / (3 * (spline[3] as number));
  let [fastest, at] = [-1, 0];
  for (const t of [0, length, vertex]) {
    if (!(t >= 0 && t <= length)) continue;
    const speed = Math.abs(velocityAt(spline, t));
    if (speed > fastest) [fastest, at] = [speed, t];
  }
  return at;
}

/** The times at which the position is least or greatest: the ends, and where the velocity passes 0. */
export function turningTimes(spline: PointSpline, length: number): number[] {
  const [c, b, a] = [spline[1] as number, spline[2] as number, spline[3] as number];
  // Roots of 3a t² + 2b t + c in the form that does not cancel; NaN and Infinity where there are none.
  const sum = -(b + (b < 0 ? -1 : 1) * Math.sqrt(b * b - 3 * a * c));
  return [0, sum / (3 * a), c / sum, length].filter((t) => t >= 0 && t <= length);
}

function velocityAt(spline: PointSpline, t: number): number {
  return (spline[1] as number) + t * (2 * (spline[2] as number) + t * 3 * (spline[3] as number));
}
