import {
  approachTwist,
  type BaseLimits,
  type BaseTwist,
  boundTwist,
  createBaseTwist,
  limitCurvature,
  minimumTurningRadius,
} from "../robot/mobile-base/base-twist.ts";
import { advanceOdometry, createOdometry, type Odometry } from "../robot/mobile-base/odometry.ts";

export const defaultBaseLimits: BaseLimits = {
  linearVelocity: 1,
  linearAcceleration: 2,
  angularVelocity: 2,
  angularAcceleration: 6,
};

export type BaseKind =
  | { kind: "diff_drive" }
  | { kind: "omni" }
  | { kind: "mecanum" }
  /** m between the axles, rad of a wheel in the middle of the steered one, and m from the frame to the fixed one. */
  | { kind: "ackermann"; wheelbase: number; maxSteering: number; axleX: number };

const standstill = Object.freeze({ linearX: 0, linearY: 0, angularZ: 0 });

/**
 * Drives a planar base by twists as ros2_controllers' diff_drive_controller does: the newest command
 * holds until it is `timeout` old (there, 0.5 s), then the base is braked to a stop, within its limits
 * of velocity and acceleration. A differential base leaves linear.y out; a steered one turns only as
 * tightly as it can steer, and not while it stands.
 */
export class BaseController {
  /** Pose in `odom`, twist in the base's frame; reused. */
  readonly odometry: Odometry = createOdometry();
  readonly kind: BaseKind;
  readonly limits: BaseLimits;
  readonly timeout: number;
  readonly #commanded = createBaseTwist();
  readonly #wanted = createBaseTwist();
  readonly #limitWheels: (wanted: BaseTwist) => void;
  #commandedAt = Number.NEGATIVE_INFINITY;

  /** `limitWheels` scales a command within the limits below down to what the wheels can do. */
  constructor(
    kind: BaseKind,
    limits: BaseLimits = defaultBaseLimits,
    limitWheels: (wanted: BaseTwist) => void = () => {},
    timeout = 0.5,
  ) {
    this.kind = kind;
    this.limits = limits;
    this.#limitWheels = limitWheels;
    this.timeout = timeout;
  }

  /**
   * A new command, m/s and rad/s in the base's frame, aged from `now` (the receiver's clock, s). False,
   * and the command before it stays, when a number is not finite.
   */
  setTwist(linearX: number, linearY: number, angularZ: number, now: number): boolean {
    if (!Number.isFinite(linearX) || !Number.isFinite(linearY) || !Number.isFinite(angularZ)) return false;
    this.#commanded.linearX = linearX;
    const { kind } = this.kind;
    this.#commanded.linearY = kind === "omni" || kind === "mecanum" ? linearY : 0;
    this.#commanded.angularZ = angularZ;
    this.#commandedAt = now;
    return true;
  }

  /** Goes on by `dt` seconds up to `now`. */
  step(now: number, dt: number): void {
    const commanded = now - this.#commandedAt <= this.timeout ? this.#commanded : standstill;
    const { odometry, kind } = this;
    boundTwist(commanded, this.limits, this.#wanted);
    this.#limitWheels(this.#wanted);
    approachTwist(odometry, this.#wanted, this.limits, dt);
    if (kind.kind === "ackermann") {
      limitCurvature(odometry, minimumTurningRadius(kind.wheelbase, kind.maxSteering));
      // The fixed axle does not slide sideways; the base's frame before it does.
      odometry.linearY = 0 - odometry.angularZ * kind.axleX;
    }
    advanceOdometry(odometry, dt);
  }
}
