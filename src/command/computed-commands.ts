import type { CommandedRobot, CommandRef, GateOutput } from "./gate-output.ts";
import type { JointMotionCommand, PoseCommand, WaypointsCommand } from "./motion-command.ts";
import type { PlanAnswer } from "./plan-request.ts";
import { refuse } from "./refusals.ts";
import type { Objection } from "./validate-motion.ts";

/** The thread that computes has this time, ms. */
const answerWithinMs = 5000;
/** The end of a motion under way is waited for, ms. */
const restsWithinMs = 1000;

/** Begins a motion that was computed. */
type Begin = (
  ref: CommandRef,
  command: JointMotionCommand,
  now: number,
  robot: CommandedRobot,
) => Objection | null;

/** `id` of the request; null: the robot is to come to rest first. `expires`: server ms to which the command is valid. */
type Waiting = {
  ref: CommandRef;
  command: PoseCommand | WaypointsCommand;
  id: string | null;
  expires: number;
  until: number;
};

/**
 * Commands of tool space: what the joints are to do for them is computed in another thread, and nothing moves until it is
 * known. One at a time: a newer command takes the place of the one that is computed.
 */
export class ComputedCommands {
  private waiting: Waiting | null = null;

  /** `isMoving`: whether a motion of ours is under way at server ms `now`. */
  constructor(
    private readonly output: GateOutput,
    private readonly begin: Begin,
    private readonly isMoving: (now: number) => boolean,
  ) {}

  isEmpty(): boolean {
    return this.waiting === null;
  }

  /**
   * Asks for the motion of a command, at server ms `now`. Lines and way points begin at rest: the end of a motion under way is
   * waited for, for a second.
   */
  start(
    ref: CommandRef,
    command: PoseCommand | WaypointsCommand,
    now: number,
    expires: number,
  ): Objection | null {
    const isGoal = command.kind === "pose" && command.path !== "line";
    if (!isGoal && this.isMoving(now)) {
      this.drop("replaced", "replaced by a newer command");
      this.waiting = { ref, command, id: null, expires, until: now + restsWithinMs };
      return null;
    }
    const id = this.output.requestPlan(command, isGoal ? "goal" : "motion", false);
    if (typeof id !== "string") return id;
    this.drop("replaced", "replaced by a newer command");
    this.waiting = { ref, command, id, expires, until: now + answerWithinMs };
    return null;
  }

  /** What was computed; of no other request than the newest. */
  take({ id, outcome }: PlanAnswer, now: number, robot: CommandedRobot): void {
    const { waiting } = this;
    if (waiting === null || waiting.id !== id) return;
    this.waiting = null;
    const { ref, expires } = waiting;
    const { speed } = waiting.command;
    const objection = ((): Objection | null => {
      if (now > expires) {
        return { code: "expired", message: "its time to live (ttlMs) ended while the motion was computed" };
      }
      switch (outcome.found) {
        case "objection":
          return outcome.objection;
        case "goal":
          return this.begin(ref, { kind: "jointPosition", positions: outcome.positions, speed }, now, robot);
        case "motion":
          return this.begin(ref, { kind: "path", path: outcome.motion.path }, now, robot);
        case "way":
        case "free":
          return { code: "not_checked", message: "what was computed is no motion of joints" };
      }
    })();
    if (objection !== null) refuse(this.output, ref, objection);
  }

  update(now: number): void {
    const { waiting } = this;
    if (waiting === null) return;
    if (waiting.id === null && !this.isMoving(now)) {
      this.waiting = null;
      const objection = this.start(waiting.ref, waiting.command, now, waiting.expires);
      if (objection !== null) refuse(this.output, waiting.ref, objection);
    } else if (now > waiting.until) {
      const what = waiting.command.kind === "pose" ? "a straight line" : "a motion through way points";
      if (waiting.id === null)
        this.drop("start_mismatch", `${what} begins at rest: wait until the robot stands`);
      else
        this.drop("not_checked", `the motion was not computed within ${answerWithinMs / 1000} s: try again`);
    }
  }

  /** Refuses the command that is computed. */
  drop(code: string, message: string): void {
    if (this.waiting !== null) refuse(this.output, this.waiting.ref, { code, message });
    this.waiting = null;
  }
}
