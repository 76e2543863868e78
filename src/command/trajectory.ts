/** One way point: seconds from the start; rad or m and their derivatives, in the goal's joint order. */
export type TrajectoryPoint = {
  time: number;
  positions: number[];
  velocities: number[];
  /** Absent where the controller is to interpolate by a cubic. */
  accelerations?: number[];
};

/** What a FollowJointTrajectory server gets: always with tolerances, since the controller's default is none. */
export type TrajectoryGoal = {
  id: string;
  /** Which of the robot's trajectory controllers. */
  controller: string;
  joints: string[];
  /** Of each joint, whether positions that differ by whole turns are one place. */
  circular: boolean[];
  /** Server ms from which the points' times count: when it was planned. */
  start: number;
  /**
   * Where the joints are to be at `start`, where the goal takes a motion of ours up; null where it starts from what is
   * measured. A controller that is told when a goal starts goes on from there, whenever the goal arrives.
   */
  from: TrajectoryPoint | null;
  points: TrajectoryPoint[];
  pathTolerance: number[];
  goalTolerance: number[];
  /** Seconds past the last point within which the goal must be reached. */
  goalTimeTolerance: number;
};

/** A trajectory controller of the robot. `joints` is null when it does not tell which it drives. */
export type TrajectoryController = { name: string; joints: readonly string[] | null };

/** Seconds from the start to the last point; 0 without points. */
export function durationOf(points: readonly TrajectoryPoint[]): number {
  return points[points.length - 1]?.time ?? 0;
}
