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
type Knot = JointMotion & { time: number; order: 1 | 3 | 5 };

/**
 * A trajectory from the state it starts in through its points. Between two knots the polynomial has the
 * order of the poorer one: linear, cubic or quintic Hermite. Times are seconds from the start.
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

/** Hermite interpolation on [a, b], by the polynomial's coefficients around a. */
function interpolate(a: Knot, b: Knot, time: number, out: JointMotion): void {
  const order = Math.min(a.order, b.order);
  const h = b.time - a.time;
  const t = time - a.time;
  for (let joint = 0; joint < out.positions.length; joint += 1) {
    const p = a.positions[joint] as number;
    const rise = (b.positions[joint] as number) - p;
    let c1 = rise / h;
    let c2 = 0;
    let c3 = 0;
    let c4 = 0;
    let c5 = 0;
    if (order >= 3) {
      const va = a.velocities[joint] as number;
      const vb = b.velocities[joint] as number;
      c1 = va;
      c2 = (3 * rise - (2 * va + vb) * h) / (h * h);
      c3 = ((va + vb) * h - 2 * rise) / (h * h * h);
      if (order === 5) {
        const aa = a.accelerations[joint] as number;
        const ab = b.accelerations[joint] as number;
        c2 = aa / 2;
        c3 = (20 * rise - (8 * vb + 12 * va) * h - (3 * aa - ab) * h * h) / (2 * h ** 3);
        c4 = (-30 * rise + (14 * vb + 16 * va) * h + (3 * aa - 2 * ab) * h * h) / (2 * h ** 4);
        c5 = (12 * rise - 6 * (vb + va) * h + (ab - aa) * h * h) / (2 * h ** 5);
      }
    }
    out.positions[joint] = p + t * (c1 + t * (c2 + t * (c3 + t * (c4 + t * c5))));
    out.velocities[joint] = c1 + t * (2 * c2 + t * (3 * c3 + t * (4 * c4 + t * 5 * c5)));
    out.accelerations[joint] = 2 * c2 + t * (6 * c3 + t * (12 * c4 + t * 20 * c5));
  }
}
