import type { ModelJoint } from "../robot/model.ts";
import { createMotionSample } from "../robot/trajectory/motion-profile.ts";
import { DynamicPlant } from "../sim/dynamic-plant.ts";
import { createJointMotion, type JointMotion } from "../sim/sampled-trajectory.ts";
import { hasMasses } from "../sim/simulated-robot.ts";
import type { TwinGraph } from "../twin/graph.ts";
import { jointProperty } from "../twin/joint-properties.ts";
import { createSample } from "../twin/sample.ts";
import type { Thing } from "../twin/thing.ts";
import type { Estimator } from "./estimator.ts";
import type { MeasuredState } from "./measured-state.ts";
import { nextComputedAt, slowPace } from "./pace.ts";

/** How far `predicted` looks ahead. */
export const horizonMs = 500;
/** s: coarse, since nobody steers by it. */
const step = 0.01;
/** With more joints a run ahead would hold up the cycle: then the wanted motion itself is predicted. */
const mostJoints = 16;

/**
 * A fork of the robot that runs ahead of it: from the measured state, servos and actuators of the model follow what
 * was sent (a joint without a move of ours goes on at its present velocity, up to its limits). Where it is after
 * `horizonMs` is `predicted` of `joint/<name>/position`. It is a copy and sends nothing.
 */
export class LookAhead implements Estimator {
  private readonly fork: DynamicPlant | null;
  private readonly joints: { joint: ModelJoint; row: number }[];
  private readonly wanted: JointMotion;
  private readonly planned = createMotionSample();
  private readonly sample = createSample();
  private computedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly graph: TwinGraph,
    thing: Thing,
    private readonly state: MeasuredState,
  ) {
    const { model } = state;
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
  }

  /** From the measured positions and velocities, at most every 100 ms. */
  update(now: number): void {
    if (!this.state.isNew || !this.state.hasVelocities) return;
    const { periodMs, staleAfterMs } = slowPace(this.state.everyMs);
    if (now - this.computedAt < periodMs) return;
    this.computedAt = nextComputedAt(this.computedAt, now, periodMs, this.state);
    this.sample.staleAfterMs = staleAfterMs;
    this.sample.received = now;
    const fork = this.fork !== null && this.ranAhead(this.fork, now) ? this.fork : null;
    if (fork === null) {
      for (let k = 0; k < this.joints.length; k += 1) this.want(k, now, horizonMs / 1000);
    }
    for (let k = 0; k < this.joints.length; k += 1) {
      const { row } = this.joints[k] as { row: number };
      const position = fork?.position[k] ?? (this.wanted.positions[k] as number);
      this.graph.setNumber(row, position, this.sample);
    }
  }

  /** False when it cannot be simulated from this state (a wild velocity; inertias that no body has). */
  private ranAhead(fork: DynamicPlant, now: number): boolean {
    const steps = Math.round(horizonMs / 1000 / step);
    try {
      fork.startFrom(this.state.q, this.state.v);
      for (let i = 1; i <= steps; i += 1) {
        const ahead = (horizonMs / 1000) * (i / steps);
        for (let k = 0; k < this.joints.length; k += 1) this.want(k, now, ahead);
        fork.step(step, this.wanted);
      }
      return true;
    } catch {
      return false;
    }
  }

  private want(k: number, now: number, ahead: number): void {
    const { q, v, planned } = this.state;
    const { joint } = this.joints[k] as { joint: ModelJoint };
    const { positions, velocities, accelerations } = this.wanted;
    const motion = planned.get(joint.name);
    if (motion !== undefined && (now - motion.since) / 1000 < motion.path.duration) {
      motion.path.sample(Math.max(0, (now - motion.since) / 1000 + ahead), this.planned);
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
