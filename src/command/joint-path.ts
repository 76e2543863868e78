import { type MotionProfile, type MotionSample, sampleAt } from "../robot/trajectory/motion-profile.ts";
import type { MotionState } from "../robot/trajectory/motion-state.ts";
import {
  createPointSpline,
  fitPointSpline,
  type SplineSample,
  samplePointSpline,
} from "../robot/trajectory/point-spline.ts";
import type { TrajectoryPoint } from "./trajectory.ts";

/**
 * The planned state of one joint over time: rad or m and their rates, seconds from its start. Before the start it is at
 * the start, after `duration` at rest at its end. Immutable, so it may be shared.
 */
export interface JointPath {
  readonly duration: number;
  /** Rising times from 0 to `duration` between which the position is one cubic. */
  readonly bends: readonly number[];
  sample(time: number, out: MotionSample): void;
}

/** The time until all of `paths` are at their ends, s. */
export function durationOfAll(paths: readonly JointPath[]): number {
  return Math.max(...paths.map((path) => path.duration));
}

/** A jerk-limited motion. */
export function profilePath(profile: MotionProfile): JointPath {
  return {
    duration: profile.duration,
    bends: [...profile.times],
    sample: (time, out) => sampleAt(profile, time, out),
  };
}

/** One joint's column of a trajectory: cubics from `start` through the points, as a controller lays them. */
export function splinePath(
  start: MotionState,
  points: readonly TrajectoryPoint[],
  column: number,
): JointPath {
  const splines = points.map((point, i) => {
    const before = points[i - 1];
    const begin = before?.time ?? 0;
    const spline = createPointSpline();
    const [p0, v0] = [
      before?.positions[column] ?? start.position,
      before?.velocities[column] ?? start.velocity,
    ];
    const [p1, v1] = [point.positions[column] as number, point.velocities[column] as number];
    fitPointSpline(3, point.time - begin, p0, v0, 0, p1, v1, 0, spline);
    return { begin, until: point.time, spline };
  });
  const last = points[points.length - 1] as TrajectoryPoint;
  const at: SplineSample = { position: 0, velocity: 0, acceleration: 0 };
  return {
    duration: last.time,
    bends: [0, ...points.map((point) => point.time)],
    sample: (time, out) => {
      const piece = splines.find(({ until }) => time < until);
      out.jerk = 0;
      if (piece === undefined) {
        out.position = last.positions[column] as number;
        out.velocity = 0;
        out.acceleration = 0;
        return;
      }
      samplePointSpline(piece.spline, Math.max(0, time) - piece.begin, at);
      out.position = at.position;
      out.velocity = at.velocity;
      out.acceleration = at.acceleration;
    },
  };
}
