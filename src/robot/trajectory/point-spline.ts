/**
 * What two neighbouring points of a trajectory both give, as the order of the polynomial between them that
 * joint_trajectory_controller then uses: 1 positions, 3 velocities as well, 5 accelerations as well.
 */
export type SplineOrder = 1 | 3 | 5;

/** The polynomial of one joint between two points, c[0] + c[1] t + … + c[5] t⁵ with t in s from the first. */
export type PointSpline = Float64Array;

/** rad or m, per second, per second squared. */
export type SplineSample = { position: number; velocity: number; acceleration: number };

export function createPointSpline(): PointSpline {
  return new Float64Array(6);
}

/**
 * Writes the Hermite polynomial of the given order from one state to another, `length` seconds (above 0)
 * later. What the order does not use counts as not given. Allocates nothing.
 */
export function fitPointSpline(
  order: SplineOrder,
  length: number,
  p0: number,
  v0: number,
  a0: number,
  p1: number,
  v1: number,
  a1: number,
  out: PointSpline,
): void {
  const h = length;
  const rise = p1 - p0;
  out[0] = p0;
  if (order === 1) {
    out[1] = rise / h;
    out.fill(0, 2);
    return;
  }
  out[1] = v0;
  if (order === 3) {
    out[2] = (3 * rise - (2 * v0 + v1) * h) / (h * h);
    out[3] = ((v0 + v1) * h - 2 * rise) / (h * h * h);
    out[4] = 0;
    out[5] = 0;
    return;
  }
  out[2] = a0 / 2;
  out[3] = (20 * rise - (8 * v1 + 12 * v0) * h - (3 * a0 - a1) * h * h) / (2 * h ** 3);
  out[4] = (-30 * rise + (14 * v1 + 16 * v0) * h + (3 * a0 - 2 * a1) * h * h) / (2 * h ** 4);
  out[5] = (12 * rise - 6 * (v1 + v0) * h + (a1 - a0) * h * h) / (2 * h ** 5);
}

/** Its third derivative `t` seconds after the first point. */
export function pointSplineJerk(spline: PointSpline, t: number): number {
  return 6 * (spline[3] as number) + t * (24 * (spline[4] as number) + t * 60 * (spline[5] as number));
}

/** The motion `t` seconds after the first point. Allocates nothing. */
export function samplePointSpline(spline: PointSpline, t: number, out: SplineSample): void {
  const c1 = spline[1] as number;
  const c2 = spline[2] as number;
  const c3 = spline[3] as number;
  const c4 = spline[4] as number;
  const c5 = spline[5] as number;
  out.position = (spline[0] as number) + t * (c1 + t * (c2 + t * (c3 + t * (c4 + t * c5))));
  out.velocity = c1 + t * (2 * c2 + t * (3 * c3 + t * (4 * c4 + t * 5 * c5)));
  out.acceleration = 2 * c2 + t * (6 * c3 + t * (12 * c4 + t * 20 * c5));
}
