import type { JointMotion } from "./sampled-trajectory.ts";

/**
 * What a controller moves: the joints of a robot, each with a wanted motion. Behind it stands the
 * kinematic plant below, or one with masses (dynamic-plant.ts). All arrays are in the plant's joint order.
 */
export interface JointPlant {
  /** rad or m. */
  readonly position: Float64Array;
  /** rad/s or m/s. */
  readonly velocity: Float64Array;
  /** N·m or N: what the actuators give. */
  readonly effort: Float64Array;
  /** Goes `dt` seconds ahead after the commanded motion. Allocates nothing. */
  step(dt: number, command: JointMotion): void;
}

/** One joint of a kinematic plant; rad or m, per second, N·m or N. */
export type KinematicJoint = {
  lower: number;
  upper: number;
  velocity: number;
  effort: number;
  damping: number;
  friction: number;
};

/** How far a servo stays behind its command, in s: so that measured and desired can be told apart. */
const defaultLag = 0.02;

/** Below this speed friction fades out instead of jumping between its signs, rad/s or m/s. */
const frictionSpeed = 0.01;

/**
 * Joints without mass: each goes to its command with a first-order lag, no faster than its velocity
 * limit, and not past its ends, where it stands as at a hard stop. Effort is what damping and friction
 * take; gravity and inertia are left out.
 */
export class KinematicPlant implements JointPlant {
  readonly position: Float64Array;
  readonly velocity: Float64Array;
  readonly effort: Float64Array;
  readonly #joints: readonly KinematicJoint[];
  readonly #lag: number;

  /** Every joint starts at 0, or at the end of its range that is nearest to 0. `lag` in s, 0 for none. */
  constructor(joints: readonly KinematicJoint[], lag = defaultLag) {
    this.#joints = joints;
    this.#lag = lag;
    this.position = Float64Array.from(joints, (joint) => clamp(0, joint.lower, joint.upper));
    this.velocity = new Float64Array(joints.length);
    this.effort = new Float64Array(joints.length);
  }

  /** Only the positions are followed. */
  step(dt: number, command: JointMotion): void {
    const share = this.#lag > 0 ? -Math.expm1(-dt / this.#lag) : 1;
    for (let i = 0; i < this.#joints.length; i += 1) {
      const joint = this.#joints[i] as KinematicJoint;
      const from = this.position[i] as number;
      const furthest = joint.velocity * dt;
      const step = clamp(share * ((command.positions[i] as number) - from), -furthest, furthest);
      const to = clamp(from + step, joint.lower, joint.upper);
      const velocity = (to - from) / dt;
      this.position[i] = to;
      this.velocity[i] = velocity;
      const drag = joint.damping * velocity + joint.friction * Math.tanh(velocity / frictionSpeed);
      this.effort[i] = clamp(drag, -joint.effort, joint.effort);
    }
  }
}

function clamp(value: number, lower: number, upper: number): number {
  return Math.min(upper, Math.max(lower, value));
}
