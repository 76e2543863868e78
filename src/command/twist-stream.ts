import { baseStopDecelerations, type TwistLimits } from "./robot-limits.ts";

/** A planar twist in the base frame: m/s forward and left, rad/s counter-clockwise. */
export type PlanarTwist = { x: number; y: number; yaw: number };

/** Maximum lifetime of a jog command, ms: shorter than any controller's own time-out. */
const baseLeaseMs = 115;
/** The same for joints and links: braking that is limited in jerk shows in the measurement some 20 ms later. */
const jointLeaseMs = 95;
const sendPeriodMs = 20;
/** After a longer gap between updates the base is assumed to have stopped by its own time-out. */
const frozenMs = 250;

/** When a jog of `kind` that is commanded at server ms `now`, valid until `expires`, ends. */
export function jogDeadline(kind: string, now: number, expires: number): number {
  return Math.min(now + (kind === "twist" ? baseLeaseMs : jointLeaseMs), expires);
}

/**
 * Drives a base while fresh commands keep arriving. Without one it ramps down, sends one explicit zero and stops
 * sending, so that it never competes with another publisher.
 */
export class TwistStream {
  private readonly target: PlanarTwist = { x: 0, y: 0, yaw: 0 };
  private readonly current: PlanarTwist = { x: 0, y: 0, yaw: 0 };
  private readonly state = { current: this.current, target: this.target };
  private active = false;
  /** Whether the ramp down is that of a stop. */
  private stopping = false;
  private deadline = 0;
  private lastSent = Number.NEGATIVE_INFINITY;
  private lastUpdate = Number.NEGATIVE_INFINITY;

  isActive(): boolean {
    return this.active;
  }

  /** What is sent now, and what is commanded. Both are reused. */
  now(): { current: Readonly<PlanarTwist>; target: Readonly<PlanarTwist> } {
    return this.state;
  }

  /** As `update` while nothing is sent, at less cost. False where something is, and then nothing is done. */
  isResting(now: number): boolean {
    if (this.active) return false;
    this.lastUpdate = now;
    return true;
  }

  /** A fresh command, valid until `deadline` (server ms). True when it was clipped to the limits. */
  command(x: number, y: number, yaw: number, deadline: number, limits: TwistLimits): boolean {
    const speed = Math.hypot(x, y);
    const scale = speed > limits.linear ? limits.linear / speed : 1;
    const turn = Math.max(-limits.angular, Math.min(limits.angular, yaw));
    this.target.x = x * scale;
    this.target.y = y * scale;
    this.target.yaw = turn;
    this.deadline = deadline;
    if (x !== 0 || y !== 0 || yaw !== 0) this.active = true;
    return scale < 1 || turn !== yaw;
  }

  /** A controlled stop: ramp to zero from here, as hard as a stop does. False where nothing moves. */
  brake(): boolean {
    this.release();
    this.stopping = this.active;
    return this.active;
  }

  /** Commands ended: ramp to zero from here. */
  release(): void {
    this.target.x = 0;
    this.target.y = 0;
    this.target.yaw = 0;
  }

  /** Ends at once without a ramp. True when it was active, so that the caller sends the zero. */
  halt(): boolean {
    const was = this.active;
    this.release();
    this.rest();
    this.active = false;
    this.stopping = false;
    return was;
  }

  /**
   * The twist to send now, or null. The returned object is reused. `dt` is seconds since the last call, `scale` the
   * share of the commanded speed.
   */
  update(now: number, dt: number, limits: TwistLimits, scale = 1): PlanarTwist | null {
    const frozen = now - this.lastUpdate > frozenMs;
    this.lastUpdate = now;
    if (!this.active) return null;
    if (frozen) this.rest();
    if (now >= this.deadline && this.isWanted()) {
      this.release();
      // The first step of braking waits for no period.
      this.lastSent = Number.NEGATIVE_INFINITY;
    }
    const stop = this.stopping ? baseStopDecelerations(limits) : null;
    const linear = (stop?.linear ?? limits.linearAcceleration) * dt;
    const angular = (stop?.angular ?? limits.angularAcceleration) * dt;
    this.current.x = approach(this.current.x, scale * this.target.x, linear);
    this.current.y = approach(this.current.y, scale * this.target.y, linear);
    this.current.yaw = approach(this.current.yaw, scale * this.target.yaw, angular);
    const atRest = this.current.x === 0 && this.current.y === 0 && this.current.yaw === 0;
    if (atRest && !this.isWanted()) {
      this.active = false;
      this.stopping = false;
      this.lastSent = now;
      return this.current;
    }
    if (now - this.lastSent < sendPeriodMs - 1) return null;
    this.lastSent = now;
    return this.current;
  }

  private isWanted(): boolean {
    return this.target.x !== 0 || this.target.y !== 0 || this.target.yaw !== 0;
  }

  private rest(): void {
    this.current.x = 0;
    this.current.y = 0;
    this.current.yaw = 0;
  }
}

/** From one value towards another by at most `step`. */
export function approach(from: number, to: number, step: number): number {
  return Math.abs(to - from) <= step ? to : from + Math.sign(to - from) * step;
}
