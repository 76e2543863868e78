import type { CommandedRobot, CommandRef, GateOutput } from "./gate-output.ts";
import type { JointMotionCommand, PoseCommand, WaypointsCommand } from "./motion-command.ts";
import type { PlanAnswer } from "./plan-request.ts";
import { refuse } from "./refusals.ts";
import type { Objection } from "./validate-motion.ts";

/** The thread that computes has this time, ms. */
const answerWithinMs = 5000;

/** Begins a motion that was computed. */
type Begin = (
  ref: CommandRef,
  command: JointMotionCommand,
  now: number,
  robot: CommandedRobot,
) => Objection | null;

/**
 * Commands of tool space: what the joints are to do for them is computed in another thread, and nothing moves until it is
 * known. One at a time: a newer command takes the place of the one that is computed.
 */
export class ComputedCommands {
  private waiting: { ref: CommandRef; id: string; speed: number | undefined; until: number } | null = null;

  constructor(
    private readonly output: GateOutput,
    private readonly begin: Begin,
  ) {}

  isEmpty(): boolean {
    return this.waiting === null;
  }

  /** Asks for the motion of a command, at server ms `now`. */
  start(
    ref: CommandRef,
    command: PoseCommand | WaypointsCommand,
    now: number,
    isMoving: boolean,
  ): Objection | null {
    const isGoal = command.kind === "pose" && command.path !== "line";
    if (!isGoal && isMoving) {
      const what = command.kind === "pose" ? "a straight line" : "a motion through way points";
      return { code: "start_mismatch", message: `${what} begins at rest: wait until the robot stands` };
    }
    const id = this.output.requestPlan(command, isGoal ? "goal" : "motion", false);
    if (typeof id !== "string") return id;
    this.drop("replaced", "replaced by a newer command");
    this.waiting = { ref, id, speed: command.speed, until: now + answerWithinMs };
    return null;
  }

  /** What was computed; of no other request than the newest. */
  take({ id, outcome }: PlanAnswer, now: number, robot: CommandedRobot): void {
    const { waiting } = this;
    if (waiting === null || waiting.id !== id) return;
    this.waiting = null;
    const { ref, speed } = waiting;
    const objection = ((): Objection | null => {
      switch (outcome.found) {
        case "objection":
          return outcome.objection;
        case "goal":
          return this.begin(ref, { kind: "jointPosition", positions: outcome.positions, speed }, now, robot);
        case "motion":
          return this.begin(ref, { kind: "path", path: outcome.motion.path }, now, robot);
      }
    })();
    if (objection !== null) refuse(this.output, ref, objection);
  }

  update(now: number): void {
    if (this.waiting !== null && now > this.waiting.until) {
      this.drop("not_checked", `the motion was not computed within ${answerWithinMs / 1000} s: try again`);
    }
  }

  /** Refuses the command that is computed. */
  drop(code: string, message: string): void {
    if (this.waiting !== null) refuse(this.output, this.waiting.ref, { code, message });
    this.waiting = null;
  }
}
