import { createMotionSample, type MotionSample } from "../robot/trajectory/motion-profile.ts";
import { createPointSpline, fitPointSpline, samplePointSpline } from "../robot/trajectory/point-spline.ts";
import type { JointPath } from "./joint-path.ts";
import { type ClockState, createClockState, PathClock } from "./path-clock.ts";

/** How far the motion that a controller lays through the knots may be from the retimed one, rad or m. */
const exactness = 1e-7;
/** Between this many and that many equal parts of a change of speed become knots. */
const [fewestParts, mostParts] = [4, 256];
/** How often a change of speed is looked at for its accelerations. */
const looks = 80;
/** A path's acceleration may jump at a bend: it is looked at this much before and after, s. */
const beside = 1e-6;
/** Each trial of a change of speed is slower than the one before by this factor. */
const gentler = 0.85;
const mostTrials = 40;
const leastGap = 1e-5;

/** Joint paths with a common time, and where on them the change of speed begins: s from each path's start. */
export type PathsUnderWay = {
  paths: readonly JointPath[];
  offsets: readonly number[];
  /** The rate at which they are followed now, 1 as planned, and its change, 1/s. */
  rate: number;
  change: number;
};

/** How fast the speed may change. */
export type ScalingLimits = {
  /** Greatest acceleration of each path's joint meanwhile: rad/s² or m/s². */
  accelerations: readonly number[];
  /** Greatest jerk of each path's joint meanwhile, rad/s³ or m/s³; absent: any. */
  jerks?: readonly number[];
  /** Time in which the deceleration is built up, s. */
  rise: number;
  /** Longest change of speed, s. */
  longest: number;
};

/**
 * The fastest change to the rate `target` for which every joint keeps its acceleration; null where none within
 * `longest` does. The joints stay on their common path: only its time passes otherwise.
 */
export function changeOfRate(
  { paths, offsets, rate, change }: PathsUnderWay,
  target: number,
  { accelerations, jerks, rise, longest }: ScalingLimits,
): PathClock | null {
  let steepest = steepestOf(paths, offsets, rate, accelerations);
  for (let trial = 0; trial < mostTrials; trial++) {
    const clock = new PathClock({ rate, change }, target, steepest, steepest / rise);
    if (clock.changed > longest) return null;
    if (clock.isWithin() && keepsRates(paths, offsets, clock, accelerations, jerks)) return clock;
    steepest *= gentler;
  }
  return null;
}

/**
 * The same ways with another time: each path from its offset on, by `clock`. All have common bends, dense enough that a
 * controller's quintics (`isSmooth`) or cubics through them are this motion within 1e-7 rad or m. They end at rest,
 * where the clock stands still or the path ends.
 */
export function retimed(
  paths: readonly JointPath[],
  offsets: readonly number[],
  clock: PathClock,
  isSmooth: boolean,
): JointPath[] {
  const duration = Math.max(0, ...paths.map((path, i) => endOf(path, offsets[i] as number, clock)));
  let parts = fewestParts;
  for (;;) {
    const bends = bendsOf(paths, offsets, clock, duration, parts);
    const scaled = paths.map((path, i) => retimedPath(path, offsets[i] as number, clock, bends));
    if (parts >= mostParts || scaled.every((path) => isExact(path, bends, isSmooth))) return scaled;
    parts *= 2;
  }
}

/** The time left of paths at offsets, s. */
export function timeLeft(paths: readonly JointPath[], offsets: readonly number[]): number {
  return Math.max(0, ...paths.map((path, i) => path.duration - (offsets[i] as number)));
}

/** A change of the rate that no joint's acceleration allows for longer, at its present speed: 1/s. */
function steepestOf(
  paths: readonly JointPath[],
  offsets: readonly number[],
  rate: number,
  accelerations: readonly number[],
): number {
  const at = createMotionSample();
  let steepest = 100;
  for (const [i, path] of paths.entries()) {
    path.sample(offsets[i] as number, at);
    const [speed, limit] = [Math.abs(at.velocity), accelerations[i] as number];
    const most = limit + Math.abs(at.acceleration) * rate * rate;
    if (speed > 1e-9) steepest = Math.min(steepest, most / speed);
  }
  return steepest;
}

function keepsRates(
  paths: readonly JointPath[],
  offsets: readonly number[],
  clock: PathClock,
  accelerations: readonly number[],
  jerks: readonly number[] = [],
): boolean {
  const [at, now] = [createMotionSample(), createClockState()];
  const keeps = (i: number, t: number): boolean => {
    clock.sample(t, now);
    paths[i]?.sample((offsets[i] as number) + now.time, at);
    const acceleration = at.acceleration * now.rate * now.rate + at.velocity * now.change;
    if (Math.abs(acceleration) > (accelerations[i] as number) * (1 + 1e-6)) return false;
    const most = jerks[i] ?? Number.POSITIVE_INFINITY;
    return Math.abs(jerkOf(at, now)) <= most * (1 + 1e-6);
  };
  // The change of the rate is greatest at a corner of the clock.
  const times = [...clock.corners];
  for (let look = 0; look <= looks; look++) times.push((clock.changed * look) / looks);
  for (const t of times) for (const i of paths.keys()) if (!keeps(i, t)) return false;
  for (const [i, path] of paths.entries()) {
    for (const bend of path.bends) {
      const t = bend > (offsets[i] as number) ? clock.timeOf(bend - (offsets[i] as number)) : Number.NaN;
      if (t <= clock.changed && !(keeps(i, Math.max(0, t - beside)) && keeps(i, t + beside))) return false;
    }
  }
  return true;
}

/** The jerk of a joint whose path is followed by a clock. */
function jerkOf({ velocity, acceleration, jerk }: MotionSample, clock: ClockState): number {
  return jerk * clock.rate ** 3 + 3 * acceleration * clock.rate * clock.change + velocity * clock.jerk;
}

function retimedPath(path: JointPath, offset: number, clock: PathClock, bends: readonly number[]): JointPath {
  const duration = bends[bends.length - 1] as number;
  const now = createClockState();
  return {
    duration,
    bends,
    sample: (time: number, out: MotionSample) => {
      const t = Math.max(0, Math.min(time, duration));
      clock.sample(t, now);
      path.sample(offset + now.time, out);
      const { velocity, acceleration } = out;
      const { rate, change } = now;
      out.jerk = jerkOf(out, now);
      out.velocity = velocity * rate;
      out.acceleration = acceleration * rate * rate + velocity * change;
      if (time < duration) return;
      out.velocity = 0;
      out.acceleration = 0;
      out.jerk = 0;
    },
  };
}

/** When `path` is at rest by `clock`, s. */
function endOf(path: JointPath, offset: number, clock: PathClock): number {
  const end = clock.timeOf(Math.max(0, path.duration - offset));
  return Number.isFinite(end) ? end : clock.changed;
}

function bendsOf(
  paths: readonly JointPath[],
  offsets: readonly number[],
  clock: PathClock,
  duration: number,
  parts: number,
): number[] {
  const times = [...clock.corners];
  for (let part = 1; part < parts; part++) times.push((clock.changed * part) / parts);
  for (const [i, path] of paths.entries()) {
    const offset = offsets[i] as number;
    for (const bend of path.bends) if (bend > offset) times.push(clock.timeOf(bend - offset));
  }
  times.sort((a, b) => a - b);
  const bends = [0];
  for (const time of times) {
    if (time > (bends[bends.length - 1] as number) + leastGap && time < duration - leastGap) bends.push(time);
  }
  bends.push(Math.max(duration, leastGap));
  return bends;
}

/** Whether what a controller lays through the bends is the path. */
function isExact(path: JointPath, bends: readonly number[], isSmooth: boolean): boolean {
  const [a, b, middle] = [createMotionSample(), createMotionSample(), createMotionSample()];
  const [spline, at] = [createPointSpline(), { position: 0, velocity: 0, acceleration: 0 }];
  path.sample(bends[0] as number, a);
  for (let i = 1; i < bends.length; i++) {
    const [begin, end] = [bends[i - 1] as number, bends[i] as number];
    path.sample(end, b);
    fitPointSpline(
      isSmooth ? 5 : 3,
      end - begin,
      a.position,
      a.velocity,
      a.acceleration,
      b.position,
      b.velocity,
      b.acceleration,
      spline,
    );
    for (const share of [0.25, 0.5, 0.75]) {
      const t = (end - begin) * share;
      samplePointSpline(spline, t, at);
      path.sample(begin + t, middle);
      if (Math.abs(at.position - middle.position) > exactness) return false;
    }
    Object.assign(a, b);
  }
  return true;
}
