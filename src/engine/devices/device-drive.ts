import type { GoalReport } from "../../command/gate-output.ts";
import type { TrajectoryGoal } from "../../command/trajectory.ts";
import type { MeasuredJoints, Objection } from "../../command/validate-motion.ts";
import { nearestTurn } from "../../core/circle.ts";
import type { SplineSample } from "../../robot/trajectory/point-spline.ts";
import type { Outbox } from "../ports/outputs.ts";
import type { DeviceAnswer } from "./device-commands.ts";
import type { JointDrive } from "./device-signals.ts";
import type { DeviceTwin } from "./device-twin.ts";
import { SetpointPath } from "./setpoint-path.ts";

/** How often a set-point goes out: five would have to be lost before a microcontroller's watchdog ends the motion. */
const setpointEachMs = 40;
const holdEachMs = 80;
/** What a set-point is good for at the device; its own watchdog may be shorter. */
const setpointTtlMs = 250;
const feedbackEachMs = 100;
/**
 * How far a device may be behind its set-points, s: telemetry is up to a tenth of a second old, set-points come in steps, and
 * the device brakes for each. Its error is how far it is from where it should have been within this time.
 */
const maxLag = 0.25;
/** A joint has arrived when it was within its tolerance for so long: one that passes through has not. */
const settledMs = 200;
const lagSteps = 10;
/** A device that takes nothing for so long is not driven any more, unless others are so patient on purpose. */
const usualAnswerMs = 1000;

/** FollowJointTrajectory's codes (control_msgs/action/FollowJointTrajectory.action). */
const pathToleranceViolated = "controller_-4";
const goalToleranceViolated = "controller_-5";

export type DeviceDriveContext = {
  out: Outbox;
  /** What is measured of a robot's joints. */
  measured(robot: string): MeasuredJoints | null;
  /** Whether somebody drives the robot, so that a joint may be held where a motion brought it. */
  mayHold(robot: string): boolean;
  report(robot: string, report: GoalReport): void;
  /** See `EngineOptions.deviceAnswerMs`. */
  deviceAnswerMs?: number | undefined;
};

/** How far a run is. */
type Phase =
  /** The device has taken no set-point yet. */
  | { kind: "starting" }
  /** `since`: when the joint came within the tolerance of its goal; null: it is not. */
  | { kind: "moving"; since: number | null }
  /** The goal is reached: the joint is held there. */
  | { kind: "holding" }
  /** The device takes no more set-points. `toTell`: the goal was not reached yet, and somebody waits for it. */
  | { kind: "refused"; objection: Objection; toTell: boolean };

type Run = {
  robot: string;
  goal: TrajectoryGoal;
  device: DeviceTwin;
  /** Of the device, at the begin: a set-point is never for another boot or another birth. */
  session: number;
  drive: JointDrive;
  /** The joint's place in the goal. */
  column: number;
  path: SetpointPath;
  started: number;
  nextSetpoint: number;
  nextFeedback: number;
  /** When the device took a set-point last. */
  answered: number;
  phase: Phase;
  /** The last set-point, rad or m. */
  at: SplineSample;
};

/**
 * Carries out goals on joints that microcontrollers drive: streams set-points that each live a quarter of a
 * second, so that a device that hears nothing stops by itself. Nothing is sent twice. At the end the joint is held as
 * long as somebody drives; then there is silence, and the device's failsafe takes over. A stop is silence, too: the joint gets
 * no further than its last set-point. A place to stay at would be an old measurement, and drive it back.
 */
export class DeviceDrive {
  /** By controller. */
  private readonly runs = new Map<string, Run>();
  private readonly past: SplineSample = { position: 0, velocity: 0, acceleration: 0 };

  constructor(private readonly context: DeviceDriveContext) {}

  /** Begins `goal` at server ms `now`, in place of what the drive was doing. */
  begin(robot: string, goal: TrajectoryGoal, device: DeviceTwin, drive: JointDrive, now: number): void {
    const column = goal.joints.indexOf(drive.joint);
    const measured = this.context.measured(robot)?.position(drive.joint);
    if (column < 0 || measured === undefined || goal.points.length === 0) {
      const message = `${device.id} cannot carry it out`;
      this.context.report(robot, { goalId: goal.id, stage: "aborted", code: "controller_-1", message });
      return;
    }
    const before = this.runs.get(goal.controller);
    const from = { ...(before?.at ?? { position: measured, velocity: 0, acceleration: 0 }) };
    // The goal is in the turn in which the joint is measured; what went before it may be in another.
    if (goal.circular[column] === true) from.position = nearestTurn(from.position, measured);
    this.runs.set(goal.controller, {
      robot,
      goal,
      device,
      session: device.session,
      drive,
      column,
      path: new SetpointPath(goal.points, column, from),
      started: now,
      nextSetpoint: now,
      nextFeedback: now,
      answered: now,
      phase: { kind: "starting" },
      at: { ...from },
    });
  }

  /** Whether a goal moves or holds by `controller`. */
  isBusy(controller: string): boolean {
    return this.runs.has(controller);
  }

  /** Ends a goal: from here on there is silence. False when no device carries it out. */
  cancel(goalId: string): boolean {
    for (const [controller, run] of this.runs) {
      if (run.goal.id !== goalId) continue;
      this.runs.delete(controller);
      return true;
    }
    return false;
  }

  /** Ends all that moves or holds the robot, but for `spared` controllers: from here on there is silence. */
  halt(robot: string, spared?: ReadonlySet<string>): void {
    for (const [controller, run] of this.runs) {
      if (run.robot === robot && spared?.has(controller) !== true) this.runs.delete(controller);
    }
  }

  /** The set-points that are due. */
  update(now: number): void {
    for (const [controller, run] of this.runs) {
      const fault = this.step(run, now);
      if (fault === null) continue;
      this.runs.delete(controller);
      const { phase } = run;
      const isDone = phase.kind === "holding" || (phase.kind === "refused" && !phase.toTell);
      if (!isDone) this.report(run, { stage: "aborted", ...fault });
    }
  }

  /** One step; what ends the run. */
  private step(run: Run, now: number): { code: string; message: string } | null {
    const { device, path, phase } = run;
    if (phase.kind === "holding" && !this.context.mayHold(run.robot)) return nobodyDrives;
    if (run.session !== device.session) {
      return { code: "device_changed", message: `${device.id} started anew, or has other signals` };
    }
    if (!device.isOnline) return { code: "device_offline", message: `${device.id} is gone` };
    if (phase.kind === "refused") return phase.objection;
    const { deviceAnswerMs = usualAnswerMs } = this.context;
    if (now - run.answered > deviceAnswerMs) {
      return { code: "no_answer", message: `${device.id} took no set-point for ${deviceAnswerMs} ms` };
    }
    const t = (now - run.started) / 1000;
    path.sample(t, run.at);
    if (now >= run.nextSetpoint) {
      run.nextSetpoint = now + (phase.kind === "holding" ? holdEachMs : setpointEachMs);
      const objection = this.sendPosition(run, run.at.position, now);
      if (objection !== null) return objection;
    }
    return phase.kind === "holding" ? null : this.judge(run, phase, t, now);
  }

  /** Whether the joint follows its goal at `t` s, and has arrived; what ends the run. */
  private judge(
    run: Run,
    phase: Extract<Phase, { kind: "starting" | "moving" }>,
    t: number,
    now: number,
  ): { code: string; message: string } | null {
    const { device, drive, goal, path } = run;
    const measured = this.context.measured(run.robot);
    const found = measured?.position(drive.joint);
    if (found === undefined || measured?.isFresh(drive.joint) !== true) {
      return { code: "stale_state", message: `${drive.joint} is not measured now` };
    }
    const position = goal.circular[run.column] === true ? nearestTurn(found, run.at.position) : found;
    const error =
      t >= path.duration + maxLag ? Math.abs(path.end - position) : this.errorOf(run, t, position);
    const pathTolerance = goal.pathTolerance[run.column] ?? 0;
    const goalTolerance = goal.goalTolerance[run.column] ?? 0;
    if (t < path.duration && pathTolerance > 0 && error > pathTolerance) {
      const message = `${drive.joint} is ${error.toFixed(3)} from where it should have been within the last ${maxLag * 1000} ms`;
      return { code: pathToleranceViolated, message };
    }
    if (phase.kind === "starting") return null;
    if (t >= path.duration) {
      const left = Math.abs(path.end - position);
      const isNear = goalTolerance === 0 || left <= goalTolerance;
      phase.since = isNear ? (phase.since ?? now) : null;
      if (phase.since !== null && now - phase.since >= settledMs) {
        run.phase = { kind: "holding" };
        this.report(run, { stage: "done", code: "ok", message: `${device.id} is there` });
        return null;
      }
      const late = Math.max(goal.goalTimeTolerance, (this.context.deviceAnswerMs ?? 0) / 1000);
      if (!isNear && t > path.duration + late) {
        const message = `${drive.joint} ended ${left.toFixed(4)} from its goal`;
        return { code: goalToleranceViolated, message };
      }
    }
    if (now >= run.nextFeedback) {
      run.nextFeedback = now + feedbackEachMs;
      this.report(run, { stage: "executing", code: "ok", message: "", error });
    }
    return null;
  }

  /** Distance of `position` from what the set-points covered in the time that the device may be behind. */
  private errorOf({ path }: Run, t: number, position: number): number {
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = 0; i <= lagSteps; i++) {
      path.sample(Math.max(0, t - (maxLag * i) / lagSteps), this.past);
      least = Math.min(least, this.past.position);
      most = Math.max(most, this.past.position);
    }
    return Math.max(0, least - position, position - most);
  }

  private report({ robot, goal }: Run, report: Omit<GoalReport, "goalId">): void {
    this.context.report(robot, { goalId: goal.id, ...report });
  }

  private sendPosition(run: Run, position: number, now: number) {
    const value = fitting(position, run.drive);
    const { device, drive, goal } = run;
    return device.send(drive.signal, value, setpointTtlMs, goal.id, now, this.context.out, (answer) =>
      this.answered(run, answer, now),
    );
  }

  /** `sentAt` is when the set-point went out that is answered. */
  private answered(run: Run, answer: DeviceAnswer, sentAt: number): void {
    if (this.runs.get(run.goal.controller) !== run || answer.kind === "silence") return;
    if (answer.kind === "unsent") {
      refuse(run, answer.objection);
      return;
    }
    const { ack } = answer;
    if (ack.ok) {
      run.answered = Math.max(run.answered, sentAt);
      if (run.phase.kind !== "starting") return;
      run.phase = { kind: "moving", since: null };
      this.report(run, { stage: "accepted", code: "ok", message: "" });
    } else if (ack.reason !== "late" && ack.reason !== "replay") {
      // One that was late or overtaken moves nothing and is made good by the next; anything else stands.
      refuse(run, { code: "device_refused", message: `${run.device.id}: ${ack.reason}` });
    }
  }
}

/** A joint that is held needs somebody who drives; its goal is done, so nobody is told. */
const nobodyDrives = { code: "", message: "" };

function refuse(run: Run, objection: Objection): void {
  const toTell = run.phase.kind === "refused" ? run.phase.toTell : run.phase.kind !== "holding";
  run.phase = { kind: "refused", objection, toTell };
}

/**
 * A position (rad or m) in the device's unit, within what it takes: a goal is there already, and a joint at its stop is measured
 * a hair beyond it.
 */
function fitting(position: number, { factor, lower, upper }: JointDrive): number {
  return Math.min(Math.max(position, lower), upper) / factor;
}
