import { CheckedMotion } from "./checked-motion.ts";
import { CollisionGuard } from "./collision-guard.ts";
import { ComputedCommands } from "./computed-commands.ts";
import { controllerOf } from "./controller-split.ts";
import type { CommandedRobot, CommandRef, GateOutput } from "./gate-output.ts";
import type { JointMotionCommand, PoseCommand, WaypointsCommand } from "./motion-command.ts";
import { pointAt } from "./path-points.ts";
import type { PlanAnswer } from "./plan-request.ts";
import {
  motionPoints,
  objectToDuration,
  type PlannedMotion,
  planBraking,
  planMotion,
  together,
} from "./planned-motion.ts";
import type { PresentMotion } from "./present-motion.ts";
import { noController, objectToFollowers, objectToHolding, objectToPace } from "./refusals.ts";
import type { TrajectoryGoals } from "./trajectory-goals.ts";
import type { Objection } from "./validate-motion.ts";

type Send = (ref: CommandRef, motion: PlannedMotion, now: number, robot: CommandedRobot) => Objection | null;

/** Motions that are planned as a whole: computed where that takes long, checked along their way, then sent. Server ms. */
export class JointMotions {
  private readonly checked: CheckedMotion;
  private readonly computed: ComputedCommands;

  constructor(
    output: GateOutput,
    private readonly present: PresentMotion,
    private readonly goalsFor: TrajectoryGoals["make"],
    send: Send,
  ) {
    this.checked = new CheckedMotion(output, (...asked) => this.plan(...asked), send);
    this.computed = new ComputedCommands(
      output,
      (...begun) => this.begin(...begun),
      (now) => present.moving(now).length > 0,
    );
  }

  isEmpty(): boolean {
    return this.checked.isEmpty() && this.computed.isEmpty();
  }

  /** Begins a motion, which takes the place of one that is still computed. */
  start(ref: CommandRef, command: JointMotionCommand, now: number, robot: CommandedRobot): Objection | null {
    const objection = this.begin(ref, command, now, robot);
    if (objection === null) this.computed.drop("replaced", "replaced by a newer command");
    return objection;
  }

  /** Has the motion of a command of tool space computed. */
  compute(
    ref: CommandRef,
    command: PoseCommand | WaypointsCommand,
    now: number,
    expires: number,
  ): Objection | null {
    return this.computed.start(ref, command, now, expires);
  }

  /** What was computed. */
  take(answer: PlanAnswer, now: number, robot: CommandedRobot): void {
    this.computed.take(answer, now, robot);
  }

  /** What a command would do if it were sent now, for a collision check; or why it would be refused. Sends nothing. */
  rehearse(command: JointMotionCommand, now: number, robot: CommandedRobot): CollisionGuard | Objection {
    const motion = this.plan(command, now, robot);
    return "code" in motion ? motion : new CollisionGuard(motion, now);
  }

  update(now: number, robot: CommandedRobot): void {
    this.computed.update(now);
    this.checked.update(now, robot);
  }

  /** Refuses what is still computed or checked. */
  drop(code: string, message: string): void {
    this.checked.drop(code, message);
    this.computed.drop(code, message);
  }

  private begin(
    ref: CommandRef,
    command: JointMotionCommand,
    now: number,
    robot: CommandedRobot,
  ): Objection | null {
    const motion = this.plan(command, now, robot);
    return "code" in motion ? motion : this.checked.begin(ref, command, motion, now, robot);
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
    const moving = driven(this.present.movingBeside(asked.joints, robot, now, at), robot);
    const motion = together(asked, planBraking(moving, this.present, robot, now, at));
    const tooLong = objectToDuration(motion);
    if (tooLong !== null) return tooLong;
    const goals = this.goalsFor(motionPoints(motion), robot, at);
    if (typeof goals === "string") return noController(goals, robot.can);
    const begin = pointAt(motion.paths, 0, motion.isSmooth);
    const startOf = (joint: string) =>
      begin.positions[motion.joints.indexOf(joint)] ?? robot.measured.position(joint);
    return (
      objectToHolding(goals, robot.measured) ??
      objectToFollowers(goals, robot) ??
      objectToPace(goals, robot.limits, startOf) ??
      motion
    );
  }
}

/** Those of `joints` that a controller still drives. */
export function driven(joints: readonly string[], { can }: CommandedRobot): string[] {
  return joints.filter((joint) => controllerOf(joint, can.trajectory) !== undefined);
}
