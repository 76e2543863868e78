import type { RobotLimits } from "./robot-limits.ts";
import type { TrajectoryPoint } from "./trajectory.ts";

const goalPeriodMs = 100;
/** Each goal covers the next period and the time a late successor may take, then comes to rest. */
const horizon = 0.15;

/** One joint under way: where its command is, where it wants to go. rad or m. */
type Axis = { joint: string; reference: number; velocity: number; wanted: number };

/**
 * Moves joints at a wished velocity over a trajectory controller: short goals, each of which ends at
 * rest inside the limits. When wishes stop coming the last goal runs out and the joint stands,
 * even if this program is gone.
 */
export class JointJog {
  private axes: Axis[] = [];
  private deadline = 0;
  private nextGoal = 0;

  isActive(): boolean {
    return this.axes.length > 0;
  }

  joints(): string[] {
    return this.axes.map((axis) => axis.joint);
  }

  /** A fresh wish in rad/s or m/s, good until `deadline` (server ms). True when it had to be cut to the limits. */
  wish(
    velocities: Record<string, number>,
    measured: (joint: string) => number,
    limits: RobotLimits,
    now: number,
    deadline: number,
  ): boolean {
    let cut = false;
    for (const axis of this.axes) axis.wanted = 0;
    for (const [joint, velocity] of Object.entries(velocities)) {
      const limit = limits.joints.get(joint)?.velocity ?? 0;
      const wanted = Math.max(-limit, Math.min(limit, velocity));
      cut ||= wanted !== velocity;
      const axis = this.axes.find((a) => a.joint === joint);
      if (axis !== undefined) axis.wanted = wanted;
      else if (wanted !== 0) {
        this.axes.push({ joint, reference: measured(joint), velocity: 0, wanted });
        this.nextGoal = now;
      }
    }
    if (this.axes.every((axis) => axis.wanted === 0)) this.nextGoal = now;
    this.deadline = deadline;
    return cut;
  }

  halt(): boolean {
    const was = this.axes.length > 0;
    this.axes = [];
    return was;
  }

  release(): void {
    for (const axis of this.axes) axis.wanted = 0;
  }

  /** The points of the next short goal, in the order of `joints()`, or null when none is due. */
  update(now: number, limits: RobotLimits): TrajectoryPoint[] | null {
    if (this.axes.length === 0 || now < this.nextGoal) return null;
    if (now >= this.deadline) this.release();
    this.nextGoal = now + goalPeriodMs;
    const ending = this.axes.every((axis) => axis.wanted === 0);
    const cruise: TrajectoryPoint = { time: horizon, positions: [], velocities: [] };
    const rest: TrajectoryPoint = { time: 0, positions: [], velocities: [] };
    let ramp = 0.05;
    for (const axis of this.axes) {
      const limit = limits.joints.get(axis.joint);
      const velocity = ending ? axis.velocity : axis.wanted;
      ramp = Math.max(ramp, Math.abs(velocity) / (limit?.acceleration ?? 1));
    }
    rest.time = ending ? ramp : horizon + ramp;
    for (const axis of this.axes) {
      const limit = limits.joints.get(axis.joint);
      const lower = limit?.lower ?? axis.reference;
      const upper = limit?.upper ?? axis.reference;
      const velocity = ending ? axis.velocity : axis.wanted;
      const reach = (ending ? 0 : velocity * horizon) + (velocity * ramp) / 2;
      const end = Math.max(lower, Math.min(upper, axis.reference + reach));
      const share = reach === 0 ? 0 : (end - axis.reference) / reach;
      cruise.positions.push(axis.reference + velocity * horizon * share);
      cruise.velocities.push(velocity * share);
      rest.positions.push(end);
      rest.velocities.push(0);
      const passed = ending ? 0 : (goalPeriodMs / 1000) * velocity * share;
      axis.reference += passed;
      axis.velocity = ending ? 0 : velocity * share;
    }
    if (ending) {
      this.axes = [];
      return [rest];
    }
    return [cruise, rest];
  }
}
