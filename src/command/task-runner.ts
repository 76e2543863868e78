import { hasWaited, type JointTargets, objectToArrival } from "./arrival.ts";
import type { CommandedRobot, CommandRef, CommandResult, GateOutput, GoalReport } from "./gate-output.ts";
import type { MotionCommand } from "./motion-command.ts";
import type { RobotTask } from "./robot-task.ts";
import { type TaskCommand, taskFor, wordsFor } from "./task-request.ts";
import { isZero } from "./twist-runner.ts";
import type { Objection } from "./validate-motion.ts";

/** How long a program on the robot may take to accept a task, ms. */
const answerWithinMs = 3000;
/** How long a gripper may take, and a service, ms. A goal of the base has no bound: its navigator reports on the way. */
const gripperWithinMs = 30_000;
const serviceWithinMs = 60_000;
/** A navigator that reported on the way and is silent for this time, ms, or for five times its usual pause, hangs. */
const silentMs = 3000;
const usualPauses = 5;
/** For this long a base that is driven to a goal may be unseen, ms: one late message must not end a long way. */
const blindMs = 500;
/** How long a task that takes the place of another waits until that one has ended, ms. */
const handOverMs = 2000;

const paused = "the speed override is 0 %: raise it first";

type Running = {
  ref: CommandRef;
  task: RobotTask;
  stage: "waiting" | "sent" | "accepted";
  /** Server ms of the last change of stage. */
  since: number;
  /** Ids of tasks whose place it takes. */
  replaced: readonly string[];
  /** Of a navigation: the greatest distance that was reported, m; the last report and the longest pause, server ms. */
  farthest: number;
  reportedAt: number;
  longestPause: number;
  /** Whether the base's pose was measured since it began; since when it is not, server ms. */
  wasSeen: boolean;
  unseenSince: number;
  /** The gripper is done since then; the measurement is still to confirm it. */
  arriving: { since: number; message: string } | null;
};

/**
 * The tasks of one robot: handed to the programs on it, followed to their end, ended with the lease and by a stop. `now`
 * is server ms.
 */
export class TaskRunner {
  private tasks: Running[] = [];
  private count = 0;

  /** `name` is part of task ids, so that two runs of this program never share one. */
  constructor(
    private readonly name: string,
    private readonly output: GateOutput,
    /** The base's jog: a goal waits for the end of its ramp. */
    private readonly jog: { release(): void; isMoving(): boolean },
  ) {}

  /** Begins a task, in the place of one of its kind and target, or returns why not. */
  start(ref: CommandRef, command: TaskCommand, now: number, robot: CommandedRobot): Objection | null {
    if (robot.speedScale === 0) return { code: "paused", message: paused };
    const request = taskFor(command, robot);
    if ("code" in request) return request;
    const task = { ...request, id: `${this.name}-task-${++this.count}` } as RobotTask;
    const busy = this.tasks.find((one) => one.task.kind === "service" && one.task.target === task.target);
    if (busy !== undefined) {
      return { code: "service_busy", message: `${task.target} has not answered the call before this one` };
    }
    this.output.result(ref, { stage: "accepted", code: "ok", message: wordsFor(request) });
    const newer = "replaced by a newer command";
    const before = this.tasks.filter((one) => takesPlaceOf(task, one.task));
    const rivals = before.filter((one) => one.task.target !== task.target || one.stage === "waiting");
    const running: Running = {
      ref,
      task,
      // A navigator refuses a goal while another of its actions runs.
      stage: rivals.length > 0 || (isBaseGoal(task) && this.jog.isMoving()) ? "waiting" : "sent",
      since: now,
      // What a waiting one was to replace may still run.
      replaced: before.flatMap((one) => (one.stage === "waiting" ? one.replaced : [one.task.id])),
      farthest: 0,
      reportedAt: Number.NaN,
      longestPause: 0,
      wasSeen: false,
      unseenSince: Number.NaN,
      arriving: null,
    };
    if (isBaseGoal(task)) this.jog.release();
    for (const one of before) this.finish(one, { stage: "aborted", code: "replaced", message: newer });
    this.tasks.push(running);
    if (running.stage === "waiting") for (const id of running.replaced) this.output.cancelTask(id);
    else this.send(running, now);
    return null;
  }

  /** A jog of the base that nothing objects to ends what drives it to a goal. */
  beside(jog: Extract<MotionCommand, { kind: "twist" }>, objection: Objection | null): Objection | null {
    if (objection === null && !isZero(jog)) this.end("replaced", "replaced by a jog of the base", "base");
    return objection;
  }

  isEmpty(): boolean {
    return this.tasks.length === 0;
  }

  /** A report on a task; false where it is none of these. */
  report(report: GoalReport, now: number, robot: CommandedRobot): boolean {
    const waiting = this.tasks.find((one) => one.stage === "waiting" && one.replaced.includes(report.goalId));
    if (waiting !== undefined) {
      const hasEnded = report.stage === "done" || report.stage === "aborted";
      if (hasEnded) waiting.replaced = waiting.replaced.filter((id) => id !== report.goalId);
      if (this.isFree(waiting)) this.send(waiting, now);
      return true;
    }
    const running = this.tasks.find((one) => one.task.id === report.goalId);
    if (running === undefined) return false;
    const { stage, code, message } = report;
    switch (stage) {
      case "accepted":
        this.accept(running, now);
        break;
      case "executing":
        if (running.stage !== "accepted") this.accept(running, now);
        this.tell(running, report, now);
        break;
      case "done":
        this.dropReplaced(running);
        // A gripper that holds something stands short of its goal, and its controller calls that success.
        if (targetsOf(running.task) === null || code === "stalled") {
          this.finish(running, { stage, code: code === "stalled" ? "ok" : code, message });
        } else {
          running.arriving = { since: now, message };
          this.confirm(running, now, robot);
        }
        break;
      case "aborted":
        // Nobody took the place of those before it, which may still run.
        this.dropReplaced(running);
        this.finish(running, { stage, code, message });
        break;
    }
    return true;
  }

  /** Ends tasks that were not answered, or that nobody may go on with. */
  update(now: number, robot: CommandedRobot): void {
    for (const running of [...this.tasks]) {
      if (running.arriving !== null) this.confirm(running, now, robot);
      else if (running.stage === "waiting") {
        if (this.isFree(running) || now - running.since > handOverMs) this.send(running, now);
      } else {
        const objection = objectTo(running, now, robot);
        if (objection !== null) this.abort(running, objection.code, objection.message);
      }
    }
  }

  /** Ends all tasks, or those that move the base. A service that was called, and what was published, is past cancelling. */
  end(code: string, message: string, which: "all" | "base" = "all"): void {
    for (const running of [...this.tasks]) {
      if (which === "all" || running.task.kind === "navigate") this.abort(running, code, message);
    }
  }

  /** Whether nothing drives any more whose place it takes. */
  private isFree({ replaced }: Running): boolean {
    return replaced.length === 0 && !this.jog.isMoving();
  }

  private send(running: Running, now: number): void {
    running.stage = "sent";
    running.since = now;
    this.output.sendTask(running.task);
    this.output.result(running.ref, { stage: "sent", code: "ok", message: `to ${running.task.target}` });
  }

  private accept(running: Running, now: number): void {
    running.stage = "accepted";
    running.since = now;
    this.dropReplaced(running);
    const message = `${running.task.target} accepted it`;
    this.output.result(running.ref, { stage: "executing", code: "ok", message, progress: 0 });
  }

  /** A server that runs goals side by side would go on with those whose place was taken; others ignore the cancel. */
  private dropReplaced(running: Running): void {
    for (const id of running.replaced) this.output.cancelTask(id);
    running.replaced = [];
  }

  private tell(running: Running, { message, navigation, error }: GoalReport, now: number): void {
    if (!Number.isNaN(running.reportedAt)) {
      running.longestPause = Math.max(running.longestPause, now - running.reportedAt);
    }
    running.reportedAt = now;
    const distance = navigation?.distanceRemaining ?? 0;
    running.farthest = Math.max(running.farthest, distance);
    const share = running.farthest > 0 ? 1 - distance / running.farthest : 0;
    this.output.result(running.ref, {
      stage: "executing",
      code: "ok",
      message,
      ...(navigation === undefined ? {} : { progress: Math.min(1, Math.max(0, share)), navigation }),
      error,
    });
  }

  /** The measurement decides whether a gripper is where its controller reports it. */
  private confirm(running: Running, now: number, robot: CommandedRobot): void {
    const targets = targetsOf(running.task);
    if (running.arriving === null || targets === null) return;
    const { since, message } = running.arriving;
    const isMeasured = targets.joints.every((joint) => robot.measured.position(joint) !== undefined);
    const objection = isMeasured ? objectToArrival(targets, robot) : null;
    if (objection !== null && !hasWaited(since, now, targets, robot)) return;
    if (objection === null) this.finish(running, { stage: "done", code: "ok", message, progress: 1 });
    else {
      const doubt = `the gripper reports success, but ${objection}`;
      this.finish(running, { stage: "done", code: "not_reached", message: doubt, progress: 1 });
    }
  }

  private abort(running: Running, code: string, message: string): void {
    const { kind, target, id } = running.task;
    if (running.stage !== "waiting") this.output.cancelTask(id);
    // The tasks whose place it should take may still run where nobody accepted it.
    for (const before of running.replaced) this.output.cancelTask(before);
    const late =
      kind === "service" ? `${message}; ${target} was called, and a call cannot be cancelled` : message;
    this.finish(running, { stage: "aborted", code, message: late });
  }

  private finish(running: Running, result: CommandResult): void {
    this.tasks = this.tasks.filter((one) => one !== running);
    const { stage, code, message, progress } = result;
    const all = stage === "done" && progress === undefined ? 1 : progress;
    this.output.result(running.ref, {
      stage,
      code,
      message,
      ...(all === undefined ? {} : { progress: all }),
    });
  }
}

/** Why a task is to end; null: it may go on. */
function objectTo(running: Running, now: number, robot: CommandedRobot): Objection | null {
  const { task, stage, since } = running;
  const age = now - since;
  if (stage === "sent" && task.kind !== "service" && age > answerWithinMs) {
    return { code: "no_answer", message: `${task.target} did not answer in ${answerWithinMs / 1000} s` };
  }
  if (task.kind === "service") {
    if (age <= serviceWithinMs) return null;
    return { code: "no_answer", message: `${task.target} did not answer in ${serviceWithinMs / 1000} s` };
  }
  if (robot.speedScale === 0) return { code: "paused", message: paused };
  // What a simulation has paused is late by our time alone; a slow one has its own time.
  if (robot.isTimeStanding === true) return null;
  if (task.kind === "gripper" && age > gripperWithinMs && (robot.robotTime ?? null) === null) {
    return { code: "timed_out", message: `no result in ${gripperWithinMs / 1000} s` };
  }
  return task.kind === "navigate" ? objectToNavigation(running, now, robot) : null;
}

function objectToNavigation(running: Running, now: number, { isBaseSeen }: CommandedRobot): Objection | null {
  running.wasSeen ||= isBaseSeen === true;
  if (isBaseSeen !== false) running.unseenSince = Number.NaN;
  else if (Number.isNaN(running.unseenSince)) running.unseenSince = now;
  if (running.wasSeen && now - running.unseenSince > blindMs) {
    return { code: "stale_state", message: "the base is not measured any more: nobody sees where it goes" };
  }
  const patience = Math.max(silentMs, usualPauses * running.longestPause);
  if (Number.isNaN(running.reportedAt) || now - running.reportedAt <= patience) return null;
  const silent = `${running.task.target} has reported nothing for ${Math.round((now - running.reportedAt) / 1000)} s`;
  return { code: "no_feedback", message: `${silent}: it hangs, or is gone` };
}

/** One gripper, or one base, does one thing at a time. */
function takesPlaceOf(task: RobotTask, other: RobotTask): boolean {
  if (task.kind === "gripper") return other.kind === "gripper" && other.target === task.target;
  return isBaseGoal(task) && other.kind === "navigate";
}

function isBaseGoal(task: RobotTask): boolean {
  return task.kind === "navigate" || (task.kind === "announce" && task.as === "goal");
}

/** Where the measurement must find a gripper's joint; null where that is not known, or there is none. */
function targetsOf(task: RobotTask): JointTargets | null {
  if (task.kind !== "gripper" || task.joint === null) return null;
  return { joints: [task.joint], positions: [task.position] };
}
