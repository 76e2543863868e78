import { knotSpline } from "../robot/path/knot-spline.ts";
import type { PathKnot, TimedPath } from "../robot/path/timed-path.ts";
import {
  type PointSpline,
  pointSplineJerk,
  type SplineSample,
  samplePointSpline,
} from "../robot/trajectory/point-spline.ts";
import type { JointPath } from "./joint-path.ts";

/** The paths of the joints of a timed path, in its order. `offsets`: whole turns that are added to each joint, rad. */
export function timedJointPaths({ joints, knots }: TimedPath, offsets: readonly number[]): JointPath[] {
  const times = knots.map(({ time }) => time);
  return joints.map((_, column) => jointPathOf(knots, times, column, offsets[column] ?? 0));
}

function jointPathOf(
  knots: readonly PathKnot[],
  times: readonly number[],
  column: number,
  offset: number,
): JointPath {
  const splines: PointSpline[] = [];
  for (let i = 1; i < knots.length; i += 1) {
    splines.push(knotSpline(knots[i - 1] as PathKnot, knots[i] as PathKnot, column, offset));
  }
  const last = knots[knots.length - 1] as PathKnot;
  const duration = last.time;
  const at: SplineSample = { position: 0, velocity: 0, acceleration: 0 };
  return {
    duration,
    bends: times,
    sample: (time, out) => {
      if (time >= duration || splines.length === 0) {
        out.position = (last.positions[column] as number) + offset;
        out.velocity = 0;
        out.acceleration = 0;
        out.jerk = 0;
        return;
      }
      const inside = Math.max(0, time);
      const piece = pieceAt(times, inside);
      const spline = splines[piece] as PointSpline;
      const t = inside - (times[piece] as number);
      samplePointSpline(spline, t, at);
      out.position = at.position;
      out.velocity = at.velocity;
      out.acceleration = at.acceleration;
      out.jerk = pointSplineJerk(spline, t);
    },
  };
}

/** The number of the piece that `time` lies in. */
function pieceAt(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((times[middle] as number) <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}
