import { neutralConfiguration, setJointPositions } from "../robot/configuration.ts";
import { createData, type RobotData } from "../robot/data.ts";
import { drivingEfforts } from "../robot/dynamics/driving-efforts.ts";
import type { RobotModel } from "../robot/model.ts";
import { createMotionSample } from "../robot/trajectory/motion-profile.ts";
import type { CommandedRobot } from "./gate-output.ts";
import type { JointPath } from "./joint-path.ts";
import type { JointLimits } from "./robot-limits.ts";

/** Of the effort limit: how far the measured effort may be from the computed one where nothing is configured. */
const usualShare = 0.5;

/** A joint of a motion under way. */
export type WatchedAxis = { joint: string; limit: JointLimits; path: JointPath };
/** The joint that differs most, as a share of what is allowed; N·m or N. */
export type EffortDeviation = { joint: string; share: number; found: number; expected: number };

/**
 * Compares measured efforts with those that the model computes for a motion (inverse dynamics with the URDF's friction; the root
 * link upright). What a joint exerts more or less at its begin, as a load that the model does not know or a sensor's offset, is
 * taken off.
 */
export class EffortWatch {
  private model: RobotModel | null = null;
  private data: RobotData | null = null;
  private q: Float64Array = new Float64Array(0);
  private v: Float64Array = new Float64Array(0);
  private a: Float64Array = new Float64Array(0);
  private tau: Float64Array = new Float64Array(0);
  private drag: Float64Array = new Float64Array(0);
  private readonly offsets = new WeakMap<object, Map<string, number>>();
  private readonly sample = createMotionSample();
  private readonly worst: EffortDeviation = { joint: "", share: 0, found: 0, expected: 0 };

  /**
   * The greatest deviation of a motion that is at `along` s of its paths; null: nothing is known to compare. The same `motion` is
   * the same object.
   */
  deviation(
    motion: object,
    axes: readonly WatchedAxis[],
    along: number,
    { model = null, measured }: CommandedRobot,
  ): EffortDeviation | null {
    if (model === null || measured.effort === undefined) return null;
    if (!axes.some(({ joint, limit }) => isCompared(limit) && measured.effort?.(joint) !== undefined))
      return null;
    const data = this.workspace(model);
    setJointPositions(model, this.q, (joint) => measured.position(joint));
    this.v.fill(0);
    this.a.fill(0);
    for (const { joint, path } of axes) {
      const of = model.joints[model.jointIndex.get(joint) ?? -1];
      if (of?.nq !== 1) continue;
      path.sample(along, this.sample);
      this.q[of.qIndex] = this.sample.position;
      this.v[of.vIndex] = this.sample.velocity;
      this.a[of.vIndex] = this.sample.acceleration;
    }
    drivingEfforts(model, data, this.q, this.v, this.a, this.tau, this.drag);
    return this.compare(motion, axes, model, measured.effort.bind(measured));
  }

  private compare(
    motion: object,
    axes: readonly WatchedAxis[],
    model: RobotModel,
    effortOf: (joint: string) => number | undefined,
  ): EffortDeviation | null {
    let offsets = this.offsets.get(motion);
    const { worst } = this;
    worst.share = 0;
    const isBegin = offsets === undefined;
    if (offsets === undefined) {
      offsets = new Map();
      this.offsets.set(motion, offsets);
    }
    for (const { joint, limit } of axes) {
      const found = effortOf(joint);
      const of = model.joints[model.jointIndex.get(joint) ?? -1];
      if (found === undefined || of?.nq !== 1 || !isCompared(limit)) continue;
      const expected = this.tau[of.vIndex] as number;
      if (isBegin) offsets.set(joint, found - expected);
      const offset = offsets.get(joint);
      if (offset === undefined) continue;
      const share =
        Math.abs(found - expected - offset) / ((limit.effortTolerance ?? usualShare) * limit.effort);
      if (!(share > worst.share)) continue;
      worst.joint = joint;
      worst.share = share;
      worst.found = found;
      worst.expected = expected + offset;
    }
    return worst.share > 0 ? worst : null;
  }

  private workspace(model: RobotModel): RobotData {
    if (this.model !== model || this.data === null) {
      this.model = model;
      this.data = createData(model);
      this.q = neutralConfiguration(model);
      for (const name of ["v", "a", "tau", "drag"] as const) this[name] = new Float64Array(model.nv);
    }
    return this.data;
  }
}

function isCompared({ effort, effortTolerance = usualShare }: JointLimits): boolean {
  return Number.isFinite(effort) && Number.isFinite(effortTolerance);
}
