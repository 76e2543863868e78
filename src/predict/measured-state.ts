import { fnv1a } from "../core/fnv.ts";
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

/** How often the estimates of a robot without movable joints are renewed. ms */
const idleMs = 100;

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
  /** Time between two turns of this robot among many, ms; 0: none is waited for. */
  everyMs = 0;
  /** Where in a turn this robot has its place, 0 to 1: many robots are not computed in one cycle. */
  readonly phase: number;
  private turn = -1;
  private seen = -1;
  private readAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly graph: TwinGraph,
    private readonly thing: Thing,
    readonly model: RobotModel,
  ) {
    this.data = createData(model);
    this.phase = fnv1a(thing.id) / 2 ** 32;
    this.q = neutralConfiguration(model);
    this.v = new Float64Array(model.nv);
    for (const joint of model.joints) {
      if (joint.nq !== 1) continue;
      const { name, qIndex, vIndex } = joint;
      this.inputs.push({ name, qIndex, vIndex, position: -1, velocity: -1 });
    }
  }

  /**
   * Reads the graph, once a cycle, before the estimators are updated; but only where something moved, and once
   * in `everyMs`.
   */
  read(now: number, planned: PlannedMotions, everyMs: number): void {
    this.planned = planned;
    this.isNew = false;
    const { revision } = this.thing.motion;
    // A robot that cannot move is computed now and then, so that its estimates do not grow stale.
    if (this.inputs.length === 0 ? now - this.readAt < idleMs : revision === this.seen) return;
    if (everyMs > 0) {
      const turn = Math.floor(now / everyMs + this.phase);
      if (turn === this.turn) return;
      this.turn = turn;
    }
    this.everyMs = everyMs;
    this.seen = revision;
    this.isNew = this.readPositions();
    if (!this.isNew) return;
    this.readAt = now;
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
