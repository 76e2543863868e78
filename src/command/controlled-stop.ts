import { createMotionSample } from "../robot/trajectory/motion-profile.ts";
import type { CommandedRobot } from "./gate-output.ts";
import type { Braking } from "./stop-braking.ts";

/** How far the measurement may be behind the plan, ms: what a controller, the network and a joint's inertia take. */
const lagMs = 150;
/** How long the controllers may take to accept the braking goals before that counts against the plan, ms. */
const acceptMs = 150;
/** How long after the planned end a joint may still be measured moving, ms. */
const settleMs = 100;
/** From the planned end, how long a measurement that shows the rest is waited for, ms. */
const confirmMs = 400;
/** Speeds from positions are taken over at least this time, ms: arrival times jitter. */
const windowMs = 100;
/** How long a base may ramp down, ms. */
const baseWithinMs = 2500;
/** Shares of a joint's velocity limit: what counts as rest, and by how much a speed may exceed the plan. */
const rest = 0.02;
const slack = 0.1;

type Trail = { position: number; at: number }[];

/**
 * Watches a controlled stop: the measured speeds must fall as planned. Times are server ms. It judges, and sends
 * nothing.
 */
export class ControlledStop {
  private readonly sample = createMotionSample();
  private readonly trails = new Map<string, Trail>();

  /** Goals that no controller has accepted yet. */
  private readonly awaited: Set<string>;
  private acceptedAt: number | null = null;

  constructor(readonly braking: Braking) {
    this.awaited = new Set(braking.goals);
  }

  /** A controller accepted a braking goal. */
  accepted(goalId: string, now: number): void {
    this.awaited.delete(goalId);
    if (this.awaited.size === 0) this.acceptedAt ??= now;
  }

  /** `braking`, `rest`, or why the stop is not seen to happen. `baseRests`: the base was sent its zero. */
  judge(now: number, robot: CommandedRobot, baseRests: boolean): "braking" | "rest" | { reason: string } {
    const { since, duration, joints } = this.braking;
    const age = now - since;
    const over = age - duration * 1000;
    let rests = over >= 0;
    const lag = lagMs + Math.min(acceptMs, (this.acceptedAt ?? now) - since);
    for (const { joint, path, limit } of joints) {
      const { measured } = robot;
      const position = measured.position(joint);
      const received = measured.receivedAt(joint);
      if (position === undefined || received === undefined || !measured.isFresh(joint)) {
        return { reason: `${joint} is not measured any more` };
      }
      const speed = this.speedOf(joint, position, Math.min(received, now), measured.velocity(joint));
      path.sample(Math.max(0, age - lag) / 1000, this.sample);
      const before = Math.abs(this.sample.velocity);
      path.sample(age / 1000, this.sample);
      const planned = Math.max(before, Math.abs(this.sample.velocity));
      const allowed = planned * (1 + slack) + slack * limit.velocity;
      if (speed > allowed) {
        return {
          reason: `${joint} still moves at ${speed.toFixed(2)} ${limit.unit}/s ${Math.round(age)} ms after the stop began, and should have fallen to ${planned.toFixed(2)}`,
        };
      }
      const isStill = speed <= rest * limit.velocity;
      if (!isStill && over > settleMs + lag) {
        return {
          reason: `${joint} still moves at ${speed.toFixed(2)} ${limit.unit}/s after its planned end`,
        };
      }
      rests &&= isStill && received > since + duration * 1000;
    }
    if (rests && baseRests) return "rest";
    if (!baseRests && age > baseWithinMs) {
      return { reason: `the base was not sent its zero within ${baseWithinMs / 1000} s` };
    }
    return over > confirmMs + lag && baseRests
      ? { reason: "no measurement shows the joints at rest" }
      : "braking";
  }

  /** rad/s or m/s: what is reported, else what the positions say. */
  private speedOf(joint: string, position: number, at: number, reported: number | undefined): number {
    if (reported !== undefined) return Math.abs(reported);
    let trail = this.trails.get(joint);
    if (trail === undefined) {
      trail = [];
      this.trails.set(joint, trail);
    }
    if (at > (trail[trail.length - 1]?.at ?? Number.NEGATIVE_INFINITY)) trail.push({ position, at });
    // The oldest is kept as long as it is needed for a window.
    while (trail.length > 2 && at - (trail[1] as Trail[0]).at >= windowMs) trail.shift();
    const first = trail[0] as Trail[0];
    const last = trail[trail.length - 1] as Trail[0];
    const length = last.at - first.at;
    return length >= windowMs ? (Math.abs(last.position - first.position) / length) * 1000 : 0;
  }
}
