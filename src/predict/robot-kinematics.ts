import { neutralConfiguration } from "../robot/configuration.ts";
import { createData, type RobotData } from "../robot/data.ts";
import { forwardKinematics, readLinkPose } from "../robot/forward-kinematics.ts";
import type { RobotModel } from "../robot/model.ts";
import type { TwinGraph } from "../twin/graph.ts";
import { jointPath } from "../twin/joint-properties.ts";
import { createSample } from "../twin/sample.ts";
import type { Thing } from "../twin/thing.ts";
import { LookAhead, type PlannedMotion } from "./look-ahead.ts";
import { RobotDynamics } from "./robot-dynamics.ts";

/** An estimate follows each measurement; without one for this long it is stale too. */
const staleAfterMs = 500;

/** A movable one-axis joint: its measured rows (−1: not there yet) and its places in q and v. */
type JointInput = { name: string; qIndex: number; vIndex: number; position: number; velocity: number };

/**
 * Where the robot's tips (links without children) are, computed from the measured joints each cycle
 * that brought new ones: `estimated` of `link/<name>/pose`, in the root link's frame. What else the model says of the
 * same measurements is handed on: efforts (robot-dynamics.ts) and where the robot will be (look-ahead.ts).
 */
export class RobotKinematics {
  private readonly data: RobotData;
  private readonly q: Float64Array;
  private readonly v: Float64Array;
  private readonly inputs: JointInput[] = [];
  private readonly tips: { link: number; row: number }[] = [];
  private readonly pose = new Float64Array(7);
  private readonly dynamics: RobotDynamics;
  private readonly lookAhead: LookAhead;
  private readonly sample = createSample();
  private seen = -1;

  constructor(
    private readonly graph: TwinGraph,
    private readonly thing: Thing,
    private readonly model: RobotModel,
    private readonly plan: PlannedMotion,
  ) {
    this.data = createData(model);
    this.q = neutralConfiguration(model);
    this.v = new Float64Array(model.nv);
    this.sample.source = graph.source(`model:${thing.id}`).index;
    this.sample.staleAfterMs = staleAfterMs;
    for (const joint of model.joints) {
      if (joint.nq === 1) {
        const { name, qIndex, vIndex } = joint;
        this.inputs.push({ name, qIndex, vIndex, position: -1, velocity: -1 });
      }
    }
    const parents = new Set(model.joints.map((joint) => joint.parentLink));
    for (const [index, link] of model.links.entries()) {
      if (parents.has(link)) continue;
      const property = graph.property(thing, `link/${link}/pose`, "pose", "m");
      this.tips.push({ link: index, row: graph.row(property, "estimated") });
    }
    const tips = this.tips.map((tip) => tip.link);
    this.dynamics = new RobotDynamics(graph, thing, model, this.data, tips);
    this.lookAhead = new LookAhead(graph, thing, model);
  }

  /** Computes when every joint is known and good, and one of them changed. `now` is server ms. */
  update(now: number): void {
    const table = this.graph.table;
    let newest = -1;
    for (const input of this.inputs) {
      if (input.position < 0) input.position = this.reported(input.name, "position");
      const row = input.position;
      if (row < 0 || table.quality[row] !== 0) return;
      this.q[input.qIndex] = table.numbers[table.offset[row] as number] as number;
      newest = Math.max(newest, table.received[row] as number);
    }
    if (newest === this.seen && this.inputs.length > 0) return;
    this.seen = newest;
    forwardKinematics(this.model, this.data, this.q);
    this.sample.received = now;
    for (const tip of this.tips) {
      readLinkPose(this.data, tip.link, this.pose);
      this.graph.setNumbers(tip.row, this.pose, this.sample);
    }
    const isMoving = this.readVelocities();
    this.dynamics.update(now, newest, this.q, isMoving ? this.v : null);
    if (isMoving) this.lookAhead.update(now, this.q, this.v, this.plan);
  }

  /** Fills v; false when some joint's velocity is not known. */
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
