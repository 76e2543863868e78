import {
  copyJointMotion,
  createJointMotion,
  type Interpolation,
  type JointMotion,
  SampledTrajectory,
} from "./sampled-trajectory.ts";
import { defaultTolerances, type Tolerances, tolerancesOf, within } from "./tolerances.ts";
import {
  type GoalErrorCode,
  type GoalResult,
  type GoalVerdict,
  goalErrorCode,
  judgeGoal,
  type TrajectoryGoal,
} from "./trajectory-goal.ts";

/** Named as joint_trajectory_controller's parameters, and with its defaults. */
export type TrajectoryControllerOptions = {
  interpolation?: Interpolation;
  allowNonzeroVelocityAtTrajectoryEnd?: boolean;
  /** rad/s or m/s: what counts as standing still at the end of a goal. */
  stoppedVelocityTolerance?: number;
};

/** Arrays are the controller's own and change with the next update; order as `jointNames`. */
export type TrajectoryFeedback = {
  id: string;
  desired: JointMotion;
  actual: JointMotion;
  /** desired − actual. */
  error: JointMotion;
};

/**
 * Follows one FollowJointTrajectory goal at a time, as ros2_controllers' joint_trajectory_controller
 * (Kilted) does with position commands: same checks, splines, tolerances, result codes and sentences.
 * Unlike it: goals may always name a part of the joints, and a goal that comes while another runs starts
 * from the motion commanded then (its `interpolate_from_desired_state`).
 */
export class JointTrajectoryController {
  /** The joints it commands, in its order. */
  readonly jointNames: readonly string[];
  /** What the robot is asked to do now; order as `jointNames`; reused. */
  readonly commanded: JointMotion;
  readonly #indexOf: ReadonlyMap<string, number>;
  readonly #defaults: Tolerances;
  readonly #interpolation: Interpolation;
  readonly #allowNonzeroEnd: boolean;
  readonly #actual: JointMotion;
  readonly #error: JointMotion;
  readonly #feedback: TrajectoryFeedback;
  #active: {
    goal: TrajectoryGoal;
    trajectory: SampledTrajectory;
    tolerances: Tolerances;
    start: number;
  } | null = null;
  #results: GoalResult[] = [];

  /** `positions` is where the joints stand; they are held there until the first goal. */
  constructor(
    jointNames: readonly string[],
    positions: ArrayLike<number>,
    options: TrajectoryControllerOptions = {},
  ) {
    this.jointNames = jointNames;
    this.#indexOf = new Map(jointNames.map((name, index) => [name, index]));
    this.#defaults = defaultTolerances(jointNames.length, options.stoppedVelocityTolerance);
    this.#interpolation = options.interpolation ?? "splines";
    this.#allowNonzeroEnd = options.allowNonzeroVelocityAtTrajectoryEnd ?? false;
    this.commanded = createJointMotion(jointNames.length);
    this.commanded.positions.set(positions);
    this.#actual = createJointMotion(jointNames.length);
    this.#actual.positions.set(positions);
    this.#error = createJointMotion(jointNames.length);
    this.#feedback = { id: "", desired: this.commanded, actual: this.#actual, error: this.#error };
  }

  /** The goal that is being followed. */
  get activeGoal(): string | null {
    return this.#active?.goal.id ?? null;
  }

  /**
   * Starts the goal at `now`, from the motion commanded then. The goal before it ends with the code and
   * sentence of joint_trajectory_controller, as aborted: an action server can cancel only on request.
   */
  accept(goal: TrajectoryGoal, now: number): GoalVerdict {
    const verdict = judgeGoal(goal, this.#indexOf, this.#allowNonzeroEnd);
    if (!verdict.accepted) return verdict;
    this.#finish("aborted", goalErrorCode.invalidGoal, "Current goal cancelled due to new incoming action.");
    const columns = goal.jointNames.map((name) => this.#indexOf.get(name) ?? -1);
    this.#active = {
      goal,
      trajectory: new SampledTrajectory(this.commanded, goal.points, columns, this.#interpolation),
      tolerances: tolerancesOf(goal, this.#defaults, this.#indexOf),
      start: now,
    };
    return { accepted: true };
  }

  /** Ends the goal as canceled and holds the measured position; false when that goal is not active. */
  cancel(goalId: string, _now: number): boolean {
    if (this.#active?.goal.id !== goalId) return false;
    this.#finish("canceled", goalErrorCode.successful, "");
    this.#hold();
    return true;
  }

  /** The ends of goals since the last call, one each, oldest first. */
  takeResults(): GoalResult[] {
    const results = this.#results;
    this.#results = [];
    return results;
  }

  /** How the active goal goes; null without one. The answer is reused: read it at once. */
  feedback(): TrajectoryFeedback | null {
    if (this.#active === null) return null;
    this.#feedback.id = this.#active.goal.id;
    return this.#feedback;
  }

  /** One control cycle: takes the measured motion, judges the goal, and writes `commanded`. */
  update(now: number, positions: Float64Array, velocities: Float64Array): void {
    this.#actual.positions.set(positions);
    this.#actual.velocities.set(velocities);
    const active = this.#active;
    if (active === null) return;
    const time = Math.max(0, now - active.start);
    const beforeLast = active.trajectory.sample(time, this.commanded);
    const tolerances = beforeLast ? active.tolerances.path : active.tolerances.goal;
    let inside = true;
    for (let joint = 0; joint < this.jointNames.length; joint += 1) {
      const position = (this.commanded.positions[joint] as number) - (positions[joint] as number);
      const velocity = (this.commanded.velocities[joint] as number) - (velocities[joint] as number);
      this.#error.positions[joint] = position;
      this.#error.velocities[joint] = velocity;
      inside &&= within(tolerances, joint, position, velocity);
    }
    if (beforeLast) {
      if (inside) return;
      const reason = "Aborted due to path tolerance violation";
      this.#finish("aborted", goalErrorCode.pathToleranceViolated, reason);
      this.#hold();
    } else if (inside) {
      this.#finish("succeeded", goalErrorCode.successful, "Goal successfully reached!");
    } else {
      const late = time - active.trajectory.duration;
      if (active.tolerances.goalTime === 0 || late <= active.tolerances.goalTime) return;
      const reason = `Aborted due to goal_time_tolerance exceeding by ${late.toFixed(6)} seconds`;
      this.#finish("aborted", goalErrorCode.goalToleranceViolated, reason);
      this.#hold();
    }
  }

  #finish(status: GoalResult["status"], errorCode: GoalErrorCode, errorString: string): void {
    if (this.#active === null) return;
    this.#results.push({ id: this.#active.goal.id, status, errorCode, errorString });
    this.#active = null;
  }

  #hold(): void {
    copyJointMotion(this.#actual, this.commanded);
    this.commanded.velocities.fill(0);
    this.commanded.accelerations.fill(0);
  }
}
