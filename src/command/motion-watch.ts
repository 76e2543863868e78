import type { CommandRef, GateOutput, GoalStage } from "./gate-output.ts";
import type { TrajectoryGoal } from "./trajectory.ts";

type GoalState = { controller: string; stage: "sent" | "accepted" | "done" };

/** One command under way, perhaps over several controllers. Times are server ms. */
type Motion = {
  ref: CommandRef;
  joints: string[];
  goals: Map<string, GoalState>;
  started: number;
  /** Seconds it should take. */
  duration: number;
  /** Seconds past that within which a controller may still reach the goal. */
  tolerance: number;
  /** Goals that the controllers are to give up for this motion's. Cancelled once it is known what becomes of those. */
  replaced: readonly string[];
};

const answerWithinMs = 3000;
const resultMarginMs = 2000;

/** Follows goals from sent to their end, so that no wish vanishes silently. */
export class MotionWatch {
  private motions: Motion[] = [];

  /** `onAborted` is told the joints of a motion that ends before its goal, whatever ended it. */
  constructor(
    private readonly output: GateOutput,
    private readonly onAborted: (joints: readonly string[]) => void,
  ) {}

  /** `replaced`: what `replace` gave back for this motion, and other goals its controllers give up for it. */
  watch(
    ref: CommandRef,
    joints: string[],
    goals: readonly TrajectoryGoal[],
    now: number,
    duration: number,
    tolerance: number,
    replaced: readonly string[],
  ): void {
    const states = new Map<string, GoalState>(
      goals.map(({ id, controller }) => [id, { controller, stage: "sent" }]),
    );
    this.motions.push({ ref, joints, goals: states, started: now, duration, tolerance, replaced });
  }

  report(
    goalId: string,
    stage: GoalStage,
    code: string,
    message: string,
    error: number | undefined,
    now: number,
  ): void {
    const motion = this.motions.find((m) => m.goals.has(goalId));
    const goal = motion?.goals.get(goalId);
    if (motion === undefined || goal === undefined) return;
    switch (stage) {
      case "accepted":
        goal.stage = "accepted";
        this.dropReplaced(motion);
        this.output.desireBecomes(motion.joints, "accepted", "");
        this.output.result(motion.ref, "executing", "ok", "the controller took the goal", 0);
        return;
      case "executing": {
        if (goal.stage === "sent") goal.stage = "accepted";
        this.dropReplaced(motion);
        const progress = Math.min(1, (now - motion.started) / 1000 / Math.max(motion.duration, 1e-3));
        this.output.result(motion.ref, "executing", "ok", "", progress, error);
        return;
      }
      case "done":
        goal.stage = "done";
        for (const { stage } of motion.goals.values()) if (stage !== "done") return;
        this.finish(motion);
        this.output.desireBecomes(motion.joints, "reached", "");
        this.output.result(motion.ref, "done", code, message, 1);
        return;
      case "aborted":
        this.abort(motion, code, message, goalId);
        return;
    }
  }

  /** Aborts what was answered by nobody, or not finished, in its time. */
  update(now: number): void {
    for (const motion of [...this.motions]) {
      const age = now - motion.started;
      if (isUnanswered(motion) && age > answerWithinMs) {
        this.abort(motion, "no_answer", `the controller did not answer in ${answerWithinMs / 1000} s`, null);
      } else if (age > (motion.duration + motion.tolerance) * 1000 + resultMarginMs) {
        this.abort(motion, "timed_out", "no result in the time the motion should take", null);
      }
    }
  }

  cancelAll(code: string, message: string): void {
    for (const motion of [...this.motions]) this.abort(motion, code, message, null);
  }

  /**
   * Ends all motions for a newer one on `controllers`. Those give their goals up by themselves when the newer
   * ones come, without a halt between; the ids of such goals come back. All others are cancelled.
   */
  replace(controllers: ReadonlySet<string>, message: string): string[] {
    return [...this.motions].flatMap((motion) =>
      this.abort(motion, "replaced", message, null, controllers).concat(motion.replaced),
    );
  }

  /** The goals of `kept` controllers are not cancelled; their ids come back. */
  private abort(
    motion: Motion,
    code: string,
    message: string,
    endedGoal: string | null,
    kept: ReadonlySet<string> | null = null,
  ): string[] {
    this.finish(motion);
    this.onAborted(motion.joints);
    const left: string[] = [];
    for (const [id, { controller, stage }] of motion.goals) {
      if (id === endedGoal || stage === "done") continue;
      if (kept?.has(controller)) left.push(id);
      else this.output.cancelTrajectory(id);
    }
    // What this motion was to take the place of may still run where nobody took it.
    if (kept === null) for (const id of motion.replaced) this.output.cancelTrajectory(id);
    const state = code === "no_answer" || code === "timed_out" ? "timedOut" : "refused";
    this.output.desireBecomes(motion.joints, state, message);
    this.output.result(motion.ref, "aborted", code, message);
    return left;
  }

  /**
   * When all controllers took this motion, cancels what it replaced. joint_trajectory_controller has ended it
   * by then and takes no notice; a server that runs goals side by side would go on with it.
   */
  private dropReplaced(motion: Motion): void {
    if (motion.replaced.length === 0 || isUnanswered(motion)) return;
    for (const id of motion.replaced) this.output.cancelTrajectory(id);
    motion.replaced = [];
  }

  private finish(motion: Motion): void {
    this.motions = this.motions.filter((m) => m !== motion);
  }
}

function isUnanswered(motion: Motion): boolean {
  for (const { stage } of motion.goals.values()) if (stage === "sent") return true;
  return false;
}
