import type { CommandRef, GateOutput, GoalStage } from "./gate-output.ts";
import type { TrajectoryGoal } from "./trajectory.ts";

type GoalState = "sent" | "accepted" | "done";

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
};

const answerWithinMs = 3000;
const resultMarginMs = 2000;

/** Follows goals from sent to their end, so that no wish vanishes silently. */
export class MotionWatch {
  private motions: Motion[] = [];

  constructor(private readonly output: GateOutput) {}

  watch(
    ref: CommandRef,
    joints: string[],
    goals: readonly TrajectoryGoal[],
    now: number,
    duration: number,
    tolerance: number,
  ): void {
    const states = new Map<string, GoalState>(goals.map((goal) => [goal.id, "sent"]));
    this.motions.push({ ref, joints, goals: states, started: now, duration, tolerance });
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
    if (motion === undefined) return;
    switch (stage) {
      case "accepted":
        motion.goals.set(goalId, "accepted");
        this.output.desireBecomes(motion.joints, "accepted", "");
        this.output.result(motion.ref, "executing", "ok", "the controller took the goal", 0);
        return;
      case "executing": {
        if (motion.goals.get(goalId) === "sent") motion.goals.set(goalId, "accepted");
        const progress = Math.min(1, (now - motion.started) / 1000 / Math.max(motion.duration, 1e-3));
        this.output.result(motion.ref, "executing", "ok", "", progress, error);
        return;
      }
      case "done":
        motion.goals.set(goalId, "done");
        for (const state of motion.goals.values()) if (state !== "done") return;
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
      const unanswered = [...motion.goals.values()].includes("sent");
      if (unanswered && age > answerWithinMs) {
        this.abort(motion, "no_answer", `the controller did not answer in ${answerWithinMs / 1000} s`, null);
      } else if (age > (motion.duration + motion.tolerance) * 1000 + resultMarginMs) {
        this.abort(motion, "timed_out", "no result in the time the motion should take", null);
      }
    }
  }

  cancelAll(code: string, message: string): void {
    for (const motion of [...this.motions]) this.abort(motion, code, message, null);
  }

  private abort(motion: Motion, code: string, message: string, endedGoal: string | null): void {
    this.finish(motion);
    for (const [id, state] of motion.goals) {
      if (id !== endedGoal && state !== "done") this.output.cancelTrajectory(id);
    }
    const state = code === "no_answer" || code === "timed_out" ? "timedOut" : "refused";
    this.output.desireBecomes(motion.joints, state, message);
    this.output.result(motion.ref, "aborted", code, message);
  }

  private finish(motion: Motion): void {
    this.motions = this.motions.filter((m) => m !== motion);
  }
}
