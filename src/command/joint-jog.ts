import { nearestTurn } from "../core/circle.ts";
import { createMotionSample } from "../robot/trajectory/motion-profile.ts";
import { brake, type JogProfile, safeProfile } from "./jog-profile.ts";
import { type JointPath, jogPath } from "./joint-path.ts";
import { pointAt, pointsOf } from "./path-points.ts";
import type { JointLimits, RobotLimits } from "./robot-limits.ts";
import type { TrajectoryPoint } from "./trajectory.ts";

/** How often a goal is sent while commands keep arriving. */
const goalPeriodMs = 100;
/**
 * Each goal covers this time and then comes to rest, s: the next period, plus the delay of a late successor. It is also
 * how far ahead the first point of a steady jog lies: a controller that starts a goal from a measured state has that
 * long to correct measurement errors, and the speed does not ripple.
 */
const horizon = 0.22;
const leastDuration = 0.05;
/** How far a joint may lag its jog beyond the path tolerance, s of its speed: a microcontroller's telemetry is old. */
const lag = 0.25;

/** Shares of the commanded speed that are tried, the next where the one before would come too near to something. */
const speeds = [1, 0.5, 0.25, 0.1, 0.03, 0];

/** One moving joint: its path counts from `since`, in server ms. */
type Axis = {
  joint: string;
  path: JointPath;
  since: number;
  wanted: number;
  /** The highest speed the jog commanded. */
  fastest: number;
};

/** The path of one joint at the start of a jog: rad or m, counted from `since`. */
export type AxisStart = { joint: string; path: JointPath; since: number };

/** The next goal: its points in the order of `joints`, and the paths they represent. `from` as in a goal. */
export type JogGoal = {
  kind: "goal";
  joints: string[];
  paths: JointPath[];
  from: TrajectoryPoint | null;
  points: TrajectoryPoint[];
};

/** A joint that is `error` (rad or m) from its commanded position: it does not follow. */
export type JogLost = { kind: "lost"; joint: string; error: number };

/**
 * Moves joints at a commanded velocity over a trajectory controller, with short goals that each end at rest inside the
 * limits. When commands stop arriving the joint brakes; if this program dies, its last goal runs out and the joint
 * stops.
 */
export class JointJog {
  private axes: Axis[] = [];
  private deadline = 0;
  private nextGoal = 0;
  /** Server ms at which the last, braking goal ends; Infinity while commands last. */
  private restAt = Number.POSITIVE_INFINITY;
  /** Server ms at which the newest goal is at rest. */
  private goalEnds = Number.NEGATIVE_INFINITY;
  private readonly sample = createMotionSample();

  isActive(): boolean {
    return this.axes.length > 0;
  }

  joints(): string[] {
    return this.axes.map((axis) => axis.joint);
  }

  /** Whether `joint` is one that the jog moves or brakes. */
  has(joint: string): boolean {
    return this.axes.some((axis) => axis.joint === joint);
  }

  /**
   * A fresh command in rad/s or m/s, valid until `deadline` (server ms). Joints new to the jog begin on their `starts`;
   * joints in `starts` without a velocity brake from there. True when it was clipped to the limits.
   */
  command(
    velocities: Record<string, number>,
    starts: readonly AxisStart[],
    limits: RobotLimits,
    now: number,
    deadline: number,
  ): boolean {
    let cut = false;
    const moved = this.axes.some((axis) => axis.wanted !== 0);
    for (const axis of this.axes) axis.wanted = 0;
    for (const start of starts) {
      if (this.has(start.joint)) continue;
      this.axes.push({ ...start, wanted: 0, fastest: 0 });
      this.nextGoal = now;
    }
    for (const [joint, velocity] of Object.entries(velocities)) {
      const limit = limits.joints.get(joint)?.velocity ?? 0;
      const wanted = Math.max(-limit, Math.min(limit, velocity));
      cut ||= wanted !== velocity;
      const axis = this.axes.find((a) => a.joint === joint);
      if (axis !== undefined) axis.wanted = wanted;
    }
    if (this.axes.some((axis) => axis.wanted !== 0) !== moved) this.nextGoal = now;
    this.deadline = deadline;
    return cut;
  }

  halt(): void {
    this.axes = [];
    this.goalEnds = Number.NEGATIVE_INFINITY;
  }

  /** Commands ended: brake with the next update. */
  release(): void {
    if (this.axes.every((axis) => axis.wanted === 0)) return;
    for (const axis of this.axes) axis.wanted = 0;
    this.nextGoal = Number.NEGATIVE_INFINITY;
  }

  /**
   * The next short goal; null when none is due. A joint too far from its jog ends it. `scale`: the share of the commanded
   * speed that is allowed. `isFree` judges the paths of a goal: where they are not free a slower one is tried, all joints
   * alike; where none is free the goal before runs out, which ends at rest.
   */
  update(
    now: number,
    measured: (joint: string) => number | undefined,
    limits: RobotLimits,
    scale = 1,
    isFree: (joints: readonly string[], paths: readonly JointPath[]) => boolean = () => true,
  ): JogGoal | JogLost | null {
    if (this.axes.length === 0) return null;
    if (now >= this.deadline) this.release();
    const ending = this.axes.every((axis) => axis.wanted === 0);
    if (ending && now >= this.restAt) this.axes = [];
    if (this.axes.length === 0 || now < this.nextGoal) return null;
    let takesUp = false;
    const starts: Start[] = [];
    for (const axis of this.axes) {
      const limit = limits.joints.get(axis.joint);
      if (limit === undefined) continue;
      axis.path.sample((now - axis.since) / 1000, this.sample);
      const { velocity } = this.sample;
      takesUp ||= velocity !== 0;
      let { position } = this.sample;
      const found = measured(axis.joint) ?? position;
      // A goal uses the turn in which the joint is measured now.
      if (limit.isCircular) position = nearestTurn(position, found);
      axis.fastest = Math.max(axis.fastest, Math.abs(velocity));
      const error = Math.abs(found - position);
      if (error > limit.pathTolerance + lag * axis.fastest) {
        return { kind: "lost", joint: axis.joint, error };
      }
      starts.push({ axis, position, velocity, limit });
    }
    const joints = starts.map(({ axis }) => axis.joint);
    let profiles: JogProfile[] = [];
    let hasRoom = false;
    for (const share of ending ? [0] : speeds) {
      profiles = starts.map((start) => profileOf(start, share * scale));
      hasRoom = isFree(joints, profiles.map(jogPath));
      if (hasRoom) break;
    }
    if (!hasRoom && now < this.goalEnds) {
      // The goal before ends at rest, too, and was free: joints that brake each by itself may leave its way.
      this.nextGoal = ending ? Number.POSITIVE_INFINITY : now + goalPeriodMs;
      this.restAt = ending ? this.goalEnds : Number.POSITIVE_INFINITY;
      return null;
    }
    let duration = 0;
    for (const [i, { axis }] of starts.entries()) {
      const profile = profiles[i] as JogProfile;
      axis.path = jogPath(profile);
      axis.since = now;
      duration = Math.max(duration, profile.rests);
    }
    this.nextGoal = ending ? Number.POSITIVE_INFINITY : now + goalPeriodMs;
    this.goalEnds = now + 1000 * Math.max(leastDuration, duration);
    this.restAt = ending ? this.goalEnds : Number.POSITIVE_INFINITY;
    const paths = this.axes.map((axis) => axis.path);
    return {
      kind: "goal",
      joints: this.joints(),
      paths,
      from: takesUp ? pointAt(paths, 0, false) : null,
      points: pointsOf(paths, false, leastDuration),
    };
  }
}

/** Where an axis is when a goal is made. */
type Start = { axis: Axis; position: number; velocity: number; limit: JointLimits };

function profileOf({ axis, position, velocity, limit }: Start, share: number): JogProfile {
  const wanted = share * axis.wanted;
  return wanted === 0
    ? brake(position, velocity, limit.acceleration)
    : safeProfile(position, velocity, wanted, horizon, limit);
}
