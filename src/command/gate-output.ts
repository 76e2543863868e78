import type { GoalId, JointName, SessionId } from "../core/names.ts";
import type { DesiredState } from "../core/quality.ts";
import type { CollisionModel } from "../robot/collision/collision-model.ts";
import type { Margins } from "../robot/collision/margins.ts";
import type { RobotModel } from "../robot/model.ts";
import type {
  JointMotionCommand,
  MotionCommand,
  NavigateCommand,
  PlannableCommand,
} from "./motion-command.ts";
import type { PlanRequest } from "./plan-request.ts";
import type { RobotLimits } from "./robot-limits.ts";
import type { Gripper, Navigation, Navigators, RobotService, RobotTask } from "./robot-task.ts";
import type { TrajectoryController, TrajectoryGoal } from "./trajectory.ts";
import type { PlanarTwist } from "./twist-stream.ts";
import type { MeasuredJoints, Objection, ObjectionDetails } from "./validate-motion.ts";

/** The origin of a command: results go to that session under that id. `target` names what it moves (audit trail). */
export type CommandRef = {
  session: SessionId;
  id: string | number;
  target: string;
  /** Whether it is one of the many commands of a control that is held. */
  isJog: boolean;
};

/** The states of a command, in this order; `refused`, `done` and `aborted` are final. */
export type Stage = "accepted" | "refused" | "sent" | "executing" | "done" | "aborted";

/** One answer to a command. `progress` from 0 to 1; `error` is the largest tracking error, rad or m. */
export type CommandResult = {
  stage: Stage;
  code: string;
  message: string;
  progress?: number | undefined;
  error?: number | undefined;
  navigation?: Navigation | undefined;
  details?: ObjectionDetails | undefined;
};

/** The states that a trajectory server reports for a goal. */
export type GoalStage = "accepted" | "executing" | "done" | "aborted";

/** One report on one of our goals or tasks. `error` is the largest tracking error, rad or m. */
export type GoalReport = {
  goalId: GoalId;
  stage: GoalStage;
  code: string;
  message: string;
  error?: number | undefined;
  navigation?: Navigation | undefined;
};

/** The outcome for the joints' `desired` after it was sent. */
export type DesiredOutcome = Exclude<DesiredState, "pending" | "sent">;

/** Everything a gate sends. The engine writes it to the robot, the clients and the graph. */
export interface GateOutput {
  sendTrajectory(goal: TrajectoryGoal): void;
  cancelTrajectory(goalId: GoalId): void;
  sendTwist(twist: PlanarTwist): void;
  /** Hands a job to the program on the robot that does it; what becomes of it is reported as of a goal. */
  sendTask(task: RobotTask): void;
  /** Cancels a task where its kind can be cancelled. */
  cancelTask(taskId: GoalId): void;
  /** Sends a signal's new value to a device; `ttlMs` is the remaining lifetime of the command. */
  sendDevice(
    ref: CommandRef,
    command: Extract<MotionCommand, { kind: "device" }>,
    ttlMs: number,
  ): Objection | null;
  /**
   * Has a motion computed from where the robot is now; the id that the answer will have, or why it cannot be computed.
   * `avoid`: a way around is looked for.
   */
  requestPlan(
    command: PlannableCommand | NavigateCommand,
    purpose: PlanRequest["purpose"],
    avoid: boolean,
  ): string | Objection;
  /** Nobody waits for that motion any more. */
  dropPlan(id: string): void;
  /** The motion of a plan that is still valid, or why it is not. */
  planned(planId: string, stateHash: string): JointMotionCommand | Objection;
  /** Begins a sequence, whose steps come back to the gate as commands of their own under the lease of `epoch`. */
  startSequence(ref: CommandRef, name: string, epoch: number): Objection | null;
  /** One answer to a command, for its client and the audit trail. */
  result(ref: CommandRef, result: CommandResult): void;
  /** The answer to a command that continues a jog: for its client, not for the audit trail. */
  jogGoesOn(ref: CommandRef, code: string, message: string): void;
  /** The target positions of an accepted motion: rad or m. */
  desire(joints: readonly JointName[], positions: readonly number[]): void;
  /** The outcome of those targets. */
  desireBecomes(joints: readonly JointName[], state: DesiredOutcome, reason: string): void;
  /** A controlled stop is over: at rest, or no longer controlled and ended at once, with the reason. */
  stopEnds?(how: "rest" | "escalated", reason: string): void;
}

/** Which stop a robot gets; the words are those of IEC 60204-1's categories 1 and 0, without a safety rating. */
export type StopKind = "controlled" | "immediate";

/** A controller that is not active: its absolute name, type and state, the joints it would drive, and the remedy. */
export type InactiveController = {
  name: string;
  kind: string;
  state: string;
  joints: readonly JointName[];
  reason: string;
};

/** What a robot currently accepts. */
export type Capabilities = {
  trajectory: readonly TrajectoryController[];
  twist: boolean;
  /** Why the robot accepts no twist, as one sentence with a remedy; absent where it does, or for an unknown reason. */
  noTwist?: string;
  /** Controllers that are loaded but take nothing now. */
  inactive?: readonly InactiveController[];
  grippers?: readonly Gripper[];
  /** Why there is no gripper, as one sentence with a remedy. */
  noGripper?: string;
  navigators?: Navigators;
  /** Why nothing takes goals of the base, likewise. */
  noNavigator?: string;
  /** The services that are allowed and there. */
  services?: readonly RobotService[];
  /** The service of MoveIt's move_group that plans, by its absolute name. */
  planner?: string;
  /** The topic of its map, and what its own frames begin with there. */
  map?: { topic: string; framePrefix: string };
  /** Why it does not plan though it is there, as one sentence with a remedy. */
  noPlanner?: string;
};

/**
 * The state of a robot's collision geometry and surroundings: nothing to check (it has no geometry, or checking is off),
 * still loading, ready, or not to be had: then `reason` is a sentence with a remedy, and no motion passes. Only the gate
 * uses the model's workspace.
 */
export type KnownCollisions =
  | { state: "none" }
  | { state: "reading" }
  /** `world`: ids of the objects that do not move with the base; absent: there are none. */
  | { state: "ready"; model: CollisionModel; world?: ReadonlySet<string> }
  /** `partial`: what can be checked all the same, for motions that are under way; absent: nothing. */
  | { state: "unknown"; reason: string; partial?: CollisionModel };

/** The robot as a command sees it: its limits, its measured state, its controllers. */
export type CommandedRobot = {
  limits: RobotLimits;
  measured: MeasuredJoints;
  can: Capabilities;
  collisions: KnownCollisions;
  /** Links whose collision geometry cannot be used, so that nothing is checked for them; absent: there are none. */
  uncheckedLinks?: readonly string[];
  /** How near motions may come to collisions; absent: `usualMargins`. */
  margins?: Margins;
  /** Whether goals of the base are checked against a map or objects before they are sent; absent: not. */
  checksGoals?: boolean;
  /** Null or absent: no description is known. */
  model?: RobotModel | null;
  /** The share of its speed that is allowed now, 0 to 1; absent: 1. */
  speedScale?: number;
  /** How it is stopped; absent: at once. */
  stop?: StopKind;
  /** Whether the base's pose is measured now; null or absent: nothing measures it. */
  isBaseSeen?: boolean | null;
  /** Where the base is measured, x y z in m and a quaternion; null or absent: it is not now. Read at once, not kept. */
  readonly basePose?: (ArrayLike<number> & Iterable<number>) | null;
  /** The robot's own time (ms, `/clock`) where it is simulated; null or absent: the robot runs by our time. */
  robotTime?: number | null;
  /** Whether that time stands, as in a simulation that is paused; absent: it does not. */
  isTimeStanding?: boolean;
};
