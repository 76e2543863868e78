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
  const [c1, c2, c3] = [c[1] as number, c[2] as number, c[3] as number];
  const [c4, c5] = [c[4] as number, c[5] as number];
  // The jerk is a parabola: extreme at the ends and at its vertex.
  const times = [0, length, Math.min(length, Math.max(0, -c4 / (5 * c5) || 0))];
  for (let k = 1; k < looks; k += 1) times.push((length * k) / looks);
  let found = 1;
  for (const t of times) {
    const v = c1 + t * (2 * c2 + t * (3 * c3 + t * (4 * c4 + t * 5 * c5)));
    const s = 2 * c2 + t * (6 * c3 + t * (12 * c4 + t * 20 * c5));
    const r = 6 * c3 + t * (24 * c4 + t * 60 * c5);
    found = Math.max(
      found,
      Math.abs(v) / velocity,
      Math.sqrt(Math.abs(s) / acceleration),
      Math.cbrt(Math.abs(r) / jerk),
    );
  }
  return found;
}
