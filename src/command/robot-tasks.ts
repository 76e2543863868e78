import { AwaitedCommand } from "./awaited-command.ts";
import type { CommandedRobot, CommandRef, GateOutput, GoalReport } from "./gate-output.ts";
import type { MotionCommand, NavigateCommand } from "./motion-command.ts";
import type { PlanAnswer } from "./plan-request.ts";
import { type TaskCommand, taskFor } from "./task-request.ts";
import { TaskRunner } from "./task-runner.ts";
import { isZero } from "./twist-runner.ts";
import type { Objection } from "./validate-motion.ts";

/** The thread that checks a goal has this time, ms. */
const answerWithinMs = 3000;

/**
 * The tasks of one robot. A goal of its base is first checked in another thread, where there is a map or a scene to check it against,
 * and handed to the navigator once its poses are known to be free. Times are server ms.
 */
export class RobotTasks {
  private readonly tasks: TaskRunner;
  private readonly awaited: AwaitedCommand<NavigateCommand>;

  /** See `TaskRunner`. */
  constructor(
    name: string,
    private readonly output: GateOutput,
    jog: { release(): void; isMoving(): boolean },
  ) {
    this.tasks = new TaskRunner(name, output, jog);
    this.awaited = new AwaitedCommand(output);
  }

  /** Begins a task, or has its goal checked first; or why not. `expires`: to when the command is valid. */
  start(
    ref: CommandRef,
    command: TaskCommand,
    now: number,
    expires: number,
    robot: CommandedRobot,
  ): Objection | null {
    if (command.kind !== "navigate" || command.as === "initial") {
      return this.tasks.start(ref, command, now, robot);
    }
    // What nothing takes needs no check.
    const request = taskFor(command, robot);
    if ("code" in request) return request;
    if (robot.checksGoals !== true) {
      const objection = this.tasks.start(ref, command, now, robot);
      if (objection === null) this.drop("replaced", "replaced by a newer command");
      return objection;
    }
    const id = this.output.requestPlan(command, "goal", false);
    if (typeof id !== "string") return id;
    this.awaited.replace({ ref, command, id, expires, until: now + answerWithinMs });
    return null;
  }

  /** What was found of a goal; of no other request than the newest. */
  take(answer: PlanAnswer, now: number, robot: CommandedRobot): void {
    this.awaited.take(answer, now, "the goal was checked", ({ ref, command }, outcome) =>
      outcome.found === "free"
        ? this.tasks.start(ref, command, now, robot)
        : { code: "not_checked", message: "what was computed is no check of a goal" },
    );
  }

  /** See `TaskRunner.beside`. */
  beside(jog: Extract<MotionCommand, { kind: "twist" }>, objection: Objection | null): Objection | null {
    if (objection === null && !isZero(jog)) this.drop("replaced", "replaced by a jog of the base");
    return this.tasks.beside(jog, objection);
  }

  isEmpty(): boolean {
    return this.awaited.current() === null && this.tasks.isEmpty();
  }

  report(report: GoalReport, now: number, robot: CommandedRobot): boolean {
    return this.tasks.report(report, now, robot);
  }

  update(now: number, robot: CommandedRobot): void {
    if (now > (this.awaited.current()?.until ?? now)) {
      this.drop("not_checked", `the goal was not checked within ${answerWithinMs / 1000} s: try again`);
    }
    this.tasks.update(now, robot);
  }

  /** See `TaskRunner.end`. */
  end(code: string, message: string): void {
    this.drop(code, message);
    this.tasks.end(code, message);
  }

  /** Refuses the goal that is checked. */
  private drop(code: string, message: string): void {
    this.awaited.drop(code, message);
  }
}
