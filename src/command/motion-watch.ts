import { hasWaited, type JointTargets, objectToArrival } from "./arrival.ts";
import type { CommandedRobot, CommandRef, CommandResult, GateOutput, GoalReport } from "./gate-output.ts";
import type { PacedMotion } from "./paced-motion.ts";
import type { TrajectoryGoal } from "./trajectory.ts";
import type { Objection } from "./validate-motion.ts";

type GoalState = { controller: string; stage: "sent" | "accepted" | "done" };

/** The progress of one command. Times are server ms. */
export type WatchedMotion = {
  /** Null: no client requested it, as with braking at the end of a lease. */
  ref: CommandRef | null;
  /** The target positions of its joints. */
  targets: JointTargets;
  goals: readonly TrajectoryGoal[];
  started: number;
  /** Planned duration, s. */
  duration: number;
  /** Seconds past that duration within which a controller may still reach the goal. */
  tolerance: number;
  /** Goals that the controllers should abandon for this motion's. Cancelled once those are accepted or aborted. */
  replaced: readonly string[];
  /** Its speed along the path, where that may be changed. */
  pace?: PacedMotion;
};

type Motion = Omit<WatchedMotion, "goals"> & {
  goals: Map<string, GoalState>;
  /** The simulated robot's own time at the start, ms; null: it runs by our time, or is not known yet. */
  robotStarted: number | null;
  /** The controllers are done since then; the measurement is still to confirm it. */
  arriving: { since: number; code: string; message: string } | null;
};

const answerWithinMs = 3000;
const resultMarginMs = 2000;

/** Follows goals until they end, so that no command vanishes silently. */
export class MotionWatch {
  private motions: Motion[] = [];

  /** `onAborted` receives the joints of a motion that ends before its goal, for any reason. */
  constructor(
    private readonly output: GateOutput,
    private readonly onAborted: (joints: readonly string[]) => void,
    /** Why the motion of joints must end though its controllers go on; null: it need not. */
    private readonly objection: (
      joints: readonly string[],
      robot: CommandedRobot,
      now: number,
    ) => Objection | null = () => null,
  ) {}

  /** Follows a motion whose goals are about to be sent. */
  watch({ goals, ...motion }: WatchedMotion): void {
    const states = new Map<string, GoalState>(
      goals.map(({ id, controller }) => [id, { controller, stage: "sent" }]),
    );
    this.motions.push({ ...motion, goals: states, robotStarted: null, arriving: null });
  }

  /** A report of a trajectory server on a goal; reports on unknown goals are ignored. */
  report({ goalId, stage, code, message, error }: GoalReport, now: number, robot: CommandedRobot): void {
    const motion = this.motions.find((m) => m.goals.has(goalId));
    const goal = motion?.goals.get(goalId);
    if (motion === undefined || goal === undefined) return;
    switch (stage) {
      case "accepted":
        goal.stage = "accepted";
        this.dropReplaced(motion);
        this.output.desireBecomes(motion.targets.joints, "accepted", "");
        this.result(motion, {
          stage: "executing",
          code: "ok",
          message: "the controller accepted the goal",
          progress: 0,
        });
        return;
      case "executing": {
        if (goal.stage === "sent") goal.stage = "accepted";
        this.dropReplaced(motion);
        const along = Math.min(1, (now - motion.started) / 1000 / Math.max(motion.duration, 1e-3));
        const progress = motion.pace?.progress(now) ?? along;
        this.result(motion, { stage: "executing", code: "ok", message: "", progress, error });
        return;
      }
      case "done":
        goal.stage = "done";
        for (const { stage } of motion.goals.values()) if (stage !== "done") return;
        this.dropReplaced(motion);
        // A paused motion stands on its way.
        if (motion.pace?.isPaused() === true) return;
        motion.arriving = { since: now, code, message };
        this.confirm(motion, now, robot);
        return;
      case "aborted":
        this.abort(motion, code, message, goalId);
        return;
    }
  }

  isEmpty(): boolean {
    return this.motions.length === 0;
  }

  /** Aborts motions that were not answered, or not finished, in time. */
  update(now: number, robot: CommandedRobot): void {
    for (const motion of [...this.motions]) {
      const age = now - motion.started;
      if (motion.arriving !== null) this.confirm(motion, now, robot);
      else if (isUnanswered(motion) && age > answerWithinMs) {
        this.abort(motion, "no_answer", `the controller did not answer in ${answerWithinMs / 1000} s`, null);
      } else if (motion.pace?.isPaused() === true) {
      } else if (
        robotAge(motion, age, robot.robotTime ?? null) >
        (motion.duration + motion.tolerance) * 1000 + resultMarginMs
      ) {
        this.abort(motion, "timed_out", "no result in the time the motion should take", null);
      } else if (!isUnanswered(motion)) {
        const objection = this.objection(motion.targets.joints, robot, now);
        if (objection !== null) this.abort(motion, objection.code, objection.message, null);
      }
    }
  }

  /** Motions under way whose speed may be changed. */
  paced(): (Motion & { pace: PacedMotion })[] {
    return this.motions.filter(
      (motion): motion is Motion & { pace: PacedMotion } =>
        motion.pace !== undefined && motion.arriving === null,
    );
  }

  /** The motion goes on by other goals, which replace those under way; `duration` in s from `now`. */
  repace(motion: Motion, goals: readonly TrajectoryGoal[], now: number, duration: number): void {
    const left = [...motion.goals].filter(([, { stage }]) => stage !== "done").map(([id]) => id);
    motion.replaced = [...motion.replaced, ...left];
    motion.goals = new Map(goals.map(({ id, controller }) => [id, { controller, stage: "sent" }]));
    motion.started = now;
    motion.duration = duration;
    motion.robotStarted = null;
  }

  /** Ends one motion: its goals are cancelled. */
  end(motion: Motion, code: string, message: string): void {
    this.abort(motion, code, message, null);
  }

  cancelAll(code: string, message: string): void {
    for (const motion of [...this.motions]) this.abort(motion, code, message, null);
  }

  /**
   * Ends all motions for a newer one on `controllers`. Those preempt their goals when the newer ones arrive, without
   * stopping in between; the ids of such goals are returned. All others are cancelled.
   */
  replace(controllers: ReadonlySet<string>, code: string, message: string): string[] {
    return [...this.motions].flatMap((motion) =>
      this.abort(motion, code, message, null, controllers).concat(motion.replaced),
    );
  }

  /** The measurement decides whether a motion that its controllers report as done has arrived. */
  private confirm(motion: Motion, now: number, robot: CommandedRobot): void {
    if (motion.arriving === null) return;
    const { since, code, message } = motion.arriving;
    const objection = objectToArrival(motion.targets, robot);
    if (objection !== null && !hasWaited(since, now, motion.targets, robot)) return;
    this.finish(motion);
    if (objection === null) {
      this.output.desireBecomes(motion.targets.joints, "reached", "");
      this.result(motion, { stage: "done", code, message, progress: 1 });
      return;
    }
    this.output.desireBecomes(motion.targets.joints, "timedOut", `not reached: ${objection}`);
    const doubt = `the controller reports success, but ${objection}`;
    this.result(motion, { stage: "done", code: "not_reached", message: doubt, progress: 1 });
  }

  /** The goals of `kept` controllers are not cancelled; their ids are returned. */
  private abort(
    motion: Motion,
    code: string,
    message: string,
    endedGoal: string | null,
    kept: ReadonlySet<string> | null = null,
  ): string[] {
    this.finish(motion);
    this.onAborted(motion.targets.joints);
    const left: string[] = [];
    for (const [id, { controller, stage }] of motion.goals) {
      if (id === endedGoal || stage === "done") continue;
      if (kept?.has(controller)) left.push(id);
      else this.output.cancelTrajectory(id);
    }
    // The goals that this motion should replace may still run where no controller accepted it.
    if (kept === null) for (const id of motion.replaced) this.output.cancelTrajectory(id);
    const state = code === "no_answer" || code === "timed_out" ? "timedOut" : "refused";
    this.output.desireBecomes(motion.targets.joints, state, message);
    this.result(motion, { stage: "aborted", code, message });
    return left;
  }

  /**
   * When all controllers accepted this motion, cancels the goals it replaced. joint_trajectory_controller has ended
   * them by then and ignores the cancel; a server that runs goals side by side would continue them.
   */
  private dropReplaced(motion: Motion): void {
    if (motion.replaced.length === 0 || isUnanswered(motion)) return;
    for (const id of motion.replaced) this.output.cancelTrajectory(id);
    motion.replaced = [];
  }

  private result({ ref }: Motion, result: CommandResult): void {
    if (ref !== null) this.output.result(ref, result);
  }

  private finish(motion: Motion): void {
    this.motions = this.motions.filter((m) => m !== motion);
  }
}

/** How long a motion has been under way, ms: where a simulation is slow or paused, by the robot's own time. */
function robotAge(motion: Motion, age: number, robotTime: number | null): number {
  if (robotTime === null) return age;
  // A clock that was set back begins anew.
  motion.robotStarted = Math.min(motion.robotStarted ?? robotTime, robotTime);
  return Math.min(age, robotTime - motion.robotStarted);
}

function isUnanswered(motion: Motion): boolean {
  for (const { stage } of motion.goals.values()) if (stage === "sent") return true;
  return false;
}
