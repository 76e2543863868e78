import { neutralConfiguration } from "../robot/configuration.ts";
import { createData, type RobotData } from "../robot/data.ts";
import { forwardKinematics } from "../robot/forward-kinematics.ts";
import type { RobotModel } from "../robot/model.ts";
import type { MotionSample } from "../robot/trajectory/motion-profile.ts";
import type { TwinGraph } from "../twin/graph.ts";
import { jointPath } from "../twin/joint-properties.ts";
import type { Thing } from "../twin/thing.ts";

/** A movable one-axis joint: its measured rows (−1: not there yet) and its places in q and v. */
type JointInput = { name: string; qIndex: number; vIndex: number; position: number; velocity: number };

/** Where a joint is to be by a motion that was sent to it at server ms `since`. Times of `path` in s from then. */
export type PlannedMotion = {
  readonly since: number;
  readonly path: { readonly duration: number; sample(time: number, out: MotionSample): void };
};

/** The motions that were sent, by joint; those that have ended may still be in it. */
export type PlannedMotions = ReadonlyMap<string, PlannedMotion>;

const nothingPlanned: PlannedMotions = new Map();

/**
 * The measured configuration of a robot as its estimators share it: q and v by the model's indices, and `data` with
 * forward kinematics of q. Valid while `isNew`, which holds in cycles in which every joint is known and good and one of
 * them has a newer measurement.
 */
export class MeasuredState {
  readonly data: RobotData;
  readonly q: Float64Array;
  readonly v: Float64Array;
  isNew = false;
  /** Whether v holds the velocity of every joint. */
  hasVelocities = false;
  /** Server ms of the newest measurement in it. */
  measuredAt = -1;
  /** What the robot was asked to do, as of this cycle. */
  planned: PlannedMotions = nothingPlanned;
  private readonly inputs: JointInput[] = [];

  constructor(
    private readonly graph: TwinGraph,
    private readonly thing: Thing,
    readonly model: RobotModel,
  ) {
    this.data = createData(model);
    this.q = neutralConfiguration(model);
    this.v = new Float64Array(model.nv);
    for (const joint of model.joints) {
      if (joint.nq !== 1) continue;
      const { name, qIndex, vIndex } = joint;
      this.inputs.push({ name, qIndex, vIndex, position: -1, velocity: -1 });
    }
  }

  /** Reads the graph, once a cycle, before the estimators are updated. */
  read(planned: PlannedMotions): void {
    this.planned = planned;
    this.isNew = this.readPositions();
    if (!this.isNew) return;
    forwardKinematics(this.model, this.data, this.q);
    this.hasVelocities = this.readVelocities();
  }

  /** Fills q; false when some joint is not known, or none changed. */
  private readPositions(): boolean {
    const table = this.graph.table;
    let newest = -1;
    for (const input of this.inputs) {
      if (input.position < 0) input.position = this.reported(input.name, "position");
      const row = input.position;
      if (row < 0 || table.quality[row] !== 0) return false;
      this.q[input.qIndex] = table.numbers[table.offset[row] as number] as number;
      newest = Math.max(newest, table.received[row] as number);
    }
    if (newest === this.measuredAt && this.inputs.length > 0) return false;
    this.measuredAt = newest;
    return true;
  }

  private readVelocities(): boolean {
    const table = this.graph.table;
    for (const input of this.inputs) {
      if (input.velocity < 0) input.velocity = this.reported(input.name, "velocity");
      const row = input.velocity;
      if (row < 0 || table.quality[row] !== 0) return false;
      this.v[input.vIndex] = table.numbers[table.offset[row] as number] as number;
    }
    return true;
  }

  private reported(joint: string, leaf: "position" | "velocity"): number {
    return this.thing.properties.get(jointPath(joint, leaf))?.registers.reported ?? -1;
  }
}
