import { jerkLimitedProfile } from "../trajectory/jerk-limited.ts";
import { endSpeed } from "./corner-blend.ts";
import { chooseCorners, feasibleSpeeds, type PathLine, widestCorners } from "./corner-choice.ts";
import type { PathLimits } from "./path-limits.ts";
import type { LineLimits } from "./speed-change.ts";
import type { PathKnot, TimedPath } from "./timed-path.ts";

export type WaypointOptions = {
  /** How far the path may stay away from an inner way point, in the unit of the joints; 0: it stops in each. One for all, or one each. */
  blend: number | readonly number[];
  /** Share of the velocity limits, 0 … 1. */
  speed?: number;
};

/** Way points that are nearer than this are one; directions that differ less are one line. */
const same = 1e-9;
/** What is left of the limits: rounding must not pass them. */
const rounding = 1 - 1e-8;

/**
 * The fastest motion of its kind from rest through way points to rest: straight lines in joint space, past inner way points on
 * curves with continuous acceleration (corner-blend.ts), within each joint's velocity, acceleration and jerk. On a line the
 * speed is the fastest that the jerk allows; on a curve its parameter has a constant rate. Positions stay in the convex hull of
 * the way points. `waypoints` are in the order of `joints`, the first is where the robot rests. Throws when a number is not
 * finite or a list has another length.
 */
export function timeWaypoints(
  joints: readonly string[],
  waypoints: readonly (readonly number[])[],
  limits: readonly PathLimits[],
  { blend, speed = 1 }: WaypointOptions,
): TimedPath {
  requireNumbers(joints, waypoints, limits);
  const scaled = limits.map((limit) => ({
    velocity: rounding * speed * limit.velocity,
    acceleration: rounding * limit.acceleration,
    jerk: rounding * limit.jerk,
  }));
  const { lines, blends } = linesThrough(waypoints, scaled, blend);
  const start = waypoints[0] as readonly number[];
  if (lines.length === 0) return { joints: [...joints], knots: [knotAt(start, start, 0, 0, 0, 0)] };
  const corners = chooseCorners(lines, widestCorners(lines, blends, scaled), scaled);
  const speeds = feasibleSpeeds(lines, corners);
  const knots: PathKnot[] = [];
  let time = 0;
  for (const [i, line] of lines.entries()) {
    const [begin, end] = [corners[i]?.h ?? 0, corners[i + 1]?.h ?? 0];
    const way = Math.max(0, line.length - begin - end);
    const [v0, v1] = [speeds[i] as number, speeds[i + 1] as number];
    const profile = jerkLimitedProfile(
      { position: 0, velocity: v0, acceleration: 0 },
      { position: way, velocity: v1, acceleration: 0 },
      line.limits,
    );
    for (const [k, at] of profile.times.entries()) {
      const next = time + at;
      const last = knots.at(-1);
      if (last !== undefined && next - last.time < same) continue;
      knots.push(
        knotAt(
          line.from,
          line.direction,
          next,
          begin + (profile.positions[k] as number),
          profile.velocities[k] as number,
          profile.accelerations[k] as number,
        ),
      );
    }
    time += profile.duration;
    if (end > 0) time += (endSpeed * end) / v1;
  }
  // What rounding leaves at the end: the path ends at rest where it is to.
  const end = waypoints.at(-1) as readonly number[];
  knots[knots.length - 1] = knotAt(end, end, (knots.at(-1) as PathKnot).time, 0, 0, 0);
  return { joints: [...joints], knots };
}

function requireNumbers(
  joints: readonly string[],
  waypoints: readonly (readonly number[])[],
  limits: readonly PathLimits[],
): void {
  if (waypoints.length === 0) throw new Error("a path needs a way point");
  if (limits.length !== joints.length) {
    throw new Error(`${joints.length} joints and ${limits.length} limits: one each a joint`);
  }
  for (const [i, point] of waypoints.entries()) {
    if (point.length !== joints.length || !point.every(Number.isFinite)) {
      throw new Error(`way point ${i} has not ${joints.length} finite numbers: ${point.join(" ")}`);
    }
  }
}

/** The lines between the way points, and what the path may stay away from each corner; points on one line are one. */
function linesThrough(
  waypoints: readonly (readonly number[])[],
  limits: readonly PathLimits[],
  blend: WaypointOptions["blend"],
): { lines: PathLine[]; blends: number[] } {
  const lines: PathLine[] = [];
  const blends: number[] = [];
  let from = waypoints[0] as readonly number[];
  for (const [i, point] of waypoints.entries()) {
    const way = point.map((value, j) => value - (from[j] as number));
    const length = Math.hypot(...way);
    if (!(length > same)) continue;
    const direction = way.map((value) => value / length);
    const last = lines.at(-1);
    if (
      last !== undefined &&
      Math.hypot(...direction.map((u, j) => u - (last.direction[j] as number))) < same
    ) {
      last.length += length;
    } else {
      if (last !== undefined) blends.push(typeof blend === "number" ? blend : (blend[i - 1] ?? 0));
      lines.push({ from, direction, length, limits: lineLimits(direction, limits) });
    }
    from = point;
  }
  return { lines, blends };
}

function lineLimits(direction: readonly number[], limits: readonly PathLimits[]): LineLimits {
  const least = (of: keyof PathLimits): number =>
    Math.min(...direction.map((u, j) => (limits[j] as PathLimits)[of] / Math.abs(u)));
  return { velocity: least("velocity"), acceleration: least("acceleration"), jerk: least("jerk") };
}

/** The knot at `way` along a line. */
function knotAt(
  from: readonly number[],
  direction: readonly number[],
  time: number,
  way: number,
  velocity: number,
  acceleration: number,
): PathKnot {
  return {
    time,
    positions: from.map((value, j) => value + way * (direction[j] as number)),
    velocities: direction.map((u) => u * velocity),
    accelerations: direction.map((u) => u * acceleration),
  };
}
