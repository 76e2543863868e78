import { neutralConfiguration } from "../robot/configuration.ts";
import { createData } from "../robot/data.ts";
import { aba } from "../robot/dynamics/aba.ts";
import type { BaseLimits } from "../robot/mobile-base/base-twist.ts";
import { createOdometry, type Odometry } from "../robot/mobile-base/odometry.ts";
import type { ModelJoint, RobotModel } from "../robot/model.ts";
import { BaseController, defaultBaseLimits } from "./base-controller.ts";
import { DynamicPlant, type DynamicPlantOptions } from "./dynamic-plant.ts";
import {
  JointTrajectoryController,
  type TrajectoryControllerOptions,
} from "./joint-trajectory-controller.ts";
import { type JointPlant, KinematicPlant } from "./plant.ts";
import { RollingWheels } from "./rolling-wheels.ts";
import { findWheels, isCaster, type WheelOptions } from "./wheels.ts";

export type SimulatedBase = "fixed" | "diff_drive" | "omni" | "mecanum" | "ackermann";

export type SimulatedRobotOptions = {
  model: RobotModel;
  base: SimulatedBase;
  wheels?: WheelOptions;
  limits?: BaseLimits;
  trajectory?: TrajectoryControllerOptions;
  /**
   * `dynamic`: forward dynamics, actuators and servos; the default where every joint moves a mass. `kinematic`: joints
   * without mass that follow with a lag.
   */
  plant?: "dynamic" | "kinematic";
  dynamics?: DynamicPlantOptions;
  /** Servo lag of the kinematic plant in s. */
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
  /** Where faults are injected and the truth is read; null with the kinematic plant. Not to be set. */
  dynamics: DynamicPlant | null;
  /** Why the dynamics were given up; null while they hold. */
  fault: string | null = null;
  readonly #joints: readonly ModelJoint[];
  #plant: JointPlant;
  readonly #withoutMasses: () => KinematicPlant;
  /** For each published joint: its driven joint's index in the plant, −1 for wheels and casters. */
  readonly #driver: Int32Array;
  readonly #wheels: RollingWheels | null;
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
    const names = driven.map((joint) => joint.name);
    this.dynamics =
      (options.plant ?? (isSimulable(model) ? "dynamic" : "kinematic")) === "dynamic"
        ? new DynamicPlant(model, names, options.dynamics)
        : null;
    this.#withoutMasses = () =>
      new KinematicPlant(
        driven.map((joint) => ({ ...joint, ...dragOf(model, joint) })),
        options.lag,
      );
    this.#plant = this.dynamics ?? this.#withoutMasses();
    const plantIndex = new Map(driven.map((joint, index) => [joint.name, index]));
    this.#driver = Int32Array.from(
      this.#joints,
      (joint) => plantIndex.get(joint.mimic?.joint ?? joint.name) ?? -1,
    );
    this.trajectory = new JointTrajectoryController(names, this.#plant.position, options.trajectory);
    const rolling =
      options.base === "fixed" ? null : new RollingWheels(options.base, wheels, this.jointNames);
    this.#wheels = rolling;
    const slowest = Math.min(...wheels.map((wheel) => speedOf(model, wheel.joint)));
    this.base =
      rolling === null
        ? null
        : new BaseController(rolling.kind, options.limits ?? defaultBaseLimits, (wanted) =>
            rolling.limit(wanted, slowest),
          );
    this.odometry = this.base?.odometry ?? createOdometry();
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
      this.#movePlant();
      this.base?.step(this.#time, stepLength);
      this.#wheels?.roll(this.odometry, stepLength, this.position, this.velocity);
      moved = true;
    }
    if (moved) this.#publish();
  }

  #movePlant(): void {
    try {
      this.#plant.step(stepLength, this.trajectory.commanded);
    } catch (error) {
      if (this.dynamics === null) throw error;
      // Masses that no body has can make a simulation run away. Better a robot that moves without them than none.
      this.fault = error instanceof Error ? error.message : String(error);
      this.dynamics = null;
      this.#plant = this.#withoutMasses();
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

/** With more joints a step takes longer than the time it stands for, and would hold up who drives it. */
const mostJoints = 64;

function isSimulable(model: RobotModel): boolean {
  return model.nv <= mostJoints && hasMasses(model);
}

/** Whether forward dynamics has an answer: a joint that moves nothing heavy has none. */
export function hasMasses(model: RobotModel): boolean {
  const [v, a] = [new Float64Array(model.nv), new Float64Array(model.nv)];
  return model.nv > 0 && aba(model, createData(model), neutralConfiguration(model), v, v, a);
}

function dragOf(model: RobotModel, joint: ModelJoint): { damping: number; friction: number } {
  const link = model.linkIndex.get(joint.childLink) ?? 0;
  return { damping: model.damping[link] ?? 0, friction: model.friction[link] ?? 0 };
}

/** rad/s; a wheel without a limit, or with one of 0, is not bounded. */
function speedOf(model: RobotModel, joint: string): number {
  const limit = model.joints[model.jointIndex.get(joint) ?? -1]?.velocity ?? 0;
  return limit > 0 ? limit : Number.POSITIVE_INFINITY;
}
