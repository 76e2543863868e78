import { readLinkPose } from "../robot/forward-kinematics.ts";
import type { TwinGraph } from "../twin/graph.ts";
import { createSample } from "../twin/sample.ts";
import type { Thing } from "../twin/thing.ts";
import type { Estimator } from "./estimator.ts";
import type { MeasuredState } from "./measured-state.ts";
import { tipsOf } from "./tips.ts";

/** An estimate follows each measurement; without one for this long it is stale too. */
const staleAfterMs = 500;

/** Where the robot's tips are: `estimated` of `link/<name>/pose`, in the root link's frame, m and quaternion x y z w. */
export class RobotKinematics implements Estimator {
  private readonly tips: { link: number; row: number }[];
  private readonly pose = new Float64Array(7);
  private readonly sample = createSample();

  constructor(
    private readonly graph: TwinGraph,
    thing: Thing,
    private readonly state: MeasuredState,
  ) {
    this.sample.source = graph.source(`model:${thing.id}`).index;
    this.sample.staleAfterMs = staleAfterMs;
    this.tips = tipsOf(state.model).map((link) => {
      const property = graph.property(thing, `link/${state.model.links[link]}/pose`, "pose", "m");
      return { link, row: graph.row(property, "estimated") };
    });
  }

  /** Computes in each cycle with a new measurement. */
  update(now: number): void {
    if (!this.state.isNew) return;
    this.sample.received = now;
    for (const tip of this.tips) {
      readLinkPose(this.state.data, tip.link, this.pose);
      this.graph.setNumbers(tip.row, this.pose, this.sample);
    }
  }
}
