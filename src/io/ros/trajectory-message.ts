import type { TrajectoryGoal } from "../../command/trajectory.ts";
import type { Stamp } from "../../core/stamp.ts";

const onArrival: Stamp = { sec: 0, nanosec: 0 };

/**
 * When a controller is to begin a goal. One that takes over a motion is joined on its way, whenever it arrives. One from rest begins
 * when it arrives (zero): a controller that got it late would jump to where it should have been by then.
 */
export function startOf(goal: TrajectoryGoal, { stampOf }: { stampOf(serverMs: number): Stamp }): Stamp {
  return goal.from === null ? onArrival : stampOf(goal.start);
}

/** A trajectory_msgs/JointTrajectory with `start` as its stamp; zero: it begins when it arrives. */
export function trajectoryMessage(goal: TrajectoryGoal, start: Stamp): object {
  const isStamped = start.sec !== 0 || start.nanosec !== 0;
  const points = isStamped && goal.from !== null ? [goal.from, ...goal.points] : goal.points;
  return {
    header: { stamp: start, frame_id: "" },
    joint_names: goal.joints,
    points: points.map((point) => ({
      positions: point.positions,
      velocities: point.velocities,
      accelerations: point.accelerations ?? [],
      effort: [],
      time_from_start: duration(point.time),
    })),
  };
}

/** The goal of a FollowJointTrajectory action with that trajectory. */
export function goalMessage(goal: TrajectoryGoal, start: Stamp): object {
  const noHeader = { stamp: onArrival, frame_id: "" };
  const tolerance = (values: readonly number[]) =>
    goal.joints.map((name, i) => ({ name, position: values[i] ?? 0, velocity: 0, acceleration: 0 }));
  return {
    trajectory: trajectoryMessage(goal, start),
    multi_dof_trajectory: { header: noHeader, joint_names: [], points: [] },
    path_tolerance: tolerance(goal.pathTolerance),
    component_path_tolerance: [],
    goal_tolerance: tolerance(goal.goalTolerance),
    component_goal_tolerance: [],
    goal_time_tolerance: duration(goal.goalTimeTolerance),
  };
}

/** A builtin_interfaces/Duration. */
export function duration(seconds: number): { sec: number; nanosec: number } {
  const sec = Math.floor(seconds);
  return { sec, nanosec: Math.min(999_999_999, Math.round((seconds - sec) * 1e9)) };
}
