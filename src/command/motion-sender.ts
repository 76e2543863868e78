import { CheckedMotion } from "./checked-motion.ts";
import { CollisionGuard } from "./collision-guard.ts";
import { ComputedCommands } from "./computed-commands.ts";
import { controllerOf, splitByController } from "./controller-split.ts";
import { ExecutionWatch } from "./execution-watch.ts";
import type { CommandedRobot, CommandRef, GateOutput, GoalReport, Stage } from "./gate-output.ts";
import { GoalMaker, goalTimeTolerance } from "./goal-maker.ts";
import { JogRunner } from "./jog-runner.ts";
import { durationOfAll } from "./joint-path.ts";
import type { CommandRequest, JointMotionCommand, MotionCommand } from "./motion-command.ts";
import { MotionWatch } from "./motion-watch.ts";
import type { PlanAnswer } from "./plan-request.ts";
import {
  endOf,
  motionPoints,
  objectToDuration,
  type PlannedMotion,
  planBraking,
  planMotion,
  together,
} from "./planned-motion.ts";
import { PresentMotion } from "./present-motion.ts";
import { asStale, noController, objectToHolding } from "./refusals.ts";
import type { JointLimits } from "./robot-limits.ts";
import { durationOf, type TrajectoryGoal } from "./trajectory.ts";
import { TwistRunner } from "./twist-runner.ts";
import { jogLeaseMs } from "./twist-stream.ts";
import { checkJoints, type Objection } from "./validate-motion.ts";

/** Carries out what the gate accepted: checks it against limits, sends it, follows it to its end. */
export class MotionSender {
  readonly motions: MotionWatch;
  private readonly twist: TwistRunner;
  private readonly jog: JogRunner;
  private readonly present = new PresentMotion();
  private readonly goals: GoalMaker;
  private readonly checked: CheckedMotion;
  private readonly computed: ComputedCommands;

  /** `name` is part of goal ids, so that two runs of this program never share one. */
  constructor(
    name: string,
    private readonly output: GateOutput,
  ) {
    this.goals = new GoalMaker(name);
    const execution = new ExecutionWatch(this.present);
    this.motions = new MotionWatch(
      output,
      (joints) => this.present.forget(joints),
      (...asked) => execution.objection(...asked),
    );
    this.twist = new TwistRunner(output);
    this.checked = new CheckedMotion(
      output,
      (...asked) => this.plan(...asked),
      (...found) => this.send(...found),
    );
    this.computed = new ComputedCommands(output, (...begun) => this.startMotion(...begun));
    this.jog = new JogRunner(output, this.present, (...asked) => this.goals.for(...asked));
  }

  /** Begins a motion at server ms `now`, or returns why not. */
  start(ref: CommandRef, request: CommandRequest, now: number, robot: CommandedRobot): Objection | null {
    const { command } = request;
    const deadline = Math.min(now + jogLeaseMs, request.issued + request.ttlMs);
    switch (command.kind) {
      case "twist":
        return this.twist.start(ref, command, now, deadline, robot);
      case "jointVelocity":
        return this.startJog(ref, command, now, deadline, robot);
      case "jointPosition":
      case "jointTrajectory":
        return this.startNewer(ref, command, now, robot);
      case "pose":
      case "waypoints":
        return this.computed.start(ref, command, now, this.present.moving(now).length > 0);
      case "plan": {
        const motion = this.output.planned(command.planId, command.stateHash);
        return "code" in motion ? motion : asStale(this.startNewer(ref, motion, now, robot));
      }
      case "device":
        return this.output.sendDevice(ref, command, request.ttlMs - Math.max(0, now - request.issued));
      case "cartesianVelocity":
      case "gripper":
      case "navigate":
      case "service":
      case "sequence":
        return { code: "unsupported", message: `this version takes no ${command.kind} command for a robot` };
    }
  }

  /** What was computed for a command of tool space. */
  takePlan(answer: PlanAnswer, now: number, robot: CommandedRobot): void {
    this.computed.take(answer, now, robot);
  }

  /** A motion that takes the place of one that is still computed. */
  private startNewer(
    ref: CommandRef,
    command: JointMotionCommand,
    now: number,
    robot: CommandedRobot,
  ): Objection | null {
    const objection = this.startMotion(ref, command, now, robot);
    if (objection === null) this.computed.drop("replaced", "replaced by a newer command");
    return objection;
  }

  private startMotion(
    ref: CommandRef,
    command: JointMotionCommand,
    now: number,
    robot: CommandedRobot,
  ): Objection | null {
    const motion = this.plan(command, now, robot);
    return "code" in motion ? motion : this.checked.begin(ref, command, motion, now, robot);
  }

  /** What a command would do if it were sent now, for a collision check; or why it would be refused. Sends nothing. */
  rehearse(command: JointMotionCommand, now: number, robot: CommandedRobot): CollisionGuard | Objection {
    const motion = this.plan(command, now, robot);
    return "code" in motion ? motion : new CollisionGuard(motion, now);
  }

  /** See `PresentMotion.sent`. */
  readonly sent = () => this.present.sent();

  /** A report of a trajectory server on one of our goals. */
  report(report: GoalReport, now: number, robot: CommandedRobot): void {
    if (!this.jog.report(report, now)) this.motions.report(report, now, robot);
  }

  /** Whether no motion is under way, waits or ends; if so, the step at `now` is done with this. */
  isQuiet(now: number): boolean {
    const isWaiting = !this.checked.isEmpty() || !this.computed.isEmpty();
    return !isWaiting && this.motions.isEmpty() && this.jog.isOver() && this.twist.isOver(now);
  }

  /** One step of every motion under way. `dt` is seconds since the last step. */
  update(now: number, dt: number, robot: CommandedRobot): void {
    this.computed.update(now);
    this.checked.update(now, robot);
    this.twist.update(now, dt, robot);
    this.jog.update(now, robot);
    this.motions.update(now, robot);
  }

  /** Ends everything at once; `withZero`: with a zero twist even where none was under way. */
  end(code: string, message: string, withZero: boolean): void {
    this.dropWaiting(code, message);
    this.twist.end(code, message, withZero);
    this.present.forget();
    this.jog.cancel(code, message);
    this.motions.cancelAll(code, message);
  }

  /** Jogs under way, which are about to end, need a fresh press. */
  block(code: string, message: string, now: number): void {
    this.twist.block(code, message, now);
    this.jog.block(code, message, now);
  }

  /** Ends everything within the limits: moving joints brake on goals that replace those under way. */
  release(code: string, message: string, now: number, robot: CommandedRobot): void {
    this.dropWaiting(code, message);
    this.twist.release();
    this.jog.release();
    const joints = this.driven(this.present.movingBeside([], robot, now), robot).filter(
      (joint) => !this.jog.has(joint),
    );
    const braking = planBraking(joints, this.present, robot, now);
    const goals = joints.length === 0 ? [] : this.goals.for(motionPoints(braking), robot, now);
    if (typeof goals === "string" || objectToHolding(goals, robot.measured) !== null) {
      this.motions.cancelAll(code, message);
      return;
    }
    const controllers = new Set(goals.map((goal) => goal.controller));
    const replaced = this.motions.replace(controllers, code, message);
    if (goals.length > 0) this.dispatch(null, braking, goals, replaced, now);
  }

  private startJog(
    ref: CommandRef,
    command: Extract<MotionCommand, { kind: "jointVelocity" }>,
    now: number,
    deadline: number,
    robot: CommandedRobot,
  ): Objection | null {
    const { limits, measured, can } = robot;
    const objection =
      checkJoints(command.velocities, limits, measured) ?? this.jog.objection(command.velocities, now);
    if (objection !== null) {
      // Held on, it must not move again by itself once the joint is measured again.
      if (objection.code === "stale_state") this.jog.lose(objection, now);
      return objection;
    }
    const asked = Object.keys(command.velocities);
    const parts = splitByController(
      { joints: asked, from: null, points: [] },
      can.trajectory,
      measured,
      limits,
    );
    if (typeof parts === "string") return noController(parts);
    const unheld = objectToHolding(parts, measured);
    if (unheld !== null) return unheld;
    // Joints moved by other motions brake within their limits, as axes of the jog without a commanded velocity.
    const beside = this.driven(this.present.movingBeside(asked, robot, now), robot);
    const starts = [...asked, ...beside].map((joint) => ({
      joint,
      ...this.present.pathFrom(joint, measured, limits.joints.get(joint) as JointLimits, now),
    }));
    const controllers = new Set(
      starts
        .map(({ joint }) => controllerOf(joint, can.trajectory)?.name)
        .filter((name) => name !== undefined),
    );
    this.dropWaiting("replaced", "replaced by a jog");
    const replaced = this.motions.replace(controllers, "replaced", "replaced by a jog");
    for (const { joint, path, since } of starts) this.present.begin([joint], [path], since);
    this.jog.command(ref, command.velocities, starts, replaced, robot, now, deadline);
    return null;
  }

  /**
   * The motion that a command requests if it begins at `at`, plus the joints that it does not name but that move then:
   * each of those brakes by its own shortest path.
   */
  private plan(
    command: JointMotionCommand,
    now: number,
    robot: CommandedRobot,
    at = now,
  ): PlannedMotion | Objection {
    const asked = planMotion(command, this.present, robot, now, at);
    if ("code" in asked) return asked;
    const moving = this.driven(this.present.movingBeside(asked.joints, robot, now, at), robot);
    const motion = together(asked, planBraking(moving, this.present, robot, now, at));
    const tooLong = objectToDuration(motion);
    if (tooLong !== null) return tooLong;
    const goals = this.goals.for(motionPoints(motion), robot, at);
    if (typeof goals === "string") return noController(goals);
    return objectToHolding(goals, robot.measured) ?? motion;
  }

  private dropWaiting(code: string, message: string): void {
    this.checked.drop(code, message);
    this.computed.drop(code, message);
  }

  /** Sends a motion that replaces what is under way, without stopping in between. */
  private send(ref: CommandRef, motion: PlannedMotion, now: number, robot: CommandedRobot): Objection | null {
    const goals = this.goals.for(motionPoints(motion), robot, now);
    if (typeof goals === "string") return noController(goals);
    const newer = "replaced by a newer command";
    this.dropWaiting("replaced", newer);
    const controllers = new Set(goals.map((goal) => goal.controller));
    const replaced = [
      ...this.jog.handOver(controllers, "replaced", newer),
      ...this.motions.replace(controllers, "replaced", newer),
    ];
    const tell = (stage: Stage, message: string) => this.output.result(ref, { stage, code: "ok", message });
    tell("accepted", `a motion of ${durationOfAll(motion.paths).toFixed(2)} s`);
    this.dispatch(ref, motion, goals, replaced, now);
    tell("sent", `to ${goals.map((g) => g.controller).join(", ")}`);
    return null;
  }

  private dispatch(
    ref: CommandRef | null,
    { joints, paths }: PlannedMotion,
    goals: readonly TrajectoryGoal[],
    replaced: readonly string[],
    now: number,
  ): void {
    const duration = durationOf(goals[0]?.points ?? []);
    const positions = paths.map(endOf);
    this.output.desire(joints, positions);
    const targets = { joints, positions };
    this.motions.watch({
      ref,
      targets,
      goals,
      started: now,
      duration,
      tolerance: goalTimeTolerance,
      replaced,
    });
    for (const goal of goals) this.output.sendTrajectory(goal);
    this.present.begin(joints, paths, now);
  }

  /** Those of `joints` that a controller still drives. */
  private driven(joints: readonly string[], { can }: CommandedRobot): string[] {
    return joints.filter((joint) => controllerOf(joint, can.trajectory) !== undefined);
  }
}
