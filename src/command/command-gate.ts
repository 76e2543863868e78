import type { CollisionGuard } from "./collision-guard.ts";
import { ControlledStop } from "./controlled-stop.ts";
import type { CommandedRobot, CommandRef, GateOutput, GoalReport } from "./gate-output.ts";
import { type Lease, LeaseHolder } from "./lease.ts";
import { type CommandRequest, type JointMotionCommand, targetOf } from "./motion-command.ts";
import { MotionSender } from "./motion-sender.ts";
import type { PlanAnswer } from "./plan-request.ts";
import type { PresentMotion } from "./present-motion.ts";
import { refuse } from "./refusals.ts";
import type { Braking } from "./stop-braking.ts";
import { StopLatch, type StopState } from "./stop-latch.ts";
import type { MeasuredJoints, Objection } from "./validate-motion.ts";

/** How far in the future a command's time may lie before the gate rejects its clock. Server ms. */
const futureToleranceMs = 1000;

/**
 * The only path from a command to the robot: lease, age, sequence, limits, watchdog, stop latch. Pure: `now` is server
 * ms, passed in; the same calls give the same output.
 */
export class CommandGate {
  readonly lease: LeaseHolder;
  readonly latch: StopLatch;
  private readonly sender: MotionSender;
  private lastSeq = -1;
  private seqEpoch = -1;
  /** Whose lease was not renewed, until the next lease. */
  private lapsedHolder: string | null = null;
  /** Whether the holder's page is hidden. */
  private isPageHidden = false;
  /** The controlled stop that is under way. */
  private stopping: ControlledStop | null = null;

  /** `name` is part of goal ids, so that two runs of this program never share one. */
  constructor(
    name: string,
    private readonly output: GateOutput,
    remembered: StopState | null,
    firstEpoch = 0,
  ) {
    this.lease = new LeaseHolder(firstEpoch);
    this.latch = new StopLatch(remembered);
    this.sender = new MotionSender(name, output);
  }

  /**
   * Checks one command and carries it out unless there is an objection. The answer is sent as results. `isStep`: it is
   * made here, by a sequence, and has no number and no age of its own.
   */
  command(request: CommandRequest, now: number, robot: CommandedRobot, isStep = false): void {
    const { session, id, command } = request;
    const isJog = isJogKind(command.kind);
    const ref: CommandRef = { session, id, target: targetOf(command), isJog };
    const objection = this.objectTo(request, now, isStep) ?? this.sender.start(ref, request, now, robot);
    if (objection === null) return;
    refuse(this.output, ref, objection);
  }

  /** See `JointMotions.rehearse`. Needs no lease, since nothing is sent. */
  rehearse(command: JointMotionCommand, now: number, robot: CommandedRobot): CollisionGuard | Objection {
    return this.sender.planned.rehearse(command, now, robot);
  }

  /**
   * As `LeaseHolder.acquire`. Motion under a lease that ends by it is braked before another begins. `forced`: takes the
   * lease from whoever holds it, and is the reason that their motion ends with.
   */
  acquire(
    session: string,
    holder: string,
    now: number,
    robot: CommandedRobot,
    yields = false,
    forced: string | null = null,
  ): { granted: boolean; lease: Lease } {
    this.expire(now, robot);
    const before = this.lease.current();
    const answer = this.lease.acquire(session, holder, now, yields, forced !== null);
    if (answer.granted && before?.session !== session) {
      this.sender.speed.percent = 100;
      this.isPageHidden = false;
    }
    if (answer.granted) this.lapsedHolder = null;
    if (answer.granted && before !== null && before.session !== session) {
      this.sender.release("lease_lost", forced ?? `${holder} took over`, now, robot);
    }
    return answer;
  }

  /**
   * Latches and ends all motion: at once, or, where the robot is so configured and the stop is its first, by braking on
   * the path. Needs no lease; revokes it. True when it was not latched before.
   */
  stop(by: string, reason: string, now: number, robot: CommandedRobot, immediate = false): boolean {
    const fresh = this.latch.press(by, now, reason);
    const isControlled = fresh && robot.stop === "controlled" && !immediate;
    if (!isControlled || !this.brake(`stopped by ${by}`, now, robot)) {
      if (this.stopping !== null) this.output.stopEnds?.("escalated", "the stop was pressed again");
      this.stopping = null;
      this.sender.end("stopped", `stopped by ${by}`, robot.can.twist);
    }
    this.lease.revoke(null);
    return fresh;
  }

  /** How fast everything goes, 0 to 100 % of what was planned or commanded. */
  override(): number {
    return this.sender.speed.percent;
  }

  /**
   * Changes the speed override, also of motions under way. Anyone may lower it; to raise it the session must hold the
   * lease. A new holder begins at 100 %.
   */
  setOverride(session: string, percent: number, now: number): Objection | null {
    const lease = this.lease.current();
    const isHolder = lease !== null && lease.session === session && lease.expires > now;
    if (percent > this.override() && !isHolder) {
      return { code: "no_lease", message: "only the lease holder may raise the speed: acquire the lease" };
    }
    this.sender.speed.percent = percent;
    return null;
  }

  /** What a controlled stop still brakes; null: none is under way. */
  braking(): Braking | null {
    return this.stopping?.braking ?? null;
  }

  /**
   * Releases the latch and sends nothing: the robot does not move. What was planned is forgotten, so the next motion
   * starts where the robot is measured. A controlled stop under way is ended at once before.
   */
  reset(): boolean {
    if (this.stopping !== null) this.endStop("escalated", "it was reset before the robot was at rest");
    return this.latch.reset();
  }

  /** The session left or released its lease: its motion brakes within its limits. */
  releaseSession(session: string, now: number, robot: CommandedRobot): boolean {
    if (!this.lease.revoke(session)) return false;
    this.sender.release("lease_lost", "the lease ended", now, robot);
    return true;
  }

  /** A trajectory server's report on one of our goals. */
  goalReport(report: GoalReport, now: number, robot: CommandedRobot): void {
    const isBraking = this.stopping?.braking.goals.has(report.goalId) === true;
    this.sender.report(report, now, robot);
    if (!isBraking) return;
    if (report.stage !== "aborted") {
      this.stopping?.accepted(report.goalId, now);
      return;
    }
    this.endStop("escalated", `the controller does not brake: ${report.message || report.code}`);
  }

  /** What was computed for a command of tool space. */
  takePlan(answer: PlanAnswer, now: number, robot: CommandedRobot): void {
    // A stop drops what is computed; the latch holds, whatever comes afterwards.
    const stopped = this.latch.current();
    if (stopped === null) {
      this.sender.planned.take(answer, now, robot);
      this.sender.tasks.take(answer, now, robot);
    } else this.sender.planned.drop("stopped", `stopped by ${stopped.by}: reset first`);
  }

  /** The motions that were sent, by joint; see `PresentMotion.sent`. */
  sent(): ReturnType<PresentMotion["sent"]> {
    return this.sender.sent();
  }

  /**
   * Whether there is nothing to step: no lease, and no motion that is under way or ends. Then `update` may be left out at
   * `now`; this takes its place.
   */
  isQuiet(now: number): boolean {
    return this.lease.current() === null && this.stopping === null && this.sender.isQuiet(now);
  }

  /** One step of the watchdogs. `dt` is seconds since the last step. True when the lease expired in this step. */
  update(now: number, dt: number, robot: CommandedRobot): boolean {
    const expired = this.expire(now, robot);
    this.sender.update(now, dt, robot);
    this.watchStop(now, robot);
    return expired;
  }

  /** Jogs under way end on their ramps; a control that is held on needs a fresh press. */
  endJogs(code: string, message: string, now: number): void {
    this.sender.block(code, message, now);
    this.sender.endJogs();
  }

  /** Whether the holder's page is hidden: then it begins no jog. */
  setPageHidden(isHidden: boolean): void {
    this.isPageHidden = isHidden;
  }

  /** Why the lease watchdog is tripped; null: it is not. */
  lapsed(): string | null {
    return this.lapsedHolder === null ? null : `the lease of ${this.lapsedHolder} was not renewed`;
  }

  /** The joint that a motion ended for, because it was not measured any more, until it is measured again. */
  blind(measured: MeasuredJoints): string | null {
    return this.sender.blind(measured);
  }

  /** Ends everything without latching, for a shutdown or a robot whose description changed. */
  endMotion(code: string, message: string, now: number): void {
    this.sender.block(code, message, now);
    this.sender.end(code, message, this.stopping?.braking.twist === true);
    if (this.stopping === null) return;
    this.stopping = null;
    this.output.stopEnds?.("escalated", message);
  }

  /** Ends what grippers and navigators have been asked for. */
  endTasks(code: string, message: string): void {
    this.sender.tasks.end(code, message);
  }

  /** Begins a controlled stop; false where everything is to end at once. */
  private brake(message: string, now: number, robot: CommandedRobot): boolean {
    const braking = this.sender.brake("stopped", message, now, robot);
    if (braking === null) return false;
    if (typeof braking === "string") {
      this.output.stopEnds?.("escalated", braking);
      return false;
    }
    this.stopping = new ControlledStop(braking);
    return true;
  }

  private watchStop(now: number, robot: CommandedRobot): void {
    if (this.stopping === null) return;
    const seen = this.stopping.judge(now, robot, !this.sender.isBaseMoving());
    if (seen === "braking") return;
    if (seen === "rest") this.endStop("rest", "");
    else this.endStop("escalated", seen.reason);
  }

  /** Cancels every goal and sends the zero, as an immediate stop does. */
  private endStop(how: "rest" | "escalated", reason: string): void {
    const withZero = this.stopping?.braking.twist === true;
    this.stopping = null;
    this.sender.end("stopped", "the stop is complete", withZero);
    this.output.stopEnds?.(how, reason);
  }

  private expire(now: number, robot: CommandedRobot): boolean {
    const holder = this.lease.current()?.holder ?? null;
    const expired = this.lease.expire(now);
    if (!expired) return false;
    this.lapsedHolder = holder;
    this.sender.release("lease_lost", "the lease was not renewed", now, robot);
    return true;
  }

  private objectTo(request: CommandRequest, now: number, isStep: boolean): Objection | null {
    const stopped = this.latch.current();
    if (stopped !== null) {
      return { code: "stopped", message: `stopped by ${stopped.by}: reset first` };
    }
    if (!this.lease.holds(request.session, request.epoch, now)) {
      return { code: "no_lease", message: "you do not hold the lease of this robot under that epoch" };
    }
    if (isStep) return null;
    if (this.seqEpoch === request.epoch && request.seq <= this.lastSeq) {
      return { code: "stale_sequence", message: `seq ${request.seq} does not rise above ${this.lastSeq}` };
    }
    if (this.isPageHidden && isJogKind(request.command.kind)) {
      return { code: "page_hidden", message: "the page is hidden: nobody sees the robot move" };
    }
    this.seqEpoch = request.epoch;
    this.lastSeq = request.seq;
    const age = now - request.issued;
    if (age > request.ttlMs) {
      return {
        code: "expired",
        message: `issued ${Math.round(age)} ms ago by the server's clock, valid for ${request.ttlMs} ms (ttlMs): it came late, or your clock differs; see "serverTime" in the answer to "ping"`,
      };
    }
    if (age < -futureToleranceMs) {
      return {
        code: "from_the_future",
        message: `issued ${Math.round(-age)} ms ahead of the server's clock: your clock differs; see "serverTime" in the answer to "ping"`,
      };
    }
    return null;
  }
}

function isJogKind(kind: CommandRequest["command"]["kind"]): boolean {
  return kind === "twist" || kind === "jointVelocity" || kind === "cartesianVelocity";
}
