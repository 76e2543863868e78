import { stoppingPosition } from "../robot/trajectory/jerk-limited.ts";
import type { MotionSample } from "../robot/trajectory/motion-profile.ts";
import type { MotionState } from "../robot/trajectory/motion-state.ts";
import { type ControllerPart, splitByController } from "./controller-split.ts";
import type { CommandedRobot, CommandRef, GateOutput } from "./gate-output.ts";
import { JointJog } from "./joint-jog.ts";
import { jointMove } from "./joint-move.ts";
import type { CommandRequest, MotionCommand } from "./motion-command.ts";
import { MotionWatch } from "./motion-watch.ts";
import { PresentMotion } from "./present-motion.ts";
import type { JointLimits } from "./robot-limits.ts";
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

const usualSpeed = 0.5;
const goalTimeTolerance = 2;

/** Carries out what the gate let through: checks it against limits, sends it, follows it to its end. */
export class MotionSender {
  readonly motions: MotionWatch;
  private readonly twist = new TwistStream();
  private readonly jog = new JointJog();
  private readonly present = new PresentMotion();
  private goalCount = 0;
  private readonly held = new Map<string, number>();
  private jogRef: CommandRef | null = null;
  private jogGoal: { goals: TrajectoryGoal[]; joints: string[] } | null = null;

  /** `name` goes into goal ids, so that goals of two runs of this program never share one. */
  constructor(
    private readonly name: string,
    private readonly output: GateOutput,
  ) {
    this.motions = new MotionWatch(output, (joints) => this.present.forget(joints));
  }

  /** Begins a motion at server ms `now`, or says why not. */
  start(ref: CommandRef, request: CommandRequest, now: number, robot: CommandedRobot): Objection | null {
    const { command } = request;
    const deadline = Math.min(now + jogLeaseMs, request.issued + request.ttlMs);
    switch (command.kind) {
      case "twist":
        return this.startTwist(ref, command, deadline, robot);
      case "jointVelocity":
        return this.startJog(ref, command, now, deadline, robot);
      case "jointPosition":
        return this.startMove(ref, command, now, robot);
      case "jointTrajectory": {
        const checked = checkTrajectory(command, robot.limits, robot.measured);
        if ("code" in checked) return checked;
        return this.send(ref, checked.joints, checked.points, now, robot);
      }
      case "device":
        return this.output.sendDevice(ref, command, request.ttlMs - Math.max(0, now - request.issued));
      case "pose":
      case "plan":
        return { code: "unsupported", message: `this version takes no ${command.kind} command for a robot` };
    }
  }

  /** See `PresentMotion.plannedAt`. */
  plannedAt(joint: string, now: number, at: number, out: MotionSample): boolean {
    return this.present.plannedAt(joint, now, at, out);
  }

  /** One step of what is under way. `dt` is seconds since the last. */
  update(now: number, dt: number, robot: CommandedRobot): void {
    const twist = this.twist.update(now, dt, robot.limits.twist);
    if (twist !== null) this.output.sendTwist(twist);
    this.updateJog(now, robot);
    if (this.jogRef !== null && !this.twist.isActive() && !this.jog.isActive()) {
      this.output.result(this.jogRef, "done", "ok", "at rest");
      this.jogRef = null;
    }
    this.motions.update(now);
  }

  /** Ends everything at once; `withZero`: with a zero twist even where none was under way. */
  end(code: string, message: string, withZero: boolean): void {
    const turning = this.twist.halt();
    if (turning || withZero) this.output.sendTwist({ x: 0, y: 0, yaw: 0 });
    this.cancelJog();
    if (this.jogRef !== null) this.output.result(this.jogRef, "aborted", code, message);
    this.jogRef = null;
    this.present.forget();
    this.motions.cancelAll(code, message);
  }

  /** Goals end, jogs brake on their ramps. */
  release(code: string, message: string): void {
    this.twist.release();
    this.jog.release();
    this.present.forget();
    this.motions.cancelAll(code, message);
  }

  private startTwist(
    ref: CommandRef,
    command: Extract<MotionCommand, { kind: "twist" }>,
    deadline: number,
    robot: CommandedRobot,
  ): Objection | null {
    if (!robot.can.twist) {
      return {
        code: "no_controller",
        message: robot.can.noTwist ?? "this robot has no base that takes twists",
      };
    }
    const objection = checkTwist(command);
    if (objection !== null) return objection;
    const { linear, angular } = command;
    this.acceptJog(ref, this.twist.wish(linear.x, linear.y, angular.z, deadline, robot.limits.twist));
    return null;
  }

  private startJog(
    ref: CommandRef,
    command: Extract<MotionCommand, { kind: "jointVelocity" }>,
    now: number,
    deadline: number,
    { limits, measured, can }: CommandedRobot,
  ): Objection | null {
    const objection = checkJoints(command.velocities, limits, measured);
    if (objection !== null) return objection;
    const parts = splitByController(Object.keys(command.velocities), [], can.trajectory, measured);
    if (typeof parts === "string") return noController(parts);
    const unheld = objectToHolding(parts, measured);
    if (unheld !== null) return unheld;
    this.present.forget();
    this.motions.cancelAll("replaced", "replaced by a jog");
    const position = (joint: string): number => measured.position(joint) as number;
    this.acceptJog(ref, this.jog.wish(command.velocities, position, limits, now, deadline));
    return null;
  }

  private acceptJog(ref: CommandRef, cut: boolean): void {
    const goesOn = this.jogRef?.session === ref.session;
    this.jogRef = ref;
    const code = cut ? "limited" : "ok";
    const message = cut ? "a jog, cut to the limits" : "a jog";
    if (goesOn) this.output.jogGoesOn(ref, code, message);
    else this.output.result(ref, "accepted", code, message);
  }

  private startMove(
    ref: CommandRef,
    command: Extract<MotionCommand, { kind: "jointPosition" }>,
    now: number,
    robot: CommandedRobot,
  ): Objection | null {
    const { limits, measured } = robot;
    const objection = checkJoints(command.positions, limits, measured);
    if (objection !== null) return objection;
    const asked = Object.keys(command.positions);
    const joints = [...asked, ...this.present.movingBeside(asked, robot, now)];
    const jointLimits = joints.map((joint) => limits.joints.get(joint) as JointLimits);
    const from = joints.map((joint, i) =>
      this.present.stateOf(joint, measured, jointLimits[i] as JointLimits, now),
    );
    const to: number[] = [];
    for (const [i, joint] of joints.entries()) {
      const limit = jointLimits[i] as JointLimits;
      const position = command.positions[joint] ?? stoppingPosition(from[i] as MotionState, limit);
      const outside = checkPosition(joint, position, limit);
      if (outside !== null) return outside;
      to.push(position);
    }
    const move = jointMove(joints, from, to, jointLimits, command.speed ?? usualSpeed);
    if ("code" in move) return move;
    const unsent = this.send(ref, joints, move.points, now, robot);
    if (unsent === null) this.present.begin(joints, move.profiles, now);
    return unsent;
  }

  private send(
    ref: CommandRef,
    joints: string[],
    points: TrajectoryPoint[],
    now: number,
    robot: CommandedRobot,
  ): Objection | null {
    const goals = this.goalsFor(joints, points, robot);
    if (typeof goals === "string") return noController(goals);
    const unheld = objectToHolding(goals, robot.measured);
    if (unheld !== null) return unheld;
    const controllers = new Set(goals.map((goal) => goal.controller));
    const replaced = [
      ...this.endJog(controllers),
      ...this.motions.replace(controllers, "replaced by a newer command"),
    ];
    this.present.forget();
    this.output.result(ref, "accepted", "ok", `a motion of ${durationOf(points).toFixed(2)} s`);
    const last = points[points.length - 1] as TrajectoryPoint;
    this.output.desire(joints, last.positions);
    this.motions.watch(ref, joints, goals, now, durationOf(points), goalTimeTolerance, replaced);
    for (const goal of goals) this.output.sendTrajectory(goal);
    this.output.result(ref, "sent", "ok", `to ${goals.map((g) => g.controller).join(", ")}`);
    return null;
  }

  private goalsFor(
    joints: string[],
    points: TrajectoryPoint[],
    { limits, measured, can }: CommandedRobot,
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

  private updateJog(now: number, robot: CommandedRobot): void {
    const joints = this.jog.joints();
    const points = this.jog.update(now, (joint) => robot.measured.position(joint), robot.limits);
    if (points !== null) {
      const goals = this.goalsFor(joints, points, { ...robot, measured: this.heldSince(robot.measured) });
      if (typeof goals === "string") {
        this.cancelJog();
        return;
      }
      for (const goal of goals) this.output.sendTrajectory(goal);
      this.output.desire(joints, (points[points.length - 1] as TrajectoryPoint).positions);
      this.jogGoal = { goals, joints };
    }
    if (this.jogGoal !== null && !this.jog.isActive()) {
      this.output.desireBecomes(this.jogGoal.joints, "reached", "");
      this.jogGoal = null;
    }
    if (!this.jog.isActive()) this.held.clear();
  }

  /** The joints beside a jog stay where they were at its start: held anew each time, an arm that sags would creep. */
  private heldSince(measured: MeasuredJoints): MeasuredJoints {
    return {
      position: (joint) => {
        const position = this.held.get(joint) ?? measured.position(joint);
        if (position !== undefined) this.held.set(joint, position);
        return position;
      },
      velocity: (joint) => measured.velocity(joint),
      isFresh: (joint) => measured.isFresh(joint),
    };
  }

  /** The goals of `kept` controllers are not cancelled, since they give them up for newer ones; their ids come back. */
  private endJog(kept: ReadonlySet<string>): string[] {
    this.jog.halt();
    this.held.clear();
    if (this.jogGoal === null) return [];
    const { goals, joints } = this.jogGoal;
    for (const { id, controller } of goals) if (!kept.has(controller)) this.output.cancelTrajectory(id);
    this.output.desireBecomes(joints, "refused", "ended");
    this.jogGoal = null;
    return goals.filter(({ controller }) => kept.has(controller)).map(({ id }) => id);
  }

  private cancelJog(): void {
    this.endJog(new Set());
  }
}

/** A joint that is not measured now cannot be held: its last known place would be a motion of its own. */
function objectToHolding(parts: readonly ControllerPart[], measured: MeasuredJoints): Objection | null {
  for (const { controller, joints } of parts) {
    const joint = joints.find((name) => !measured.isFresh(name));
    if (joint === undefined) continue;
    return {
      code: "stale_state",
      message: `${joint} is not measured now, and ${controller} would have to hold it where it is`,
    };
  }
  return null;
}

function noController(joint: string): Objection {
  return { code: "no_controller", message: `no trajectory controller drives ${joint}` };
}
