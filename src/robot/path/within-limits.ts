import { pointSplineJerk, type SplineSample, samplePointSpline } from "../trajectory/point-spline.ts";
import { knotSpline } from "./knot-spline.ts";
import type { PathLimits } from "./path-limits.ts";
import type { PathKnot, TimedPath } from "./timed-path.ts";

/** Looks between two knots at what is not extreme at a place that is known. */
const looks = 16;
/** What may lie between two looks. */
const slack = 1.0005;

/** The same path, slowed down as a whole where a joint would pass a limit of velocity, acceleration or jerk. */
export function withinLimits(path: TimedPath, limits: readonly PathLimits[]): TimedPath {
  let slower = 1;
  for (let i = 1; i < path.knots.length; i += 1) {
    const [a, b] = [path.knots[i - 1] as PathKnot, path.knots[i] as PathKnot];
    for (const [j, limit] of limits.entries()) slower = Math.max(slower, excess(a, b, j, limit));
  }
  if (slower === 1) return path;
  const by = slower * slack;
  const knots = path.knots.map(({ time, positions, velocities, accelerations }) => ({
    time: time * by,
    positions,
    velocities: velocities.map((v) => v / by),
    accelerations: accelerations.map((a) => a / (by * by)),
  }));
  return { joints: path.joints, knots };
}

/** By what a joint's piece between two knots must be slowed down. */
function excess(a: PathKnot, b: PathKnot, j: number, { velocity, acceleration, jerk }: PathLimits): number {
  const length = b.time - a.time;
  const c = knotSpline(a, b, j);
  const [c4, c5] = [c[4] as number, c[5] as number];
  // The jerk is a parabola: extreme at the ends and at its vertex.
  const times = [0, length, Math.min(length, Math.max(0, -c4 / (5 * c5) || 0))];
  for (let k = 1; k < looks; k += 1) times.push((length * k) / looks);
  const at: SplineSample = { position: 0, velocity: 0, acceleration: 0 };
  let found = 1;
  for (const t of times) {
    samplePointSpline(c, t, at);
    found = Math.max(
      found,
      Math.abs(at.velocity) / velocity,
      Math.sqrt(Math.abs(at.acceleration) / acceleration),
      Math.cbrt(Math.abs(pointSplineJerk(c, t)) / jerk),
    );
  }
  return found;
}
