import { hasWaited, objectToArrival } from "./arrival.ts";
import type { MotionPoints } from "./controller-split.ts";
import { FreshPress } from "./fresh-press.ts";
import type { CommandedRobot, CommandRef, CommandResult, GateOutput, GoalReport } from "./gate-output.ts";
import { HeldJoints } from "./held-joints.ts";
import { JogRoom } from "./jog-room.ts";
import { type AxisStart, JointJog } from "./joint-jog.ts";
import { motionPoints, type PlannedMotion } from "./planned-motion.ts";
import type { PresentMotion } from "./present-motion.ts";
import { objectToFollowers } from "./refusals.ts";
import type { ToolTwist } from "./tool-jog.ts";
import type { TrajectoryGoal, TrajectoryPoint } from "./trajectory.ts";
import { uncheckedNote } from "./unchecked-note.ts";
import type { Objection } from "./validate-motion.ts";

/** A jog ends when a controller answers none of its goals for this long. ms */
const answerWithinMs = 1000;
const mostRemembered = 32;

/** For a preempted goal most errors of a controller are no fault; these are faults, whichever goal they concern. */
const faults: ReadonlySet<string> = new Set([
  "controller_rejected",
  "controller_gone",
  "controller_-2",
  "controller_-3",
  "controller_-4",
  "controller_-5",
  "ros_error",
  "type_mismatch",
  "device_offline",
  "device_changed",
  "device_refused",
  "no_answer",
]);

/** Makes goals for the controllers of `joints`, or names a joint that none drives. */
export type GoalMaker = (
  motion: MotionPoints,
  robot: CommandedRobot,
  now: number,
) => TrajectoryGoal[] | string;

/** What a jog is to do: see `JointJog.command`. `limitedBy`: why it is slower than it was asked for, or null. */
export type JogTarget = {
  velocities: Record<string, number>;
  tool: ToolTwist | null;
  limitedBy: string | null;
};

/** Velocities of joints, as they are asked for: rad/s or m/s. */
export function ofJoints(velocities: Record<string, number>): JogTarget {
  return { velocities, tool: null, limitedBy: null };
}

/** One jog of joints: its goals, their answers, its client. Times are server ms. */
export class JogRunner {
  private readonly jog = new JointJog();
  private ref: CommandRef | null = null;
  /** The newest goals, and the ids of those before them. */
  private goals: TrajectoryGoal[] = [];
  private readonly older: string[] = [];
  private joints: readonly string[] = [];
  private rest: number[] = [];
  /** Goals of earlier motions that the controllers abandon in favour of this jog's. */
  private replaced: string[] = [];
  /** Server ms of the first goal since the controllers answered last; NaN: none is without an answer. */
  private askedAt = Number.NaN;
  /** Since when the jog has been over but not yet confirmed by the measurement. */
  private endedAt: number | null = null;
  private readonly freshPress = new FreshPress();
  /** Joints beside the jog stay where they were at its start. */
  private readonly held = new HeldJoints();
  private readonly room = new JogRoom();

  constructor(
    private readonly output: GateOutput,
    private readonly present: PresentMotion,
    private readonly goalsFor: GoalMaker,
  ) {}

  isActive(): boolean {
    return this.jog.isActive();
  }

  /** Whether no jog moves, brakes or waits for its end to be confirmed. */
  isOver(): boolean {
    return !this.jog.isActive() && this.ref === null && this.goals.length === 0 && this.held.isEmpty();
  }

  /** Whether the jog moves or brakes `joint`. */
  has(joint: string): boolean {
    return this.jog.has(joint);
  }

  /** Why a jog cannot start now: the previous one failed and its key or button has not been released since. */
  objection({ session }: CommandRef, { velocities, tool }: JogTarget, now: number): Objection | null {
    const wanted = [...Object.values(velocities), ...(tool?.twist ?? [])];
    return this.freshPress.refusal(
      wanted.every((value) => value === 0),
      now,
      session,
    );
  }

  /** A jog was refused for now: a control that is held must not begin it by itself later. */
  refused({ session }: CommandRef, objection: Objection, now: number): Objection {
    this.freshPress.demand(objection.code, objection.message, now, session);
    return objection;
  }

  /** The jog under way cannot go on, whatever comes of its command: it brakes, and needs a fresh press. */
  lose({ code, message }: Objection, now: number): void {
    this.freshPress.heldOn(now);
    this.block(code, message, now);
    this.jog.release();
  }

  /** What is under way must not be taken up again by a control that is still held. */
  block(code: string, message: string, now: number): void {
    if (this.jog.isActive()) this.freshPress.demand(code, message, now, this.ref?.session ?? null);
  }

  /**
   * See `JointJog.command`. `replaced`: goals that the controllers give up for those of this jog. `braking`: how the joints
   * that other motions move come to rest on their way; the jog begins on it.
   */
  command(
    ref: CommandRef,
    { velocities, tool, limitedBy }: JogTarget,
    starts: readonly AxisStart[],
    braking: PlannedMotion,
    replaced: readonly string[],
    robot: CommandedRobot,
    now: number,
    deadline: number,
  ): void {
    this.endedAt = null;
    this.replaced.push(...replaced);
    const cut = this.jog.command(velocities, tool, starts, robot.limits, now, deadline);
    const goesOn = this.ref?.session === ref.session;
    if (this.ref !== null && !goesOn) {
      const taken = "another session jogs the robot now";
      this.output.result(this.ref, { stage: "aborted", code: "lease_lost", message: taken });
    }
    this.ref = ref;
    if (braking.joints.length > 0) {
      if (!this.send(motionPoints(braking), robot, now)) return;
      this.jog.goesOn(braking.paths, now);
    }
    const obstacle = this.room.obstacle() ?? this.jog.limitedBy() ?? limitedBy;
    const [code, message] =
      obstacle !== null
        ? ["limited", `slowed down: ${obstacle}`]
        : cut
          ? ["limited", "a jog, cut to the limits"]
          : ["ok", "a jog"];
    if (goesOn) this.output.jogGoesOn(ref, code as string, message as string);
    else {
      const text = `${message}${uncheckedNote(robot)}`;
      this.output.result(ref, { stage: "accepted", code: code as string, message: text });
    }
  }

  /** Commands ended: the joints brake on their ramps. */
  release(): void {
    this.jog.release();
  }

  update(now: number, robot: CommandedRobot): void {
    const next = this.jog.update(now, robot, (joints, paths) => this.room.isFree(joints, paths, robot));
    if (next?.kind === "lost") {
      const off = Math.round(next.error * 1000) / 1000;
      this.fail(
        "not_following",
        `${next.joint} is ${off} from where the jog has it: it does not follow`,
        now,
      );
    } else if (next?.kind === "goal") {
      if (next.isFull) this.room.forget();
      if (this.send(next, robot, now)) this.present.begin(next.joints, next.paths, now);
    }
    if (now - this.askedAt > answerWithinMs && this.jog.isActive()) {
      this.fail("no_answer", `the controller did not answer in ${answerWithinMs / 1000} s`, now);
    }
    if (!this.jog.isActive()) this.finish(now, robot);
  }

  /** A report on a goal; false when the goal does not belong to the jog. */
  report({ goalId, stage, code, message }: GoalReport, now: number): boolean {
    const isNewest = this.goals.some((goal) => goal.id === goalId);
    if (!isNewest && !this.older.includes(goalId)) return false;
    if (stage !== "aborted") {
      this.askedAt = Number.NaN;
      this.dropReplaced();
    } else if (this.jog.isActive() && (isNewest || faults.has(code))) {
      this.fail(code, message, now);
    }
    return true;
  }

  /**
   * Releases the jog's controllers. Goals of `kept` controllers are not cancelled, since newer goals preempt them;
   * their ids are returned.
   */
  handOver(kept: ReadonlySet<string>, code: string, message: string): string[] {
    const left = this.goals.filter(({ controller }) => kept.has(controller)).map(({ id }) => id);
    for (const { id, controller } of this.goals) {
      if (!kept.has(controller)) this.output.cancelTrajectory(id);
    }
    left.push(...this.replaced);
    if (this.goals.length > 0) this.output.desireBecomes(this.joints, "refused", message);
    if (this.ref !== null) this.output.result(this.ref, { stage: "aborted", code, message });
    this.forget();
    return left;
  }

  /** Ends the jog at once. */
  cancel(code: string, message: string): void {
    for (const id of this.handOver(new Set(), code, message)) this.output.cancelTrajectory(id);
  }

  /** Whether it was sent; where not, the jog has ended. */
  private send(motion: MotionPoints, robot: CommandedRobot, now: number): boolean {
    const { joints, points } = motion;
    const beside = { ...robot, measured: this.held.among(robot.measured) };
    const goals = this.goalsFor(motion, beside, now);
    if (typeof goals === "string") {
      this.fail("no_controller", `no trajectory controller drives ${goals} any more`, now);
      return false;
    }
    const beyond = objectToFollowers(goals, robot);
    if (beyond !== null) {
      this.fail(beyond.code, beyond.message, now);
      return false;
    }
    if (Number.isNaN(this.askedAt)) this.askedAt = now;
    this.older.push(...this.goals.map(({ id }) => id));
    this.older.splice(0, this.older.length - mostRemembered);
    this.goals = goals;
    this.joints = joints;
    this.rest = (points[points.length - 1] as TrajectoryPoint).positions;
    for (const goal of goals) this.output.sendTrajectory(goal);
    this.output.desire(joints, this.rest);
    return true;
  }

  /** The jog ends with a fault; its last goals, which end at rest, are cancelled, and it needs a fresh press. */
  private fail(code: string, message: string, now: number): void {
    this.freshPress.demand(code, message, now, this.ref?.session ?? null);
    this.present.forget(this.joints);
    this.cancel(code, message);
  }

  /** Reports the end of a jog that came to rest, once the measurement confirms it. */
  private finish(now: number, robot: CommandedRobot): void {
    this.held.clear();
    if (this.ref === null && this.goals.length === 0) return;
    this.endedAt ??= now;
    const targets = { joints: this.joints, positions: this.rest };
    const objection = this.goals.length === 0 ? null : objectToArrival(targets, robot);
    if (objection !== null && !hasWaited(this.endedAt, now, targets, robot)) return;
    const isThere = objection === null;
    if (this.goals.length > 0) {
      this.output.desireBecomes(this.joints, isThere ? "reached" : "timedOut", objection ?? "");
    }
    // Nothing was sent: others may move the joints meanwhile, and what they do is not the end of this jog.
    const heldBack = this.goals.length === 0 ? this.room.obstacle() : null;
    if (this.ref !== null) this.output.result(this.ref, endOfJog(objection, heldBack));
    this.dropReplaced();
    this.forget();
  }

  private dropReplaced(): void {
    for (const id of this.replaced.splice(0)) this.output.cancelTrajectory(id);
  }

  private forget(): void {
    this.room.forget();
    this.jog.halt();
    this.held.clear();
    this.goals = [];
    this.older.length = 0;
    this.replaced.length = 0;
    this.ref = null;
    this.endedAt = null;
    this.askedAt = Number.NaN;
  }
}

/** How a jog ended. `objection`: where it did not arrive; `heldBack`: what kept it from sending anything. */
function endOfJog(objection: string | null, heldBack: string | null): CommandResult {
  if (heldBack !== null) {
    return { stage: "aborted", code: "not_moved", message: `nothing was sent: ${heldBack}` };
  }
  if (objection === null) return { stage: "done", code: "ok", message: "at rest" };
  return { stage: "done", code: "not_reached", message: `the jog is over, but ${objection}` };
}
