import { BlindWatch } from "./blind-watch.ts";
import { splitByController } from "./controller-split.ts";
import { ExecutionWatch } from "./execution-watch.ts";
import type { CommandedRobot, CommandRef, GateOutput, GoalReport, Stage } from "./gate-output.ts";
import { JogRunner, type JogTarget, ofJoints } from "./jog-runner.ts";
import { jogStarts } from "./jog-starts.ts";
import { driven, JointMotions } from "./joint-motions.ts";
import { durationOfAll } from "./joint-path.ts";
import type { CommandRequest } from "./motion-command.ts";
import { MotionWatch } from "./motion-watch.ts";
import type { PacedMotion } from "./paced-motion.ts";
import { endOf, motionPoints, type PlannedMotion } from "./planned-motion.ts";
import { PresentMotion } from "./present-motion.ts";
import { asStale, noController, objectToHolding } from "./refusals.ts";
import { RobotTasks } from "./robot-tasks.ts";
import { SceneWatch } from "./scene-watch.ts";
import { SpeedOverride } from "./speed-override.ts";
import { type Braking, brakingOf, planStop } from "./stop-braking.ts";
import { ToolJogs } from "./tool-jog.ts";
import { durationOf, type TrajectoryGoal } from "./trajectory.ts";
import { goalTimeTolerance, TrajectoryGoals } from "./trajectory-goals.ts";
import { TwistRunner } from "./twist-runner.ts";
import { jogDeadline } from "./twist-stream.ts";
import { uncheckedNote } from "./unchecked-note.ts";
import { checkJoints, type MeasuredJoints, type Objection } from "./validate-motion.ts";

/** Carries out what the gate accepted: checks it against limits, sends it, follows it to its end. */
export class MotionSender {
  readonly motions: MotionWatch;
  private readonly twist: TwistRunner;
  private readonly jog: JogRunner;
  readonly speed: SpeedOverride;
  private readonly blindness = new BlindWatch();
  private readonly present = new PresentMotion();
  private readonly scene = new SceneWatch(this.present);
  private readonly tool = new ToolJogs();
  private readonly goalsFor: TrajectoryGoals["make"];
  /** Motions that are planned as a whole. */
  readonly planned: JointMotions;
  readonly tasks: RobotTasks;

  /** `name` is part of goal ids, so that two runs of this program never share one. */
  constructor(
    name: string,
    private readonly output: GateOutput,
  ) {
    this.goalsFor = new TrajectoryGoals(name).make;
    const execution = new ExecutionWatch(this.present);
    const forget = (joints: readonly string[]) => this.present.forget(joints);
    this.motions = new MotionWatch(output, forget, (...asked) => execution.objection(...asked));
    this.twist = new TwistRunner(output);
    this.tasks = new RobotTasks(name, output, this.twist);
    this.planned = new JointMotions(output, this.present, this.goalsFor, (...found) => this.send(...found));
    this.jog = new JogRunner(output, this.present, this.goalsFor);
    this.speed = new SpeedOverride(output, this.present, this.goalsFor, this.motions);
  }

  /** Begins a motion at server ms `now`, or returns why not. */
  start(ref: CommandRef, request: CommandRequest, now: number, robot: CommandedRobot): Objection | null {
    const { command } = request;
    const expires = request.issued + request.ttlMs;
    const deadline = jogDeadline(command.kind, now, expires);
    switch (command.kind) {
      case "twist":
        return this.tasks.beside(command, this.twist.start(ref, command, now, deadline, robot));
      case "jointVelocity":
        return this.startJog(ref, ofJoints(command.velocities), now, deadline, robot);
      case "cartesianVelocity": {
        const found = this.tool.resolve(command, robot);
        if ("code" in found) return found;
        const velocities = Object.fromEntries(found.tool.rates.chain.map(({ name }) => [name, 0]));
        return this.startJog(ref, { velocities, ...found }, now, deadline, robot);
      }
      case "jointPosition":
      case "jointTrajectory":
        return this.planned.start(ref, command, now, robot);
      case "pose":
      case "waypoints":
        return this.planned.compute(ref, command, now, expires);
      case "plan": {
        const motion = this.output.planned(command.planId, command.stateHash);
        return "code" in motion ? motion : asStale(this.planned.start(ref, motion, now, robot));
      }
      case "device":
        return this.output.sendDevice(ref, command, request.ttlMs - Math.max(0, now - request.issued));
      case "sequence":
        return this.output.startSequence(ref, command.name, request.epoch);
      case "gripper":
      case "navigate":
      case "service":
        return this.tasks.start(ref, command, now, expires, robot);
    }
  }

  /** See `PresentMotion.sent`. */
  readonly sent = () => this.present.sent();

  /** A report of a trajectory server on one of our goals. */
  report(report: GoalReport, now: number, robot: CommandedRobot): void {
    if (this.tasks.report(report, now, robot) || this.jog.report(report, now)) return;
    this.motions.report(report, now, robot);
  }

  /** Whether no motion is under way, waits or ends; if so, the step at `now` is done with this. */
  isQuiet(now: number): boolean {
    const { planned, motions, tasks, jog, twist } = this;
    return planned.isEmpty() && motions.isEmpty() && tasks.isEmpty() && jog.isOver() && twist.isOver(now);
  }

  /** One step of every motion under way. `dt` is seconds since the last step. */
  update(now: number, dt: number, robot: CommandedRobot): void {
    this.planned.update(now, robot);
    this.twist.update(now, dt, robot);
    this.jog.update(now, robot);
    this.speed.update(now, robot);
    this.blindness.update(this.motions, now, robot);
    this.motions.update(now, robot);
    this.tasks.update(now, robot);
    const joints = driven(this.present.moving(now), robot);
    const met = this.scene.objection(joints, (joint) => this.jog.has(joint), robot, now);
    if (met !== null) this.brakeMotions(joints, met.code, met.message, now, robot, "stop");
  }

  /** Ends everything at once; `withZero`: with a zero twist even where none was under way. */
  end(code: string, message: string, withZero: boolean): void {
    this.planned.drop(code, message);
    this.tasks.end(code, message);
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

  /** Jogs under way end on their ramps. */
  endJogs(): void {
    this.twist.release();
    this.jog.release();
  }

  /** See `BlindWatch.blind`. */
  blind(measured: MeasuredJoints): string | null {
    return this.blindness.blind(measured);
  }

  /** Ends everything within the limits: moving joints brake on goals that replace those under way. */
  release(code: string, message: string, now: number, robot: CommandedRobot): void {
    this.planned.drop(code, message);
    this.tasks.end(code, message);
    this.twist.release();
    this.jog.release();
    const moving = driven(this.present.movingBeside([], robot, now), robot);
    this.brakeMotions(moving, code, message, now, robot, "driving");
  }

  /** Joints that motions move, and no jog, brake on their way, on goals that replace those under way. */
  private brakeMotions(
    joints: readonly string[],
    code: string,
    message: string,
    now: number,
    robot: CommandedRobot,
    manner: "stop" | "driving",
  ): void {
    const moved = joints.filter((joint) => !this.jog.has(joint));
    const braking = planStop(moved, this.present, robot, now, manner);
    const goals =
      typeof braking === "string" || braking.joints.length === 0
        ? []
        : this.goalsFor(motionPoints(braking), robot, now);
    if (
      typeof braking === "string" ||
      typeof goals === "string" ||
      objectToHolding(goals, robot.measured) !== null
    ) {
      this.motions.cancelAll(code, message);
      return;
    }
    const controllers = new Set(goals.map((goal) => goal.controller));
    const replaced = this.motions.replace(controllers, code, message);
    if (goals.length > 0) this.dispatch(null, braking, goals, replaced, now);
  }

  /**
   * A controlled stop: everything under way brakes on its path, harder than when driving. Null: nothing moves. A
   * sentence: it cannot brake so, and nothing was sent.
   */
  brake(code: string, message: string, now: number, robot: CommandedRobot): Braking | string | null {
    const planned = planStop(driven(this.present.moving(now), robot), this.present, robot, now, "stop");
    if (typeof planned === "string") return planned;
    const goals = planned.joints.length === 0 ? [] : this.goalsFor(motionPoints(planned), robot, now);
    if (typeof goals === "string") return noController(goals, robot.can).message;
    const unheld = objectToHolding(goals, robot.measured);
    if (unheld !== null) return unheld.message;
    this.planned.drop(code, message);
    this.tasks.end(code, message);
    const controllers = new Set(goals.map((goal) => goal.controller));
    const replaced = [
      ...this.jog.handOver(controllers, code, message),
      ...this.motions.replace(controllers, code, message),
    ];
    const twist = this.twist.brake(code, message);
    if (goals.length > 0) this.dispatch(null, planned, goals, replaced, now);
    return goals.length === 0 && !twist ? null : brakingOf(planned, goals, twist, robot, now);
  }

  /** Whether the base still moves by a jog of ours. */
  isBaseMoving(): boolean {
    return this.twist.isMoving();
  }

  private startJog(
    ref: CommandRef,
    target: JogTarget,
    now: number,
    deadline: number,
    robot: CommandedRobot,
  ): Objection | null {
    const { limits, measured, can } = robot;
    const { velocities } = target;
    const objection = checkJoints(velocities, limits, measured) ?? this.jog.objection(ref, target, now);
    if (objection !== null) {
      // Held on, it must not move again by itself once the joint is measured again.
      if (objection.code === "stale_state") this.jog.lose(objection, now);
      return objection;
    }
    const asked = Object.keys(velocities);
    const parts = splitByController(
      { joints: asked, from: null, points: [] },
      can.trajectory,
      measured,
      limits,
    );
    if (typeof parts === "string") return noController(parts, can);
    const unheld = objectToHolding(parts, measured);
    if (unheld !== null) return unheld;
    const begin = jogStarts(asked, (joint) => this.jog.has(joint), this.present, robot, now);
    if ("code" in begin) return this.jog.refused(ref, begin, now);
    const { starts, braking, controllers } = begin;
    this.planned.drop("replaced", "replaced by a jog");
    const replaced = this.motions.replace(controllers, "replaced", "replaced by a jog");
    for (const { joint, path, since } of starts) this.present.begin([joint], [path], since);
    this.jog.command(ref, target, starts, braking, replaced, robot, now, deadline);
    return null;
  }

  /** Sends a motion that replaces what is under way, without stopping in between. */
  private send(ref: CommandRef, asked: PlannedMotion, now: number, robot: CommandedRobot): Objection | null {
    const paused = this.speed.refusal();
    if (paused !== null) return paused;
    const pace = this.speed.begin(asked, now, robot);
    const motion = pace.motion();
    const goals = this.goalsFor(motionPoints(motion), robot, now);
    if (typeof goals === "string") return noController(goals, robot.can);
    const newer = "replaced by a newer command";
    this.planned.drop("replaced", newer);
    const controllers = new Set(goals.map((goal) => goal.controller));
    const replaced = [
      ...this.jog.handOver(controllers, "replaced", newer),
      ...this.motions.replace(controllers, "replaced", newer),
    ];
    this.scene.begins(robot);
    const tell = (stage: Stage, message: string) => this.output.result(ref, { stage, code: "ok", message });
    tell("accepted", `a motion of ${durationOfAll(motion.paths).toFixed(2)} s${uncheckedNote(robot)}`);
    this.dispatch(ref, motion, goals, replaced, now, pace);
    tell("sent", `to ${goals.map((g) => g.controller).join(", ")}`);
    return null;
  }

  private dispatch(
    ref: CommandRef | null,
    { joints, paths }: PlannedMotion,
    goals: readonly TrajectoryGoal[],
    replaced: readonly string[],
    now: number,
    pace?: PacedMotion,
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
      ...(pace === undefined ? {} : { pace }),
    });
    for (const goal of goals) this.output.sendTrajectory(goal);
    this.present.begin(joints, paths, now);
  }
}
