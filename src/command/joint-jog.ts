import { brake, type JogProfile, profileAt, safeProfile } from "./jog-profile.ts";
import type { RobotLimits } from "./robot-limits.ts";
import type { TrajectoryPoint } from "./trajectory.ts";

const goalPeriodMs = 100;
/** Each goal covers the next period and the time a late successor may take, then comes to rest. */
const horizon = 0.15;
const leastDuration = 0.05;
/** Points nearer than this are one, in seconds: controllers want times that rise. */
const leastGap = 1e-5;

/** One joint under way: its profile counts from `since`, in server ms. */
type Axis = { joint: string; profile: JogProfile; since: number; wanted: number };

/**
 * Moves joints at a wished velocity over a trajectory controller: short goals, each of which ends at
 * rest inside the limits. When wishes stop coming the joint brakes, and when this program is gone
 * its last goal runs out and the joint stands.
 */
export class JointJog {
  private axes: Axis[] = [];
  private deadline = 0;
  private nextGoal = 0;
  /** Server ms at which the last, braking goal ends; Infinity while wishes last. */
  private restAt = Number.POSITIVE_INFINITY;

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
    const moved = this.axes.some((axis) => axis.wanted !== 0);
    for (const axis of this.axes) axis.wanted = 0;
    for (const [joint, velocity] of Object.entries(velocities)) {
      const limit = limits.joints.get(joint)?.velocity ?? 0;
      const wanted = Math.max(-limit, Math.min(limit, velocity));
      cut ||= wanted !== velocity;
      const axis = this.axes.find((a) => a.joint === joint);
      if (axis !== undefined) axis.wanted = wanted;
      else if (wanted !== 0) {
        this.axes.push({ joint, profile: brake(measured(joint), 0, 1), since: now, wanted });
        this.nextGoal = now;
      }
    }
    if (this.axes.some((axis) => axis.wanted !== 0) !== moved) this.nextGoal = now;
    this.deadline = deadline;
    return cut;
  }

  halt(): void {
    this.axes = [];
  }

  /** No more wishes: brake with the next update. */
  release(): void {
    if (this.axes.every((axis) => axis.wanted === 0)) return;
    for (const axis of this.axes) axis.wanted = 0;
    this.nextGoal = Number.NEGATIVE_INFINITY;
  }

  /**
   * The points of the next short goal, in the order of `joints()` before this call, or null when none is
   * due. A joint that stands farther from its command than its path tolerance starts again from where it is.
   */
  update(
    now: number,
    measured: (joint: string) => number | undefined,
    limits: RobotLimits,
  ): TrajectoryPoint[] | null {
    if (this.axes.length === 0) return null;
    if (now >= this.deadline) this.release();
    const ending = this.axes.every((axis) => axis.wanted === 0);
    if (ending && now >= this.restAt) this.axes = [];
    if (this.axes.length === 0 || now < this.nextGoal) return null;
    let duration = 0;
    for (const axis of this.axes) {
      const limit = limits.joints.get(axis.joint);
      if (limit === undefined) continue;
      const { position, velocity } = profileAt(axis.profile, Math.max(0, now - axis.since) / 1000);
      const found = measured(axis.joint) ?? position;
      const lost = Math.abs(found - position) > limit.pathTolerance;
      const [at, speed] = lost ? [found, 0] : [position, velocity];
      axis.profile = ending
        ? brake(at, speed, limit.acceleration)
        : safeProfile(at, speed, axis.wanted, horizon, limit);
      axis.since = now;
      duration = Math.max(duration, axis.profile.rests);
    }
    this.nextGoal = ending ? Number.POSITIVE_INFINITY : now + goalPeriodMs;
    this.restAt = ending ? now + 1000 * duration : Number.POSITIVE_INFINITY;
    return this.points(Math.max(leastDuration, duration));
  }

  private points(duration: number): TrajectoryPoint[] {
    const bends = this.axes.flatMap(({ profile }) => [profile.reaches, profile.leaves, profile.rests]);
    const times = [...bends.sort((a, b) => a - b), duration];
    const points: TrajectoryPoint[] = [];
    let before = 0;
    for (const time of times) {
      if (time - before < leastGap || (time < duration && duration - time < leastGap)) continue;
      before = time;
      const states = this.axes.map(({ profile }) => profileAt(profile, time));
      points.push({
        time,
        positions: states.map((state) => state.position),
        velocities: states.map((state) => state.velocity),
      });
    }
    return points;
  }
}
