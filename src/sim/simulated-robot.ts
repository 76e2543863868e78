import type { ModelJoint, RobotModel } from "../robot/model.ts";
import { BaseController, type BaseKind, type BaseLimits, defaultBaseLimits } from "./base-controller.ts";
import {
  JointTrajectoryController,
  type TrajectoryControllerOptions,
} from "./joint-trajectory-controller.ts";
import type { Odometry } from "./odometry.ts";
import { type JointPlant, KinematicPlant } from "./plant.ts";
import { findWheels, isCaster, type Wheel, type WheelOptions } from "./wheels.ts";

export type SimulatedBase = "fixed" | "diff_drive" | "omni" | "ackermann";

export type SimulatedRobotOptions = {
  model: RobotModel;
  base: SimulatedBase;
  wheels?: WheelOptions;
  limits?: BaseLimits;
  trajectory?: TrajectoryControllerOptions;
  /** Servo lag in s. */
  lag?: number;
};

/** s. Everything inside goes in steps of this length, so that what happens does not hang on who calls. */
const stepLength = 0.002;

/** s. After a longer pause of the caller, the time beyond it is skipped, not caught up. */
const longestCatchUp = 0.25;

/**
 * A robot with joints that follow trajectories and, if it has one, a base that follows twists. It has no
 * clock of its own: `step(now)` is handed one, and the same calls give the same numbers.
 */
export class SimulatedRobot {
  /** Joints with one position, followers and wheels included, in the model's order. */
  readonly jointNames: readonly string[];
  /** rad or m; index as jointNames; reused. So are the next two, per second and in N·m or N. */
  readonly position: Float64Array;
  readonly velocity: Float64Array;
  readonly effort: Float64Array;
  /** Pose in `odom`, twist in the base's frame; stays 0 with a fixed base; reused. */
  readonly odometry: Odometry;
  readonly trajectory: JointTrajectoryController;
  readonly base: BaseController | null;
  readonly #joints: readonly ModelJoint[];
  readonly #plant: JointPlant;
  /** For each published joint: its driven joint's index in the plant, −1 for wheels and casters. */
  readonly #driver: Int32Array;
  readonly #wheels: readonly { wheel: Wheel; at: number; steeringAt: number }[];
  #time = Number.NaN;

  constructor(options: SimulatedRobotOptions) {
    const { model } = options;
    const wheels = options.base === "fixed" ? [] : findWheels(model, options.wheels);
    this.#joints = model.joints.filter(
      (joint) => joint.qIndex >= 0 && joint.type !== "planar" && joint.type !== "floating",
    );
    this.jointNames = this.#joints.map((joint) => joint.name);
    const ground = new Set(wheels.flatMap((wheel) => [wheel.joint, wheel.steering ?? wheel.joint]));
    const goesWithGround = (name: string): boolean =>
      ground.has(name) || (options.base !== "fixed" && isCaster(name));
    const driven = this.#joints.filter((joint) => joint.nq === 1 && !goesWithGround(joint.name));
    this.#plant = new KinematicPlant(
      driven.map((joint) => ({ ...joint, ...dragOf(model, joint) })),
      options.lag,
    );
    const plantIndex = new Map(driven.map((joint, index) => [joint.name, index]));
    this.#driver = Int32Array.from(
      this.#joints,
      (joint) => plantIndex.get(joint.mimic?.joint ?? joint.name) ?? -1,
    );
    const names = driven.map((joint) => joint.name);
    this.trajectory = new JointTrajectoryController(names, this.#plant.position, options.trajectory);
    const kind = baseKind(options.base, wheels);
    this.base = kind === null ? null : new BaseController(kind, options.limits ?? defaultBaseLimits);
    this.odometry = this.base?.odometry ?? { x: 0, y: 0, yaw: 0, linearX: 0, linearY: 0, angularZ: 0 };
    this.#wheels = wheels.map((wheel) => ({
      wheel,
      at: this.jointNames.indexOf(wheel.joint),
      steeringAt: wheel.steering === null ? -1 : this.jointNames.indexOf(wheel.steering),
    }));
    this.position = new Float64Array(this.jointNames.length);
    this.velocity = new Float64Array(this.jointNames.length);
    this.effort = new Float64Array(this.jointNames.length);
    this.#publish();
  }

  /** Goes on to `now`, in seconds of a clock that never runs backwards; the first call only sets it. */
  step(now: number): void {
    if (Number.isNaN(this.#time)) this.#time = now;
    if (now - this.#time > longestCatchUp) this.#time = now - longestCatchUp;
    let moved = false;
    // Whole steps only; half of a nanosecond is lost in the clock's own digits.
    while (this.#time + stepLength <= now + 5e-10) {
      this.#time += stepLength;
      this.trajectory.update(this.#time, this.#plant.position, this.#plant.velocity);
      this.#plant.step(stepLength, this.trajectory.commanded.positions);
      this.base?.step(this.#time, stepLength);
      this.#rollWheels();
      moved = true;
    }
    if (moved) this.#publish();
  }

  #rollWheels(): void {
    const { linearX, linearY, angularZ } = this.odometry;
    for (const { wheel, at, steeringAt } of this.#wheels) {
      // The wheel's centre moves with v + ω × r.
      const vx = linearX - angularZ * wheel.y;
      const vy = linearY + angularZ * wheel.x;
      let speed = vx * wheel.rollX + vy * wheel.rollY;
      if (steeringAt >= 0) {
        const across = vy * wheel.rollX - vx * wheel.rollY;
        // Steered into the direction of motion, backwards when that is nearer; straight while standing.
        const steered = Math.abs(speed) + Math.abs(across) < 1e-6 ? 0 : Math.atan(across / speed);
        speed = Math.sign(speed) * Math.hypot(speed, across);
        this.velocity[steeringAt] = (steered - (this.position[steeringAt] as number)) / stepLength;
        this.position[steeringAt] = steered;
      }
      const velocity = speed / wheel.radius;
      this.velocity[at] = velocity;
      this.position[at] = (this.position[at] as number) + velocity * stepLength;
    }
  }

  #publish(): void {
    for (let i = 0; i < this.#joints.length; i += 1) {
      const driver = this.#driver[i] as number;
      if (driver < 0) continue;
      const mimic = (this.#joints[i] as ModelJoint).mimic;
      const multiplier = mimic === null ? 1 : mimic.multiplier;
      const offset = mimic === null ? 0 : mimic.offset;
      this.position[i] = multiplier * (this.#plant.position[driver] as number) + offset;
      this.velocity[i] = multiplier * (this.#plant.velocity[driver] as number);
      this.effort[i] = mimic === null ? (this.#plant.effort[driver] as number) : 0;
    }
  }
}

function dragOf(model: RobotModel, joint: ModelJoint): { damping: number; friction: number } {
  const link = model.linkIndex.get(joint.childLink) ?? 0;
  return { damping: model.damping[link] ?? 0, friction: model.friction[link] ?? 0 };
}

/** A steered base is as long as its steered wheels stand before its others. */
function baseKind(base: SimulatedBase, wheels: readonly Wheel[]): BaseKind | null {
  if (base === "fixed") return null;
  if (base !== "ackermann") return { kind: base };
  const mean = (some: readonly Wheel[]): number =>
    some.reduce((sum, wheel) => sum + wheel.x, 0) / some.length;
  const steered = wheels.filter((wheel) => wheel.steering !== null);
  const straight = wheels.filter((wheel) => wheel.steering === null);
  const wheelbase = steered.length > 0 && straight.length > 0 ? Math.abs(mean(steered) - mean(straight)) : 0;
  return { kind: "ackermann", wheelbase: wheelbase > 0 ? wheelbase : 0.5, maxSteering: 0.6 };
}
