import { createMotionSample } from "../robot/trajectory/motion-profile.ts";
import { durationOfAll, type JointPath } from "./joint-path.ts";
import type { TrajectoryPoint } from "./trajectory.ts";

/** Points nearer than this are merged: controllers require rising times. s */
const leastGap = 1e-5;
const mostPoints = 1000;

/**
 * The way points of several joints' paths, in their order, at every corner of any of them. Each path is a cubic between
 * two of its corners, so a controller that lays a cubic through positions and velocities (or, where
 * `withAccelerations`, a quintic) follows exactly that path. A path that ends before the others rests at its end. Above
 * 1,000 corners the points are thinned out. `leastDuration`: minimum duration of the whole, s.
 */
export function pointsOf(
  paths: readonly JointPath[],
  withAccelerations: boolean,
  leastDuration = 0,
): TrajectoryPoint[] {
  const duration = Math.max(leastDuration, durationOfAll(paths));
  const bends = paths.flatMap((path) => path.bends).sort((a, b) => a - b);
  const gap = bends.length > mostPoints ? duration / mostPoints : leastGap;
  const times: number[] = [];
  let before = 0;
  for (const time of bends) {
    if (time - before < gap || duration - time < gap) continue;
    before = time;
    times.push(time);
  }
  times.push(duration);
  return times.map((time) => pointAt(paths, time, withAccelerations));
}

/** The state of the paths at `time` s. */
export function pointAt(
  paths: readonly JointPath[],
  time: number,
  withAccelerations: boolean,
): TrajectoryPoint {
  const sample = createMotionSample();
  const positions: number[] = [];
  const velocities: number[] = [];
  const accelerations: number[] = [];
  for (const path of paths) {
    path.sample(time, sample);
    positions.push(sample.position);
    velocities.push(sample.velocity);
    accelerations.push(sample.acceleration);
  }
  const point: TrajectoryPoint = { time, positions, velocities };
  if (withAccelerations) point.accelerations = accelerations;
  return point;
}
