import type { DesiredState } from "../core/quality.ts";
import type { CollisionModel } from "../robot/collision/collision-model.ts";
import type { MotionCommand } from "./motion-command.ts";
import type { RobotLimits } from "./robot-limits.ts";
import type { TrajectoryController, TrajectoryGoal } from "./trajectory.ts";
import type { PlanarTwist } from "./twist-stream.ts";
import type { MeasuredJoints, Objection, ObjectionDetails } from "./validate-motion.ts";

/** Whose command: its results go to that session under that id. `target` is what it is to move, for the audit trail. */
export type CommandRef = { session: string; id: string | number; target: string };

/** What is said of a command, in this order; `refused`, `done` and `aborted` are last words. */
export type Stage = "accepted" | "refused" | "sent" | "executing" | "done" | "aborted";

/** What a trajectory server says of a goal. */
export type GoalStage = "accepted" | "executing" | "done" | "aborted";

/** One report of a trajectory server on one of our goals. `error` is the worst tracking error, rad or m. */
export type GoalReport = {
  goalId: string;
  stage: GoalStage;
  code: string;
  message: string;
  error?: number | undefined;
};

/** What becomes of the joints' `desired` after it was sent. */
export type DesiredOutcome = Exclude<DesiredState, "pending" | "sent">;

/** Everything a gate lets out. The engine writes it to the robot, the clients and the graph. */
export interface GateOutput {
  sendTrajectory(goal: TrajectoryGoal): void;
  cancelTrajectory(goalId: string): void;
  sendTwist(twist: PlanarTwist): void;
  /** Hands a signal's new value to a device; `ttlMs` is what is left of the command's life. */
  sendDevice(
    ref: CommandRef,
    command: Extract<MotionCommand, { kind: "device" }>,
    ttlMs: number,
  ): Objection | null;
  result(
    ref: CommandRef,
    stage: Stage,
    code: string,
    message: string,
    progress?: number,
    error?: number,
    details?: ObjectionDetails,
  ): void;
  /** The answer to a command that keeps a jog going: for its client, not for the audit trail. */
  jogGoesOn(ref: CommandRef, code: string, message: string): void;
  /** Where joints are asked to be, when a motion is let through: rad or m. */
  desire(joints: readonly string[], positions: readonly number[]): void;
  /** How far that motion has come since it was sent. */
  desireBecomes(joints: readonly string[], state: DesiredOutcome, reason: string): void;
}

/** What a robot can be asked now. */
export type Capabilities = {
  trajectory: readonly TrajectoryController[];
  twist: boolean;
  /** Why it takes no twist, as one sentence with what to do; absent where it does, or where nobody knows. */
  noTwist?: string;
};

/**
 * What is known of a robot's collision geometry: nothing to check (it has none, or checking is off), still being read, or
 * ready. The model's workspace is the gate's alone.
 */
export type KnownCollisions =
  | { state: "none" }
  | { state: "reading" }
  | { state: "ready"; model: CollisionModel };

/** The robot as a command meets it: what it may do, what is measured of it, who carries motions out. */
export type CommandedRobot = {
  limits: RobotLimits;
  measured: MeasuredJoints;
  can: Capabilities;
  collisions: KnownCollisions;
  /** Whether the base's pose is measured now; null or absent: nothing measures it. */
  isBaseSeen?: boolean | null;
  /** The robot's own time (ms, `/clock`) where it is simulated; null or absent: the robot runs by our time. */
  robotTime?: number | null;
};
