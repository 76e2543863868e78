/**
 * A motor with its gear at one joint, seen from the joint: rad or m, N·m or N. Rotor and gear inertia are the
 * model's armature; friction is the joint's.
 */
export type ActuatorOptions = {
  /** Infinity for one that gives what is asked. */
  torqueLimit: number;
  /** Up to here the full torque; from here it falls to nothing at 1.25 times this. Infinity for no fall. */
  ratedSpeed: number;
  /** s: how far the torque stays behind what is asked (the current loop). */
  timeConstant: number;
  /** s: dead time of bus and drive. */
  delay: number;
};

export const idealActuator: ActuatorOptions = Object.freeze({
  torqueLimit: Number.POSITIVE_INFINITY,
  ratedSpeed: Number.POSITIVE_INFINITY,
  timeConstant: 0,
  delay: 0,
});

const noLoadSpeed = 1.25;
/** A longer dead time is cut to this many steps. */
const longestDelay = 1000;

export class Actuator {
  /** What it gives now, N·m or N. */
  effort = 0;
  /** 1 for a sound one; less when it has lost strength. */
  strength = 1;
  readonly #options: ActuatorOptions;
  readonly #waiting: Float64Array;
  #next = 0;

  /** `dt` is the length in s of the steps it will be asked for. */
  constructor(options: ActuatorOptions, dt: number) {
    this.#options = options;
    this.#waiting = new Float64Array(Math.min(longestDelay, Math.round(options.delay / dt)));
  }

  /** The most it gives at a joint speed, N·m or N. */
  available(speed: number): number {
    const { torqueLimit, ratedSpeed } = this.#options;
    if (!Number.isFinite(torqueLimit)) return Number.POSITIVE_INFINITY;
    const excess = Math.abs(speed) / ratedSpeed - 1;
    const share = excess > 0 ? Math.max(0, 1 - excess / (noLoadSpeed - 1)) : 1;
    return this.strength * torqueLimit * share;
  }

  /** Goes one step of `dt` s on towards `wanted`; the effort it gives. Braking is never weakened by speed. */
  step(wanted: number, speed: number, dt: number): number {
    let asked = wanted;
    if (this.#waiting.length > 0) {
      asked = this.#waiting[this.#next] as number;
      this.#waiting[this.#next] = wanted;
      this.#next = (this.#next + 1) % this.#waiting.length;
    }
    const most = asked * speed < 0 ? this.available(0) : this.available(speed);
    const within = Math.min(most, Math.max(-most, asked * Math.min(1, this.strength)));
    const { timeConstant } = this.#options;
    const share = timeConstant > 0 ? -Math.expm1(-dt / timeConstant) : 1;
    this.effort += share * (within - this.effort);
    return this.effort;
  }
}
