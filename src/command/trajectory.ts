import type { ControllerName, GoalId, JointName } from "../core/names.ts";

/** One way point: seconds from the start; rad or m and their derivatives, in the goal's joint order. */
export type TrajectoryPoint = {
  time: number;
  positions: number[];
  velocities: number[];
  /** Absent where the controller should interpolate by a cubic. */
  accelerations?: number[];
};

/** The goal for a FollowJointTrajectory server: always with tolerances, since the controller's default is none. */
export type TrajectoryGoal = {
  id: GoalId;
  /** Which of the robot's trajectory controllers. */
  controller: ControllerName;
  joints: JointName[];
  /** For each joint, whether positions that differ by whole turns are equivalent. */
  circular: boolean[];
  /** Server ms from which the points' times count: the time of planning. */
  start: number;
  /**
   * The planned state of the joints at `start`, where the goal continues a motion of ours; null where it starts from
   * the measurement, at rest. A controller that knows the start time of a goal continues from there, whenever the goal arrives;
   * one from rest begins when it arrives.
   */
  from: TrajectoryPoint | null;
  points: TrajectoryPoint[];
  pathTolerance: number[];
  goalTolerance: number[];
  /** Seconds past the last point within which the goal must be reached. */
  goalTimeTolerance: number;
};

/** How a controller takes trajectories; absent in `TrajectoryController`: by an action. */
export type TrajectoryKind = "topic" | "position group" | "velocity group" | "device";

/** A trajectory controller of the robot. `joints` is null when it does not report which joints it drives. */
export type TrajectoryController = {
  name: ControllerName;
  joints: readonly JointName[] | null;
  kind?: TrajectoryKind;
};

/** Seconds from the start to the last point; 0 without points. */
export function durationOf(points: readonly TrajectoryPoint[]): number {
  return points[points.length - 1]?.time ?? 0;
}
