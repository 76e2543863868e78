import {
  type PointSpline,
  pointSplineJerk,
  type SplineSample,
  samplePointSpline,
} from "../trajectory/point-spline.ts";
import { knotSpline } from "./knot-spline.ts";
import type { PathKnot, TimedPath } from "./timed-path.ts";

/** All joints of a path at one time, in the path's joint order: rad or m and their first three rates. */
export type PathSample = {
  position: Float64Array;
  velocity: Float64Array;
  acceleration: Float64Array;
  jerk: Float64Array;
};

export function createPathSample({ joints }: Pick<TimedPath, "joints">): PathSample {
  const vector = (): Float64Array => new Float64Array(joints.length);
  return { position: vector(), velocity: vector(), acceleration: vector(), jerk: vector() };
}

/** Seconds. */
export function durationOfPath({ knots }: TimedPath): number {
  return knots.at(-1)?.time ?? 0;
}

/** A timed path made ready to be sampled often. */
export class PathSampler {
  readonly duration: number;
  private readonly splines: PointSpline[][] = [];
  private piece = 0;
  private readonly sample: SplineSample = { position: 0, velocity: 0, acceleration: 0 };

  constructor(private readonly path: TimedPath) {
    const { knots, joints } = path;
    this.duration = durationOfPath(path);
    for (let i = 1; i < knots.length; i += 1) {
      const [a, b] = [knots[i - 1] as PathKnot, knots[i] as PathKnot];
      this.splines.push(joints.map((_, j) => knotSpline(a, b, j)));
    }
  }

  /** Writes the path at `time` s into `out`; before its begin and after its end, the state there, at rest. Allocates nothing. */
  at(time: number, out: PathSample): void {
    const { knots, joints } = this.path;
    if (time >= this.duration || this.splines.length === 0 || time < 0) {
      const knot = (time < 0 ? knots[0] : knots.at(-1)) as PathKnot;
      for (let j = 0; j < joints.length; j += 1) {
        out.position[j] = knot.positions[j] as number;
        out.velocity[j] = 0;
        out.acceleration[j] = 0;
        out.jerk[j] = 0;
      }
      return;
    }
    const last = this.splines.length - 1;
    // Times asked for mostly rise.
    if (time < (knots[this.piece] as PathKnot).time) this.piece = 0;
    while (this.piece < last && time >= (knots[this.piece + 1] as PathKnot).time) this.piece += 1;
    const splines = this.splines[this.piece] as PointSpline[];
    const t = time - (knots[this.piece] as PathKnot).time;
    for (let j = 0; j < splines.length; j += 1) {
      const c = splines[j] as PointSpline;
      samplePointSpline(c, t, this.sample);
      out.position[j] = this.sample.position;
      out.velocity[j] = this.sample.velocity;
      out.acceleration[j] = this.sample.acceleration;
      out.jerk[j] = pointSplineJerk(c, t);
    }
  }
}
