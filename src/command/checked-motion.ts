import type { CommandedRobot, CommandRef, GateOutput } from "./gate-output.ts";
import type { JointMotionCommand } from "./motion-command.ts";
import { type PlannedMotion, startsAlike } from "./planned-motion.ts";
import { refuse } from "./refusals.ts";
import type { Objection } from "./validate-motion.ts";
import { latestMs, mostTries, nextBegin, toCheck, type WaitingMotion } from "./waiting-motion.ts";

/** The motion that a command requests if it begins at server ms `at`, or why it is refused. */
type Plan = (
  command: JointMotionCommand,
  now: number,
  robot: CommandedRobot,
  at: number,
) => PlannedMotion | Objection;
type Send = (ref: CommandRef, motion: PlannedMotion, now: number, robot: CommandedRobot) => Objection | null;

/** Sends a motion once its whole path is known to be free of collisions; until then it waits and nothing moves. */
export class CheckedMotion {
  /** The motion whose path is still being checked. */
  private waiting: WaitingMotion | null = null;

  constructor(
    private readonly output: GateOutput,
    private readonly plan: Plan,
    private readonly send: Send,
  ) {}

  isEmpty(): boolean {
    return this.waiting === null;
  }

  /** Checks a motion that was planned for `now`, and sends it or lets it wait. */
  begin(
    ref: CommandRef,
    command: JointMotionCommand,
    motion: PlannedMotion,
    now: number,
    robot: CommandedRobot,
  ): Objection | null {
    return this.judge(toCheck(ref, command, motion, now), now, robot);
  }

  /** Goes on with the check. */
  update(now: number, robot: CommandedRobot): void {
    if (this.waiting === null) return;
    const { ref } = this.waiting;
    const objection = this.judge(this.waiting, now, robot);
    if (objection !== null) refuse(this.output, ref, objection);
  }

  /** Refuses the motion that waits. */
  drop(code: string, message: string): void {
    if (this.waiting !== null) refuse(this.output, this.waiting.ref, { code, message });
    this.waiting = null;
  }

  private judge(waiting: WaitingMotion, now: number, robot: CommandedRobot): Objection | null {
    const { ref, command, guard, tries, from } = waiting;
    const verdict = guard.advance(robot, now);
    const isFresh = this.waiting !== waiting;
    if (verdict === "wait" || (verdict === "pass" && now < from)) {
      if (isFresh) this.drop("replaced", "replaced by a newer command");
      this.waiting = waiting;
      return null;
    }
    if (!isFresh) this.waiting = null;
    if (verdict !== "pass") return verdict;
    if (isFresh) return this.send(ref, guard.motion, now, robot);
    // The robot may have moved meanwhile: what was checked must still match what would be sent.
    const start = now - from < latestMs ? from : now;
    const motion = this.plan(command, start, robot, start);
    if ("code" in motion) return motion;
    if (startsAlike(guard.motion, motion)) return this.send(ref, motion, start, robot);
    if (tries >= mostTries) {
      const message = "the robot moved on while collisions were looked for: try again when it stands";
      return { code: "not_checked", message };
    }
    const ahead = nextBegin(waiting, now);
    const later = this.plan(command, now, robot, ahead);
    if ("code" in later) return later;
    const begin = startsAlike(motion, later) ? now : ahead;
    return this.judge(toCheck(ref, command, later, now, begin, tries + 1), now, robot);
  }
}
