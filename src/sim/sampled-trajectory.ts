import {
  createPointSpline,
  fitPointSpline,
  type SplineOrder,
  type SplineSample,
  samplePointSpline,
} from "../robot/trajectory/point-spline.ts";
import type { TrajectoryPoint } from "./trajectory-goal.ts";

/** Positions, velocities and accelerations of all joints of a controller, in its order. */
export type JointMotion = {
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
  readonly accelerations: Float64Array;
};

export function createJointMotion(joints: number): JointMotion {
  return {
    positions: new Float64Array(joints),
    velocities: new Float64Array(joints),
    accelerations: new Float64Array(joints),
  };
}

export function copyJointMotion(from: JointMotion, to: JointMotion): void {
  to.positions.set(from.positions);
  to.velocities.set(from.velocities);
  to.accelerations.set(from.accelerations);
}

/** `splines`: polynomials between points; `none`: the next point at once, as joint_trajectory_controller has it. */
export type Interpolation = "splines" | "none";

/** A point with a value for every joint of the controller. `order`: 1 positions only, 3 + velocities, 5 + accelerations. */
type Knot = JointMotion & { time: number; order: SplineOrder };

/** Workspace of one call. */
const spline = createPointSpline();
const sample: SplineSample = { position: 0, velocity: 0, acceleration: 0 };

/**
 * A trajectory from the state it starts in through its points. Between two knots the polynomial has the
 * order of the poorer one (point-spline.ts): linear, cubic or quintic Hermite. Times are seconds from the start.
 */
export class SampledTrajectory {
  readonly duration: number;
  readonly #knots: readonly Knot[];
  readonly #interpolation: Interpolation;
  #segment = 0;

  /** Joints that `columns` does not name hold their place of `from`. `columns[i]` is the joint of value i. */
  constructor(
    from: JointMotion,
    points: readonly TrajectoryPoint[],
    columns: readonly number[],
    interpolation: Interpolation,
  ) {
    const start: Knot = { ...clone(from), time: 0, order: 5 };
    this.#knots = [start, ...points.map((point) => knotOf(from, point, columns))];
    this.#interpolation = interpolation;
    this.duration = points.at(-1)?.timeFromStart ?? 0;
  }

  /**
   * Writes the wanted motion at `time` into `out`; false from the last point on, where its values stay.
   * Successive times must not fall. Allocates nothing.
   */
  sample(time: number, out: JointMotion): boolean {
    const knots = this.#knots;
    while (this.#segment < knots.length - 1 && time >= (knots[this.#segment + 1] as Knot).time) {
      this.#segment += 1;
    }
    const a = knots[this.#segment] as Knot;
    const b = knots[this.#segment + 1];
    if (b === undefined) {
      copyJointMotion(a, out);
      return false;
    }
    if (this.#interpolation === "none") copyJointMotion(this.#segment === 0 ? a : b, out);
    else interpolate(a, b, time, out);
    return true;
  }
}

function clone(motion: JointMotion): JointMotion {
  return {
    positions: motion.positions.slice(),
    velocities: motion.velocities.slice(),
    accelerations: motion.accelerations.slice(),
  };
}

function knotOf(from: JointMotion, point: TrajectoryPoint, columns: readonly number[]): Knot {
  const joints = from.positions.length;
  const motion = { ...createJointMotion(joints), positions: from.positions.slice() };
  for (const [i, joint] of columns.entries()) {
    motion.positions[joint] = point.positions[i] ?? 0;
    motion.velocities[joint] = point.velocities?.[i] ?? 0;
    motion.accelerations[joint] = point.accelerations?.[i] ?? 0;
  }
  // Accelerations without velocities do not determine a spline and are ignored, as in JTC.
  const order = point.velocities === undefined ? 1 : point.accelerations === undefined ? 3 : 5;
  return { ...motion, time: point.timeFromStart, order };
}

function interpolate(a: Knot, b: Knot, time: number, out: JointMotion): void {
  const order = Math.min(a.order, b.order) as SplineOrder;
  for (let joint = 0; joint < out.positions.length; joint += 1) {
    fitPointSpline(
      order,
      b.time - a.time,
      a.positions[joint] as number,
      a.velocities[joint] as number,
      a.accelerations[joint] as number,
      b.positions[joint] as number,
      b.velocities[joint] as number,
      b.accelerations[joint] as number,
      spline,
    );
    samplePointSpline(spline, time - a.time, sample);
    out.positions[joint] = sample.position;
    out.velocities[joint] = sample.velocity;
    out.accelerations[joint] = sample.acceleration;
  }
}
