import { jerkLimitedProfile } from "../trajectory/jerk-limited.ts";
import { blendLength, type CornerBlend, cornerBlend, endSpeed } from "./corner-blend.ts";
import type { PathLimits } from "./path-limits.ts";
import { type LineLimits, reachableSpeed } from "./speed-change.ts";

/** A straight part of a path, in the unit of the joints; `direction` has length 1. */
export type PathLine = { from: readonly number[]; direction: number[]; length: number; limits: LineLimits };

const stop: CornerBlend = { h: 0, speed: 0 };
/** Shorter curves are none. */
const leastLength = 1e-9;
/** Shares of the widest curve that are tried: a wide one is long, a narrow one slow. 0: to stop in the corner. */
const shares = [1, 0.7, 0.5, 0.35, 0.25, 0.17, 0.12, 0.06, 0];
const sweeps = 2;

/** The widest curve at each corner, by how far the path may stay away from it; the first and the last are the ends of the path. */
export function widestCorners(
  lines: readonly PathLine[],
  blends: readonly number[],
  limits: readonly PathLimits[],
): CornerBlend[] {
  const corners = lines.slice(1).map((after, i) => {
    const before = lines[i] as PathLine;
    const wanted = blendLength(before.direction, after.direction, blends[i] ?? 0);
    const h = Math.min(wanted, before.length / 2, after.length / 2);
    return h > leastLength ? cornerBlend(before.direction, after.direction, h, limits) : stop;
  });
  return [stop, ...corners, stop];
}

/** For each corner the curve, no wider than the given one, with which the lines beside it are passed soonest. */
export function chooseCorners(
  lines: readonly PathLine[],
  widest: readonly CornerBlend[],
  limits: readonly PathLimits[],
): CornerBlend[] {
  const corners = [...widest];
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    const speeds = feasibleSpeeds(lines, corners);
    for (let i = 1; i < lines.length; i += 1) {
      const most = (widest[i] as CornerBlend).h;
      if (most === 0) continue;
      const [before, after] = [lines[i - 1] as PathLine, lines[i] as PathLine];
      let least = Number.POSITIVE_INFINITY;
      for (const share of shares) {
        const corner =
          share === 0 ? stop : cornerBlend(before.direction, after.direction, share * most, limits);
        const ways = [
          before.length - (corners[i - 1] as CornerBlend).h - corner.h,
          after.length - corner.h - (corners[i + 1] as CornerBlend).h,
        ];
        const time = timeAround(
          before,
          after,
          ways,
          corner,
          speeds[i - 1] as number,
          speeds[i + 1] as number,
        );
        if (!(time < least)) continue;
        least = time;
        corners[i] = corner;
        speeds[i] = corner.speed;
      }
    }
  }
  return corners;
}

/** The greatest speeds at the corners that can be reached and left again on the lines between them. */
export function feasibleSpeeds(lines: readonly PathLine[], corners: readonly CornerBlend[]): number[] {
  const speeds = corners.map(({ speed }) => speed);
  const ways = lines.map(({ length }, i) =>
    Math.max(0, length - (corners[i] as CornerBlend).h - (corners[i + 1] as CornerBlend).h),
  );
  for (const [i, { limits }] of lines.entries()) {
    const most = Math.min(speeds[i + 1] as number, limits.velocity);
    speeds[i + 1] = reachableSpeed(speeds[i] as number, ways[i] as number, most, limits);
  }
  for (let i = lines.length - 1; i >= 0; i -= 1) {
    const { limits } = lines[i] as PathLine;
    const most = Math.min(speeds[i] as number, limits.velocity);
    speeds[i] = reachableSpeed(speeds[i + 1] as number, ways[i] as number, most, limits);
  }
  return speeds;
}

/** How long two lines with a curve between them take, s; Infinity where the speeds at their other ends cannot be kept. */
function timeAround(
  before: PathLine,
  after: PathLine,
  ways: readonly number[],
  { h, speed }: CornerBlend,
  begin: number,
  end: number,
): number {
  const [first, second] = [Math.max(0, ways[0] as number), Math.max(0, ways[1] as number)];
  const top = Math.min(
    reachableSpeed(begin, first, Math.min(speed, before.limits.velocity), before.limits),
    reachableSpeed(end, second, Math.min(speed, after.limits.velocity), after.limits),
  );
  const slowest = (from: number, way: number, limits: LineLimits): boolean =>
    from > top && reachableSpeed(top, way, from, limits) < from;
  if (slowest(begin, first, before.limits) || slowest(end, second, after.limits))
    return Number.POSITIVE_INFINITY;
  if (h > 0 && top === 0) return Number.POSITIVE_INFINITY;
  const curve = h > 0 ? (endSpeed * h) / top : 0;
  return timeOf(first, begin, top, before.limits) + curve + timeOf(second, top, end, after.limits);
}

function timeOf(way: number, from: number, to: number, limits: LineLimits): number {
  if (way === 0) return 0;
  return jerkLimitedProfile(
    { position: 0, velocity: from, acceleration: 0 },
    { position: way, velocity: to, acceleration: 0 },
    limits,
  ).duration;
}
