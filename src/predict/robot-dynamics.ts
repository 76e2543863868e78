import { drivingEfforts } from "../robot/dynamics/driving-efforts.ts";
import { gravityEfforts } from "../robot/dynamics/rnea.ts";
import { frameJacobian } from "../robot/frame-jacobian.ts";
import { manipulability } from "../robot/manipulability.ts";
import type { RobotModel } from "../robot/model.ts";
import type { TwinGraph } from "../twin/graph.ts";
import { type JointLeaf, jointProperty } from "../twin/joint-properties.ts";
import { createSample } from "../twin/sample.ts";
import type { Thing } from "../twin/thing.ts";
import type { Estimator } from "./estimator.ts";
import type { MeasuredState } from "./measured-state.ts";
import { nextComputedAt, slowPace } from "./pace.ts";
import { tipsOf } from "./tips.ts";

/** s: accelerations nobody measures; differences of velocities are smoothed over about this long. */
const smoothing = 0.1;

type JointRows = { vIndex: number; limit: number; gravity: number; required: number; margin: number };

/**
 * What the present motion asks of the joints, by the model: `estimated` of `joint/<name>/gravity_effort` and
 * `required_effort` (N·m or N), `effort_margin` (1 with nothing asked, 0 at the effort limit, negative beyond it), and
 * of `link/<tip>/manipulability` (Yoshikawa's measure). The root link is taken to stand upright, nothing to be carried.
 */
export class RobotDynamics implements Estimator {
  private readonly joints: JointRows[];
  private readonly tips: { link: number; row: number }[];
  private readonly acceleration: Float64Array;
  private readonly before: Float64Array;
  private readonly gravity: Float64Array;
  private readonly required: Float64Array;
  private readonly drag: Float64Array;
  private readonly jacobian: Float64Array;
  private readonly sample = createSample();
  private computedAt = Number.NEGATIVE_INFINITY;
  private measuredAt = Number.NaN;

  constructor(
    private readonly graph: TwinGraph,
    thing: Thing,
    private readonly state: MeasuredState,
  ) {
    const { model } = state;
    const vector = (): Float64Array => new Float64Array(model.nv);
    [this.acceleration, this.before, this.gravity] = [vector(), vector(), vector()];
    [this.required, this.drag] = [vector(), vector()];
    this.jacobian = new Float64Array(6 * model.nv);
    this.sample.source = graph.source(`model:${thing.id}`).index;
    this.joints = model.joints.flatMap((joint) => {
      if (joint.nv !== 1) return [];
      const slides = joint.type === "prismatic";
      const row = (leaf: JointLeaf): number =>
        graph.row(jointProperty(graph, thing, joint.name, leaf, slides), "estimated");
      const isLimited = joint.effort > 0 && Number.isFinite(joint.effort);
      return [
        {
          vIndex: joint.vIndex,
          limit: joint.effort,
          gravity: row("gravity_effort"),
          required: row("required_effort"),
          margin: isLimited ? row("effort_margin") : -1,
        },
      ];
    });
    // With fewer than six joints some direction is always lost.
    const dexterous = tipsOf(model).filter((link) => movingJoints(model, link) >= 6);
    this.tips = dexterous.map((link) => {
      const property = graph.property(thing, `link/${model.links[link]}/manipulability`, "number", "1");
      return { link, row: graph.row(property, "estimated") };
    });
  }

  /** Computes for the measured configuration and, where they are known, velocities; at most every 100 ms. */
  update(now: number): void {
    const { state } = this;
    if (!state.isNew) return;
    const { q, model, data } = state;
    const v = state.hasVelocities ? state.v : null;
    this.smoothAcceleration(state.measuredAt, v);
    const { periodMs, staleAfterMs } = slowPace(this.state.everyMs);
    if (now - this.computedAt < periodMs) return;
    this.computedAt = nextComputedAt(this.computedAt, now, periodMs, this.state);
    this.sample.staleAfterMs = staleAfterMs;
    const { graph, sample } = this;
    sample.received = now;
    gravityEfforts(model, data, q, this.gravity);
    if (v !== null) drivingEfforts(model, data, q, v, this.acceleration, this.required, this.drag);
    for (const joint of this.joints) {
      const weight = this.gravity[joint.vIndex] as number;
      const required = this.required[joint.vIndex] as number;
      // Wild velocities or masses may pass what a number holds; then the last estimate grows stale.
      if (!Number.isFinite(weight) || !Number.isFinite(required)) continue;
      graph.setNumber(joint.gravity, weight, sample);
      if (v === null) continue;
      graph.setNumber(joint.required, required, sample);
      if (joint.margin >= 0) graph.setNumber(joint.margin, 1 - Math.abs(required) / joint.limit, sample);
    }
    for (const tip of this.tips) {
      frameJacobian(model, data, tip.link, this.jacobian);
      graph.setNumber(tip.row, manipulability(this.jacobian, model.nv), sample);
    }
  }

  private smoothAcceleration(measuredAt: number, v: Float64Array | null): void {
    const dt = (measuredAt - this.measuredAt) / 1000;
    if (v === null) {
      this.measuredAt = Number.NaN;
      return;
    }
    if (!(dt > 0)) {
      if (Number.isNaN(this.measuredAt)) this.restart(measuredAt, v);
      return;
    }
    if (dt > 1) {
      this.restart(measuredAt, v);
      return;
    }
    const share = -Math.expm1(-dt / smoothing);
    for (let i = 0; i < v.length; i += 1) {
      const slope = ((v[i] as number) - (this.before[i] as number)) / dt;
      this.acceleration[i] =
        (this.acceleration[i] as number) + share * (slope - (this.acceleration[i] as number));
      if (Number.isFinite(this.acceleration[i] as number)) continue;
      this.restart(measuredAt, v);
      return;
    }
    this.before.set(v);
    this.measuredAt = measuredAt;
  }

  private restart(measuredAt: number, v: Float64Array): void {
    this.acceleration.fill(0);
    this.before.set(v);
    this.measuredAt = measuredAt;
  }
}

/** How many numbers of v move a link. */
function movingJoints(model: RobotModel, link: number): number {
  const moved = new Set<number>();
  for (let at = link; at > 0; at = model.parent[at] as number) {
    const joint = model.joints[at - 1];
    if (joint === undefined || joint.vIndex < 0) continue;
    for (let k = 0; k < Math.max(1, joint.nv); k += 1) moved.add(joint.vIndex + k);
  }
  return moved.size;
}
