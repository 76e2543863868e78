import { AwaitedCommand } from "./awaited-command.ts";
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

/**
 * Commands of tool space: what the joints are to do for them is computed in another thread, and nothing moves until it is
 * known. One at a time: a newer command takes the place of the one that is computed.
 */
export class ComputedCommands {
  /** Without an id the robot is to come to rest first. */
  private readonly awaited: AwaitedCommand<PoseCommand | WaypointsCommand>;

  /** `isMoving`: whether a motion of ours is under way at server ms `now`. */
  constructor(
    private readonly output: GateOutput,
    private readonly begin: Begin,
    private readonly isMoving: (now: number) => boolean,
  ) {
    this.awaited = new AwaitedCommand(output);
  }

  isEmpty(): boolean {
    return this.awaited.current() === null;
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
      this.awaited.replace({ ref, command, id: null, expires, until: now + restsWithinMs });
      return null;
    }
    const id = this.output.requestPlan(command, isGoal ? "goal" : "motion", false);
    if (typeof id !== "string") return id;
    this.awaited.replace({ ref, command, id, expires, until: now + answerWithinMs });
    return null;
  }

  /** What was computed; of no other request than the newest. */
  take(answer: PlanAnswer, now: number, robot: CommandedRobot): void {
    this.awaited.take(answer, now, "the motion was computed", ({ ref, command: { speed } }, outcome) => {
      if (outcome.found === "goal") {
        return this.begin(ref, { kind: "jointPosition", positions: outcome.positions, speed }, now, robot);
      }
      if (outcome.found === "motion") {
        return this.begin(ref, { kind: "path", path: outcome.motion.path }, now, robot);
      }
      return { code: "not_checked", message: "what was computed is no motion of joints" };
    });
  }

  update(now: number): void {
    const awaited = this.awaited.current();
    if (awaited === null) return;
    const { ref, command, id, expires, until } = awaited;
    if (id === null && !this.isMoving(now)) {
      this.awaited.release();
      const objection = this.start(ref, command, now, expires);
      if (objection !== null) refuse(this.output, ref, objection);
    } else if (now > until) {
      const what = command.kind === "pose" ? "a straight line" : "a motion through way points";
      if (id === null) this.drop("start_mismatch", `${what} begins at rest: wait until the robot stands`);
      else
        this.drop("not_checked", `the motion was not computed within ${answerWithinMs / 1000} s: try again`);
    }
  }

  /** Refuses the command that is computed. */
  drop(code: string, message: string): void {
    this.awaited.drop(code, message);
  }
}
