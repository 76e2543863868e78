import { neutralConfiguration } from "../robot/configuration.ts";
import { createData, type RobotData } from "../robot/data.ts";
import { forwardKinematics, readLinkPose } from "../robot/forward-kinematics.ts";
import type { RobotModel } from "../robot/model.ts";
import type { TwinGraph } from "../twin/graph.ts";
import { createSample } from "../twin/sample.ts";
import type { Thing } from "../twin/thing.ts";

/** An estimate follows each measurement; without one for this long it is stale too. */
const staleAfterMs = 500;

/**
 * Where the robot's tips (links without children) are, computed from the measured joints each cycle
 * that brought new ones: `estimated` of `link/<name>/pose`, in the root link's frame.
 */
export class RobotKinematics {
  private readonly data: RobotData;
  private readonly q: Float64Array;
  /** Row of the measured position of each movable one-axis joint, beside its index in q. */
  private readonly inputs: { path: string; qIndex: number; row: number }[] = [];
  private readonly tips: { link: number; row: number }[] = [];
  private readonly pose = new Float64Array(7);
  private readonly sample = createSample();
  private seen = -1;

  constructor(
    private readonly graph: TwinGraph,
    private readonly thing: Thing,
    private readonly model: RobotModel,
  ) {
    this.data = createData(model);
    this.q = neutralConfiguration(model);
    this.sample.source = graph.source(`model:${thing.id}`).index;
    this.sample.staleAfterMs = staleAfterMs;
    for (const joint of model.joints) {
      if (joint.nq === 1) {
        this.inputs.push({ path: `joint/${joint.name}/position`, qIndex: joint.qIndex, row: -1 });
      }
    }
    const parents = new Set(model.joints.map((joint) => joint.parentLink));
    for (const [index, link] of model.links.entries()) {
      if (parents.has(link)) continue;
      const property = graph.property(thing, `link/${link}/pose`, "pose", "m");
      this.tips.push({ link: index, row: graph.row(property, "estimated") });
    }
  }

  /** Computes when every joint is known and good, and one of them changed. `now` is server ms. */
  update(now: number): void {
    let newest = -1;
    for (const input of this.inputs) {
      if (input.row < 0) input.row = this.thing.properties.get(input.path)?.registers.reported ?? -1;
      if (input.row < 0 || this.graph.table.quality[input.row] !== 0) return;
      const at = this.graph.table.offset[input.row] as number;
      this.q[input.qIndex] = this.graph.table.numbers[at] as number;
      newest = Math.max(newest, this.graph.table.received[input.row] as number);
    }
    if (newest === this.seen && this.inputs.length > 0) return;
    this.seen = newest;
    forwardKinematics(this.model, this.data, this.q);
    this.sample.received = now;
    for (const tip of this.tips) {
      readLinkPose(this.data, tip.link, this.pose);
      this.graph.setNumbers(tip.row, this.pose, this.sample);
    }
  }
}
