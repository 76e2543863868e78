import { createData, type RobotData } from "../robot/data.ts";
import { rnea } from "../robot/dynamics/rnea.ts";
import type { RobotModel } from "../robot/model.ts";

/** What a servo is asked for and what its encoders say; all in the order of v. */
export type ServoState = {
  /** Model's q as measured. */
  q: Float64Array;
  v: Float64Array;
  /** Wanted position, velocity, acceleration. */
  wantedPosition: Float64Array;
  wantedVelocity: Float64Array;
  wantedAcceleration: Float64Array;
  /** Where v's joint has its position in q; −1 for those that no servo drives. */
  qOf: Int32Array;
};

/** Efforts from set-points. `saturated[i]` is not 0 where the actuator gave less than was asked last time. */
export interface JointController {
  step(state: ServoState, saturated: Uint8Array, dt: number, tau: Float64Array): void;
  /** What was integrated is dropped. */
  forget(): void;
}

/** rad/s: all three poles of the servo's error. */
const servoPole = 30;
/** Below this error nothing is integrated, or friction would make the joint hunt. rad or m. */
const settled = 3e-5;
/** An error beyond this is answered with the friction it takes to leave it. rad or m. */
const stuck = 6e-5;
/** How long an error must last to count as one to be left, s: noise of an encoder does not. */
const lasting = 0.05;
/** Below this speed the wanted direction says little about friction. rad/s or m/s. */
const creep = 0.01;

/**
 * Computed torque: the model's inverse dynamics carry the wanted motion and the weight, and the error
 * e obeys ë + 3ω ė + 3ω² e + ω³ ∫e = 0 (Siciliano and others, Robotics (2009), section 8.5.2, with an
 * integral).
 */
export class ComputedTorque implements JointController {
  readonly #model: RobotModel;
  readonly #data: RobotData;
  readonly #integral: Float64Array;
  readonly #lastingError: Float64Array;
  readonly #acceleration: Float64Array;
  readonly #damping: Float64Array;
  readonly #friction: Float64Array;

  /** `damping` and `friction` as the model has them, in the order of v: they are made up for on the way. */
  constructor(model: RobotModel, damping: Float64Array, friction: Float64Array) {
    this.#model = model;
    this.#damping = damping;
    this.#friction = friction;
    this.#data = createData(model);
    this.#integral = new Float64Array(model.nv);
    this.#lastingError = new Float64Array(model.nv);
    this.#acceleration = new Float64Array(model.nv);
  }

  forget(): void {
    this.#integral.fill(0);
    this.#lastingError.fill(0);
  }

  step(state: ServoState, saturated: Uint8Array, dt: number, tau: Float64Array): void {
    const share = Math.min(1, dt / lasting);
    const w = servoPole;
    for (let i = 0; i < this.#model.nv; i += 1) {
      const at = state.qOf[i] as number;
      this.#acceleration[i] = 0;
      if (at < 0) continue;
      const error = (state.wantedPosition[i] as number) - (state.q[at] as number);
      const slip = (state.wantedVelocity[i] as number) - (state.v[i] as number);
      const lasted = this.#lastingError[i] as number;
      this.#lastingError[i] = lasted + (error - lasted) * share;
      if (saturated[i] === 0 && Math.abs(error) > settled) {
        this.#integral[i] = (this.#integral[i] as number) + error * dt;
      }
      this.#acceleration[i] =
        (state.wantedAcceleration[i] as number) +
        3 * w * slip +
        3 * w * w * error +
        w * w * w * (this.#integral[i] as number);
    }
    rnea(this.#model, this.#data, state.q, state.v, this.#acceleration, tau);
    for (let i = 0; i < this.#model.nv; i += 1) {
      if ((state.qOf[i] as number) < 0) continue;
      const wanted = state.wantedVelocity[i] as number;
      const way = Math.tanh(wanted / creep + (this.#lastingError[i] as number) / stuck);
      const drag = (this.#damping[i] as number) * wanted + (this.#friction[i] as number) * way;
      tau[i] = (tau[i] as number) + drag;
    }
  }
}

/** Gains of one joint, in N·m or N per rad or m, per second, and times seconds. */
export type PidGains = { p: number; i: number; d: number };

/** Each joint for itself, without a model: what a cheap servo does. Weight is left to the integral. */
export class PidControl implements JointController {
  readonly #gains: readonly PidGains[];
  readonly #integral: Float64Array;

  /** One set of gains for each number of v. */
  constructor(gains: readonly PidGains[]) {
    this.#gains = gains;
    this.#integral = new Float64Array(gains.length);
  }

  forget(): void {
    this.#integral.fill(0);
  }

  step(state: ServoState, saturated: Uint8Array, dt: number, tau: Float64Array): void {
    for (let k = 0; k < this.#gains.length; k += 1) {
      const at = state.qOf[k] as number;
      tau[k] = 0;
      if (at < 0) continue;
      const { p, i, d } = this.#gains[k] as PidGains;
      const error = (state.wantedPosition[k] as number) - (state.q[at] as number);
      if (saturated[k] === 0) this.#integral[k] = (this.#integral[k] as number) + error * dt;
      const slip = (state.wantedVelocity[k] as number) - (state.v[k] as number);
      tau[k] = p * error + d * slip + i * (this.#integral[k] as number);
    }
  }
}
