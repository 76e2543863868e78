import { type NaturalSpline, naturalSpline, splineAt } from "./natural-spline.ts";
import type { PathLimits } from "./path-limits.ts";
import { soonest } from "./plan-line.ts";
import type { TimedPath } from "./timed-path.ts";

/** Points that are nearer to the one before in every joint are one, rad or m. */
const same = 1e-3;
/** Along the way, between two places of the curve, rad or m. */
const spacing = 0.08;
const [fewest, most] = [16, 256];
/** How often the curve is compared with the way between two of its places. */
const looks = 4;

/**
 * The fastest motion from rest to rest on a smooth curve along the points of a way, in the order of `joints`, within the limits of
 * each joint; `speed`: share of the velocity limits. Null where no curve stays within `within` (rad or m) of the straight lines
 * between the points, as past a sharp corner.
 */
export function timeCurve(
  joints: readonly string[],
  points: readonly (readonly number[])[],
  limits: readonly PathLimits[],
  { speed, within }: { speed: number; within: number },
): TimedPath | null {
  const way = wayThrough(points);
  if (way === null) return null;
  let count = Math.min(most, Math.max(fewest, Math.ceil(way.length / spacing)));
  for (; count <= most; count *= 2) {
    const splines = joints.map((_, j) => splineAlong(way, j, count));
    if (!staysNear(splines, way, count, within)) continue;
    const scaled = limits.map(({ velocity, acceleration, jerk }) => ({
      ...{ velocity: speed * velocity, acceleration, jerk },
    }));
    return soonest([...joints], splines, scaled, count, Number.POSITIVE_INFINITY);
  }
  return null;
}

/** Points and how far along the way each is, as a share; null: it goes nowhere. */
type Way = { points: (readonly number[])[]; places: number[]; length: number };

function wayThrough(all: readonly (readonly number[])[]): Way | null {
  const points: (readonly number[])[] = [];
  for (const point of all) {
    const before = points.at(-1);
    if (before === undefined || point.some((value, j) => Math.abs(value - (before[j] as number)) > same)) {
      points.push(point);
    }
  }
  const last = all.at(-1);
  if (last === undefined || points.length < 3) return null;
  points[points.length - 1] = last;
  const along = [0];
  for (let i = 1; i < points.length; i += 1) {
    const [a, b] = [points[i - 1] as readonly number[], points[i] as readonly number[]];
    along.push((along[i - 1] as number) + Math.hypot(...b.map((value, j) => value - (a[j] as number))));
  }
  const length = along.at(-1) as number;
  return { points, places: along.map((at) => at / length), length };
}

/** A joint's spline at equal steps, through cubics whose slopes at the points are those of parabolas through three of them. */
function splineAlong({ points, places }: Way, j: number, count: number): NaturalSpline {
  const y = points.map((point) => point[j] as number);
  const secant = (i: number): number =>
    ((y[i + 1] as number) - (y[i] as number)) / ((places[i + 1] as number) - (places[i] as number));
  const slopes = y.map((_, i) => {
    if (i === 0) return secant(0);
    if (i === y.length - 1) return secant(i - 1);
    const before = (places[i] as number) - (places[i - 1] as number);
    const after = (places[i + 1] as number) - (places[i] as number);
    return (after * secant(i - 1) + before * secant(i)) / (before + after);
  });
  const values: number[] = [];
  let i = 0;
  for (let k = 0; k <= count; k += 1) {
    const x = k / count;
    while (i < places.length - 2 && x > (places[i + 1] as number)) i += 1;
    const h = (places[i + 1] as number) - (places[i] as number);
    const t = (x - (places[i] as number)) / h;
    const [s, u] = [1 - t, t * t];
    values.push(
      s * s * (1 + 2 * t) * (y[i] as number) +
        u * (3 - 2 * t) * (y[i + 1] as number) +
        h * t * s * (s * (slopes[i] as number) - t * (slopes[i + 1] as number)),
    );
  }
  values[0] = y[0] as number;
  values[count] = y.at(-1) as number;
  return naturalSpline(values, 1 / count);
}

/** Whether the curve is nowhere farther from the straight lines between the points, in any joint. */
function staysNear(splines: readonly NaturalSpline[], way: Way, count: number, within: number): boolean {
  const { points, places } = way;
  const out = new Float64Array(4);
  let i = 0;
  for (let k = 0; k <= looks * count; k += 1) {
    const x = k / (looks * count);
    while (i < places.length - 2 && x > (places[i + 1] as number)) i += 1;
    const share = (x - (places[i] as number)) / ((places[i + 1] as number) - (places[i] as number));
    for (const [j, spline] of splines.entries()) {
      splineAt(spline, x, out);
      const begin = points[i]?.[j] as number;
      const on = begin + share * ((points[i + 1]?.[j] as number) - begin);
      if (!(Math.abs((out[0] as number) - on) <= within)) return false;
    }
  }
  return true;
}
