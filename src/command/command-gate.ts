import { splitByController } from "./controller-split.ts";
import type { Capabilities, CommandRef, GateOutput } from "./gate-output.ts";
import { JointJog } from "./joint-jog.ts";
import { moveDuration, movePoint } from "./joint-move.ts";
import { LeaseHolder } from "./lease.ts";
import type { CommandRequest, MotionCommand } from "./motion-command.ts";
import { MotionWatch } from "./motion-watch.ts";
import type { RobotLimits } from "./robot-limits.ts";
import { StopLatch, type StopState } from "./stop-latch.ts";
import { durationOf, type TrajectoryGoal, type TrajectoryPoint } from "./trajectory.ts";
import { jogLeaseMs, TwistStream } from "./twist-stream.ts";
import {
  checkJoints,
  checkPosition,
  checkTrajectory,
  checkTwist,
  type MeasuredJoints,
  type Objection,
} from "./validate-motion.ts";

/** How much a command may claim to come from the future before its clock is not believed. Server ms. */
const futureToleranceMs = 1000;
const usualSpeed = 0.5;
const goalTimeTolerance = 2;

/**
 * The only way from a wish to the robot: lease, age, sequence, limits, watchdog, stop latch. Pure:
 * `now` is server ms, passed in; the same calls give the same output.
 */
export class CommandGate {
  readonly lease = new LeaseHolder();
  readonly latch: StopLatch;
  private readonly twist = new TwistStream();
  private readonly jog = new JointJog();
  private readonly motions: MotionWatch;
  private lastSeq = -1;
  private seqEpoch = -1;
  private goalCount = 0;
  private jogRef: CommandRef | null = null;
  private jogGoal: { ids: string[]; joints: string[] } | null = null;

  /** `name` goes into goal ids, so that goals of two runs of this program never share one. */
  constructor(
    private readonly name: string,
    private readonly output: GateOutput,
    remembered: StopState | null,
  ) {
    this.latch = new StopLatch(remembered);
    this.motions = new MotionWatch(output);
  }

  /** Judges one wish and, where nothing speaks against it, lets it through. The answer goes out as results. */
  command(
    request: CommandRequest,
    now: number,
    limits: RobotLimits,
    measured: MeasuredJoints,
    can: Capabilities,
  ): void {
    const ref: CommandRef = { session: request.session, id: request.id };
    const objection = this.objectTo(request, now);
    if (objection !== null) {
      this.output.result(ref, "refused", objection.code, objection.message);
      return;
    }
    const refusal = this.start(ref, request, now, limits, measured, can);
    if (refusal !== null) this.output.result(ref, "refused", refusal.code, refusal.message);
  }

  /** Ends all motion now and latches. Needs no lease; revokes it. True when it was not latched before. */
  stop(by: string, reason: string, now: number, can: Capabilities): boolean {
    const fresh = this.latch.press(by, now, reason);
    this.endMotion("stopped", `stopped by ${by}`, can.twist);
    this.lease.revoke(null);
    return fresh;
  }

  /** Releases the latch and sends nothing: the robot stays where it is. */
  reset(): boolean {
    return this.latch.reset();
  }

  /** The session left or gave its lease back: what it had under way ends. */
  releaseSession(session: string): boolean {
    if (!this.lease.revoke(session)) return false;
    this.endUnderLease("lease_lost", "the lease ended");
    return true;
  }

  /** A trajectory server's word on one of our goals. */
  goalReport(
    goalId: string,
    stage: "accepted" | "executing" | "done" | "aborted",
    code: string,
    message: string,
    error: number | undefined,
    now: number,
  ): void {
    this.motions.report(goalId, stage, code, message, error, now);
  }

  /** One step of the watchdogs. `dt` is seconds since the last. True when the lease expired just now. */
  update(now: number, dt: number, limits: RobotLimits, measured: MeasuredJoints, can: Capabilities): boolean {
    const expired = this.lease.expire(now);
    if (expired) this.endUnderLease("lease_lost", "the lease was not renewed");
    const twist = this.twist.update(now, dt, limits.twist);
    if (twist !== null) this.output.sendTwist(twist);
    this.updateJog(now, limits, measured, can);
    if (this.jogRef !== null && !this.twist.isActive() && !this.jog.isActive()) {
      this.output.result(this.jogRef, "done", "ok", "at rest");
      this.jogRef = null;
    }
    this.motions.update(now);
    return expired;
  }

  /** Ends everything without latching, for a shutdown or a robot whose description changed. */
  endMotion(code: string, message: string, withZero: boolean): void {
    const turning = this.twist.halt();
    if (turning || (withZero && code === "stopped")) this.output.sendTwist({ x: 0, y: 0, yaw: 0 });
    this.cancelJog();
    if (this.jogRef !== null) this.output.result(this.jogRef, "aborted", code, message);
    this.jogRef = null;
    this.motions.cancelAll(code, message);
  }

  private objectTo(request: CommandRequest, now: number): Objection | null {
    const stopped = this.latch.current();
    if (stopped !== null) {
      return { code: "stopped", message: `stopped by ${stopped.by}: reset first` };
    }
    if (!this.lease.holds(request.session, request.epoch, now)) {
      return { code: "no_lease", message: "you do not hold the lease of this robot under that epoch" };
    }
    if (this.seqEpoch === request.epoch && request.seq <= this.lastSeq) {
      return { code: "stale_sequence", message: `seq ${request.seq} does not rise above ${this.lastSeq}` };
    }
    this.seqEpoch = request.epoch;
    this.lastSeq = request.seq;
    const age = now - request.issued;
    if (age > request.ttlMs) {
      return { code: "expired", message: `${Math.round(age)} ms old, good for ${request.ttlMs} ms` };
    }
    if (age < -futureToleranceMs) {
      return {
        code: "from_the_future",
        message: `issued ${Math.round(-age)} ms ahead of the server's clock`,
      };
    }
    return null;
  }

  private start(
    ref: CommandRef,
    request: CommandRequest,
    now: number,
    limits: RobotLimits,
    measured: MeasuredJoints,
    can: Capabilities,
  ): Objection | null {
    const { command } = request;
    const deadline = Math.min(now + jogLeaseMs, request.issued + request.ttlMs);
    switch (command.kind) {
      case "twist": {
        const objection = can.twist
          ? checkTwist(command)
          : { code: "no_controller", message: "nothing takes cmd_vel for this robot" };
        if (objection !== null) return objection;
        const cut = this.twist.wish(
          command.linear.x,
          command.linear.y,
          command.angular.z,
          deadline,
          limits.twist,
        );
        this.acceptJog(ref, cut);
        return null;
      }
      case "jointVelocity":
        return this.startJog(ref, command, now, deadline, limits, measured, can);
      case "jointPosition":
        return this.startMove(ref, command, now, limits, measured, can);
      case "jointTrajectory": {
        const checked = checkTrajectory(command, limits, measured);
        if ("code" in checked) return checked;
        return this.send(ref, checked.joints, checked.points, now, limits, measured, can);
      }
      case "device":
        return this.output.sendDevice(ref, command, request.ttlMs - Math.max(0, now - request.issued));
      case "pose":
      case "plan":
        return { code: "unsupported", message: `this version takes no ${command.kind} command for a robot` };
    }
  }

  private startJog(
    ref: CommandRef,
    command: Extract<MotionCommand, { kind: "jointVelocity" }>,
    now: number,
    deadline: number,
    limits: RobotLimits,
    measured: MeasuredJoints,
    can: Capabilities,
  ): Objection | null {
    const objection = checkJoints(command.velocities, limits, measured);
    if (objection !== null) return objection;
    const joints = Object.keys(command.velocities);
    const undriven = splitByController(joints, [], can.trajectory, measured);
    if (typeof undriven === "string") return noController(undriven);
    this.motions.cancelAll("replaced", "replaced by a jog");
    const cut = this.jog.wish(
      command.velocities,
      (j) => measured.position(j) as number,
      limits,
      now,
      deadline,
    );
    this.acceptJog(ref, cut);
    return null;
  }

  private acceptJog(ref: CommandRef, cut: boolean): void {
    this.jogRef = ref;
    if (cut) this.output.result(ref, "accepted", "limited", "cut to the limits");
    else this.output.result(ref, "accepted", "ok", "");
  }

  private startMove(
    ref: CommandRef,
    command: Extract<MotionCommand, { kind: "jointPosition" }>,
    now: number,
    limits: RobotLimits,
    measured: MeasuredJoints,
    can: Capabilities,
  ): Objection | null {
    const objection = checkJoints(command.positions, limits, measured);
    if (objection !== null) return objection;
    const joints = Object.keys(command.positions);
    const to: number[] = [];
    for (const joint of joints) {
      const limit = limits.joints.get(joint);
      const value = command.positions[joint] as number;
      const outside = limit === undefined ? null : checkPosition(joint, value, limit);
      if (outside !== null) return outside;
      to.push(value);
    }
    const from = joints.map((joint) => measured.position(joint) as number);
    const duration = moveDuration(joints, from, to, limits, command.speed ?? usualSpeed);
    return this.send(ref, joints, [movePoint(to, duration)], now, limits, measured, can);
  }

  private send(
    ref: CommandRef,
    joints: string[],
    points: TrajectoryPoint[],
    now: number,
    limits: RobotLimits,
    measured: MeasuredJoints,
    can: Capabilities,
  ): Objection | null {
    const goals = this.goalsFor(joints, points, limits, measured, can);
    if (typeof goals === "string") return noController(goals);
    this.cancelJog();
    this.motions.cancelAll("replaced", "replaced by a newer command");
    this.output.result(ref, "accepted", "ok", `${durationOf(points).toFixed(2)} s`);
    const last = points[points.length - 1] as TrajectoryPoint;
    this.output.desire(joints, last.positions);
    this.motions.watch(ref, joints, goals, now, durationOf(points), goalTimeTolerance);
    for (const goal of goals) this.output.sendTrajectory(goal);
    this.output.result(ref, "sent", "ok", goals.map((g) => g.controller).join(", "));
    return null;
  }

  private goalsFor(
    joints: string[],
    points: TrajectoryPoint[],
    limits: RobotLimits,
    measured: MeasuredJoints,
    can: Capabilities,
  ): TrajectoryGoal[] | string {
    const parts = splitByController(joints, points, can.trajectory, measured);
    if (typeof parts === "string") return parts;
    return parts.map((part) => ({
      ...part,
      id: `${this.name}-${++this.goalCount}`,
      pathTolerance: part.joints.map((j) => limits.joints.get(j)?.pathTolerance ?? 0),
      goalTolerance: part.joints.map((j) => limits.joints.get(j)?.goalTolerance ?? 0),
      goalTimeTolerance,
    }));
  }

  private updateJog(now: number, limits: RobotLimits, measured: MeasuredJoints, can: Capabilities): void {
    const joints = this.jog.joints();
    const points = this.jog.update(now, limits);
    if (points === null) return;
    const goals = this.goalsFor(joints, points, limits, measured, can);
    if (typeof goals === "string") {
      this.cancelJog();
      return;
    }
    for (const goal of goals) this.output.sendTrajectory(goal);
    this.output.desire(joints, (points[points.length - 1] as TrajectoryPoint).positions);
    this.jogGoal = this.jog.isActive() ? { ids: goals.map((g) => g.id), joints } : null;
    if (this.jogGoal === null) this.output.desireEnds(joints, "reached", "");
  }

  private cancelJog(): void {
    this.jog.halt();
    if (this.jogGoal === null) return;
    for (const id of this.jogGoal.ids) this.output.cancelTrajectory(id);
    this.output.desireEnds(this.jogGoal.joints, "refused", "ended");
    this.jogGoal = null;
  }

  private endUnderLease(code: string, message: string): void {
    this.twist.release();
    this.jog.release();
    this.motions.cancelAll(code, message);
  }
}

function noController(joint: string): Objection {
  return { code: "no_controller", message: `no trajectory controller drives ${joint}` };
}
