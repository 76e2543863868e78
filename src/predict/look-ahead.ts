import type { ModelJoint, RobotModel } from "../robot/model.ts";
import type { MotionSample } from "../robot/trajectory/motion-profile.ts";
import { createMotionSample } from "../robot/trajectory/motion-profile.ts";
import { DynamicPlant } from "../sim/dynamic-plant.ts";
import { createJointMotion, type JointMotion } from "../sim/sampled-trajectory.ts";
import { hasMasses } from "../sim/simulated-robot.ts";
import type { TwinGraph } from "../twin/graph.ts";
import { jointProperty } from "../twin/joint-properties.ts";
import { createSample } from "../twin/sample.ts";
import type { Thing } from "../twin/thing.ts";

/** How far `predicted` looks ahead. */
export const horizonMs = 500;
const periodMs = 100;
const staleAfterMs = 500;
/** s: coarse, since nobody steers by it. */
const step = 0.01;
/** With more joints a run ahead would hold up the cycle: then the wanted motion itself is predicted. */
const mostJoints = 16;

/** Tells where a joint is to be at server ms `at` by a move of ours; false when it follows none at `now`. */
export type PlannedMotion = (joint: string, now: number, at: number, out: MotionSample) => boolean;

/**
 * A fork of the robot that runs ahead of it: from the measured state, servos and actuators of the model follow what
 * was sent (a joint without a move of ours goes on at its present velocity, up to its limits). Where it is after
 * `horizonMs` is `predicted` of `joint/<name>/position`. It is a copy: it reaches no command's way out.
 */
export class LookAhead {
  private readonly fork: DynamicPlant | null;
  private readonly joints: { joint: ModelJoint; row: number }[];
  private readonly wanted: JointMotion;
  private readonly planned = createMotionSample();
  private readonly sample = createSample();
  private computedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly graph: TwinGraph,
    thing: Thing,
    model: RobotModel,
  ) {
    const joints = model.joints.filter((joint) => joint.nv === 1);
    this.joints = joints.map((joint) => {
      const property = jointProperty(graph, thing, joint.name, "position", joint.type === "prismatic");
      return { joint, row: graph.row(property, "predicted") };
    });
    this.fork =
      joints.length > 0 && joints.length <= mostJoints && hasMasses(model)
        ? new DynamicPlant(
            model,
            joints.map((joint) => joint.name),
            { stepLength: step },
          )
        : null;
    this.wanted = createJointMotion(joints.length);
    this.sample.source = graph.source(`model:${thing.id}`).index;
    this.sample.staleAfterMs = staleAfterMs;
  }

  /** From the measured state, at most every 100 ms; `now` in server ms. */
  update(now: number, q: Float64Array, v: Float64Array, plan: PlannedMotion): void {
    if (now - this.computedAt < periodMs) return;
    this.computedAt = now;
    this.sample.received = now;
    const fork = this.fork !== null && this.ranAhead(this.fork, now, q, v, plan) ? this.fork : null;
    if (fork === null) {
      for (let k = 0; k < this.joints.length; k += 1) this.want(k, now, horizonMs / 1000, q, v, plan);
    }
    for (let k = 0; k < this.joints.length; k += 1) {
      const { row } = this.joints[k] as { row: number };
      const position = fork?.position[k] ?? (this.wanted.positions[k] as number);
      this.graph.setNumber(row, position, this.sample);
    }
  }

  /** False when it cannot be simulated from this state (a wild velocity; inertias that no body has). */
  private ranAhead(
    fork: DynamicPlant,
    now: number,
    q: Float64Array,
    v: Float64Array,
    plan: PlannedMotion,
  ): boolean {
    const steps = Math.round(horizonMs / 1000 / step);
    try {
      fork.startFrom(q, v);
      for (let i = 1; i <= steps; i += 1) {
        const ahead = (horizonMs / 1000) * (i / steps);
        for (let k = 0; k < this.joints.length; k += 1) this.want(k, now, ahead, q, v, plan);
        fork.step(step, this.wanted);
      }
      return true;
    } catch {
      return false;
    }
  }

  private want(
    k: number,
    now: number,
    ahead: number,
    q: Float64Array,
    v: Float64Array,
    plan: PlannedMotion,
  ): void {
    const { joint } = this.joints[k] as { joint: ModelJoint };
    const { positions, velocities, accelerations } = this.wanted;
    if (plan(joint.name, now, now + 1000 * ahead, this.planned)) {
      positions[k] = this.planned.position;
      velocities[k] = this.planned.velocity;
      accelerations[k] = this.planned.acceleration;
      return;
    }
    const speed = v[joint.vIndex] as number;
    const free = (q[joint.qIndex] as number) + speed * ahead;
    const inside = Math.min(joint.upper, Math.max(joint.lower, free));
    positions[k] = inside;
    velocities[k] = inside === free ? speed : 0;
    accelerations[k] = 0;
  }
}
