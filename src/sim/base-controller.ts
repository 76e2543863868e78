import { advanceOdometry, type Odometry } from "./odometry.ts";

/** What the base can do; SI. Lateral motion has the linear limits. */
export type BaseLimits = {
  linearVelocity: number;
  linearAcceleration: number;
  angularVelocity: number;
  angularAcceleration: number;
};

export const defaultBaseLimits: BaseLimits = {
  linearVelocity: 1,
  linearAcceleration: 2,
  angularVelocity: 2,
  angularAcceleration: 6,
};

export type BaseKind =
  | { kind: "diff_drive" }
  | { kind: "omni" }
  /** `wheelbase` in m between the axles, `maxSteering` in rad of the virtual middle wheel. */
  | { kind: "ackermann"; wheelbase: number; maxSteering: number };

/**
 * Drives a planar base by twists as ros2_controllers' diff_drive_controller does: the newest command
 * holds until it is `timeout` old (there, 0.5 s), then the base is braked to a stop, within its limits
 * of velocity and acceleration. A differential base leaves linear.y out; a steered one turns only as
 * tightly as it can steer, and not while it stands.
 */
export class BaseController {
  /** Pose in `odom`, twist in the base's frame; reused. */
  readonly odometry: Odometry = { x: 0, y: 0, yaw: 0, linearX: 0, linearY: 0, angularZ: 0 };
  readonly kind: BaseKind;
  readonly limits: BaseLimits;
  readonly timeout: number;
  readonly #wish = { linearX: 0, linearY: 0, angularZ: 0 };
  #commandedAt = Number.NEGATIVE_INFINITY;

  constructor(kind: BaseKind, limits: BaseLimits = defaultBaseLimits, timeout = 0.5) {
    this.kind = kind;
    this.limits = limits;
    this.timeout = timeout;
  }

  /**
   * A new command, m/s and rad/s in the base's frame, aged from `now` (the receiver's clock, s). False,
   * and the command before it stays, when a number is not finite.
   */
  setTwist(linearX: number, linearY: number, angularZ: number, now: number): boolean {
    if (!Number.isFinite(linearX) || !Number.isFinite(linearY) || !Number.isFinite(angularZ)) return false;
    this.#wish.linearX = linearX;
    this.#wish.linearY = linearY;
    this.#wish.angularZ = angularZ;
    this.#commandedAt = now;
    return true;
  }

  /** Goes on by `dt` seconds up to `now`. */
  step(now: number, dt: number): void {
    const live = now - this.#commandedAt <= this.timeout;
    const { linearVelocity, linearAcceleration, angularVelocity, angularAcceleration } = this.limits;
    const odometry = this.odometry;
    const x = live ? bounded(this.#wish.linearX, linearVelocity) : 0;
    const y = live && this.kind.kind === "omni" ? bounded(this.#wish.linearY, linearVelocity) : 0;
    const turn = live ? bounded(this.#wish.angularZ, angularVelocity) : 0;
    odometry.linearX = approached(odometry.linearX, x, linearAcceleration * dt);
    odometry.linearY = approached(odometry.linearY, y, linearAcceleration * dt);
    odometry.angularZ = approached(odometry.angularZ, turn, angularAcceleration * dt);
    if (this.kind.kind === "ackermann") {
      const tightest = Math.tan(this.kind.maxSteering) / this.kind.wheelbase;
      odometry.angularZ = bounded(odometry.angularZ, Math.abs(odometry.linearX) * tightest);
    }
    advanceOdometry(odometry, dt);
  }
}

function bounded(value: number, most: number): number {
  return Math.min(most, Math.max(-most, value));
}

function approached(from: number, to: number, most: number): number {
  return from + bounded(to - from, most);
}
