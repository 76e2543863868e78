import { createPointSpline, fitPointSpline, type PointSpline } from "../trajectory/point-spline.ts";
import type { PathKnot } from "./timed-path.ts";

/** The quintic of the joint `j` (in the path's order) from one knot to the next; `offset` is added to its positions, rad or m. */
export function knotSpline(a: PathKnot, b: PathKnot, j: number, offset = 0): PointSpline {
  const spline = createPointSpline();
  fitPointSpline(
    5,
    b.time - a.time,
    (a.positions[j] as number) + offset,
    a.velocities[j] as number,
    a.accelerations[j] as number,
    (b.positions[j] as number) + offset,
    b.velocities[j] as number,
    b.accelerations[j] as number,
    spline,
  );
  return spline;
}
