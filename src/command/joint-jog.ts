import { nearestTurn } from "../core/circle.ts";
import { createMotionSample } from "../robot/trajectory/motion-profile.ts";
import type { MotionState } from "../robot/trajectory/motion-state.ts";
import type { CommandedRobot } from "./gate-output.ts";
import { brake, safeProfile } from "./jog-profile.ts";
import { durationOfAll, type JointPath, profilePath } from "./joint-path.ts";
import { pointAt, pointsOf } from "./path-points.ts";
import type { JointLimits, RobotLimits } from "./robot-limits.ts";
import { ToolCourse } from "./tool-course.ts";
import type { ToolTwist } from "./tool-jog.ts";
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

/**
 * Shares of the commanded speed. Where a goal would come too near to something or break a limit, the next cycle tries the next
 * share; meanwhile the goal before goes on, which ends at rest.
 */
const shares = [1, 0.7, 0.5, 0.35, 0.25, 0.15, 0.08, 0.03, 0];
/** With each smaller share a link's twist changes more gently, too. */
const gentler = 0.2;

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
  /** Whether it is as fast as commanded. */
  isFull: boolean;
};

/** A joint that is `error` (rad or m) from its commanded position: it does not follow. */
export type JogLost = { kind: "lost"; joint: string; error: number };

/** Judges the paths of a goal before it is sent. */
export type IsFree = (joints: readonly string[], paths: readonly JointPath[]) => boolean;

/**
 * Moves joints at commanded velocities, or a link at a commanded twist, over trajectory controllers: with short goals that each
 * end at rest inside the limits, and are only sent where they are free. What was sent last is always such a goal: when commands
 * stop arriving, when nothing else is free, and when this program dies, it runs out and the joints rest.
 */
export class JointJog {
  private axes: Axis[] = [];
  private tool: ToolTwist | null = null;
  private readonly course = new ToolCourse();
  private deadline = 0;
  private nextGoal = 0;
  /** Which of `shares` is tried next. */
  private level = 0;
  /** Server ms at which the last, braking goal ends; Infinity while commands last. */
  private restAt = Number.POSITIVE_INFINITY;
  /** Server ms at which the newest goal is at rest. */
  private goalEnds = Number.NEGATIVE_INFINITY;
  private found: string | null = null;
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

  /** What a link's jog is slowed down for by the joints themselves; null: nothing. */
  limitedBy(): string | null {
    return this.found;
  }

  /**
   * A fresh command, valid until `deadline` (server ms): velocities in rad/s or m/s, or the twist of a link, whose joints the
   * velocities then name, each 0. Joints new to the jog begin on their `starts`; joints in `starts` without a velocity brake from
   * there. True when a velocity was clipped to its limit.
   */
  command(
    velocities: Record<string, number>,
    tool: ToolTwist | null,
    starts: readonly AxisStart[],
    limits: RobotLimits,
    now: number,
    deadline: number,
  ): boolean {
    let cut = false;
    const before = this.asked();
    const moved = this.isWanted();
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
    this.tool = tool;
    if (this.asked() !== before) this.level = 0;
    if (this.isWanted() !== moved) this.nextGoal = now;
    this.deadline = deadline;
    return cut;
  }

  /** The starts are on their way already, all to rest: the next goal is due a period later. */
  goesOn(paths: readonly JointPath[], now: number): void {
    this.nextGoal = now + goalPeriodMs;
    this.goalEnds = now + 1000 * durationOfAll(paths);
  }

  halt(): void {
    this.axes = [];
    this.tool = null;
    this.course.forget();
    this.found = null;
    this.level = 0;
    this.goalEnds = Number.NEGATIVE_INFINITY;
  }

  /** Commands ended: brake with the next update. */
  release(): void {
    if (!this.isWanted()) return;
    for (const axis of this.axes) axis.wanted = 0;
    this.tool?.twist.fill(0);
    this.nextGoal = Number.NEGATIVE_INFINITY;
  }

  /**
   * The next short goal; null when none is due, or none is free yet. A joint too far from its jog ends it. The robot's
   * `speedScale` is the share of the commanded speed that is allowed.
   */
  update(now: number, robot: CommandedRobot, isFree: IsFree): JogGoal | JogLost | null {
    if (this.axes.length === 0) return null;
    if (now >= this.deadline) this.release();
    const ending = !this.isWanted();
    if (ending && now >= this.restAt) this.halt();
    if (this.axes.length === 0 || now < this.nextGoal) return null;
    const starts = this.starts(now, robot);
    if (!Array.isArray(starts)) return starts;
    const joints = starts.map(({ axis }) => axis.joint);
    const share = ending ? 0 : (shares[this.level] as number);
    const paths = this.pathsFor(starts, share * (robot.speedScale ?? 1), robot, now);
    if (paths === null || !isFree(joints, paths)) return this.keep(ending, now);
    this.course.commit();
    for (const [i, { axis }] of starts.entries()) {
      axis.path = paths[i] as JointPath;
      axis.since = now;
    }
    const isFull = this.level === 0;
    if (isFull) this.found = null;
    this.level = Math.max(0, this.level - 1);
    this.goalEnds = now + 1000 * Math.max(leastDuration, durationOfAll(paths));
    this.nextGoal = ending ? Number.POSITIVE_INFINITY : now + goalPeriodMs;
    this.restAt = ending ? this.goalEnds : Number.POSITIVE_INFINITY;
    const takesUp = starts.some(({ state }) => state.velocity !== 0 || state.acceleration !== 0);
    return {
      kind: "goal",
      joints,
      paths,
      from: takesUp ? pointAt(paths, 0, true) : null,
      points: pointsOf(paths, true, leastDuration),
      isFull,
    };
  }

  /** The goal before goes on: it ends at rest, and was free. */
  private keep(ending: boolean, now: number): null {
    this.restAt = ending ? Math.max(now, this.goalEnds) : Number.POSITIVE_INFINITY;
    const last = shares.length - 1;
    if (ending) this.nextGoal = Number.POSITIVE_INFINITY;
    else if (this.level === last) this.nextGoal = now + goalPeriodMs;
    else this.level += 1;
    return null;
  }

  /** Where the axes are as planned; or a joint that is somewhere else. */
  private starts(now: number, { limits, measured }: CommandedRobot): Start[] | JogLost {
    const starts: Start[] = [];
    for (const axis of this.axes) {
      const limit = limits.joints.get(axis.joint);
      if (limit === undefined) continue;
      axis.path.sample((now - axis.since) / 1000, this.sample);
      const { velocity, acceleration } = this.sample;
      let { position } = this.sample;
      const found = measured.position(axis.joint) ?? position;
      // A goal uses the turn in which the joint is measured now.
      if (limit.isCircular) position = nearestTurn(position, found);
      axis.fastest = Math.max(axis.fastest, Math.abs(velocity));
      const error = Math.abs(found - position);
      if (error > limit.pathTolerance + lag * axis.fastest) {
        return { kind: "lost", joint: axis.joint, error };
      }
      starts.push({ axis, state: { position, velocity, acceleration }, limit });
    }
    return starts;
  }

  /** A goal's paths at a share of the commanded speed; null: there are none within the limits. */
  private pathsFor(
    starts: readonly Start[],
    share: number,
    robot: CommandedRobot,
    now: number,
  ): JointPath[] | null {
    const states = new Map(starts.map(({ axis, state }) => [axis.joint, state]));
    const gentleness = share === 0 ? 1 : 1 + gentler * this.level;
    this.course.withdraw();
    const ofLink =
      this.tool === null
        ? null
        : this.course.propose(this.tool, share, gentleness, horizon, states, robot, now);
    if (typeof ofLink === "string") {
      this.found = ofLink;
      return null;
    }
    // On no course of the link yet, its joints come to rest first.
    return starts.map(({ axis, state, limit }) => {
      const wanted = share * axis.wanted;
      return (
        ofLink?.get(axis.joint) ??
        profilePath(wanted === 0 ? brake(state, limit) : safeProfile(state, wanted, horizon, limit))
      );
    });
  }

  private isWanted(): boolean {
    return (
      this.axes.some((axis) => axis.wanted !== 0) || (this.tool?.twist.some((value) => value !== 0) ?? false)
    );
  }

  /** What is commanded, as a text to be compared. */
  private asked(): string {
    return `${this.axes.map(({ joint, wanted }) => `${joint} ${wanted}`)} ${this.tool?.axes} ${this.tool?.twist}`;
  }
}

/** Where an axis is when a goal is made. */
type Start = { axis: Axis; state: MotionState; limit: JointLimits };
