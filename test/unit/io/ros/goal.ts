import type { TrajectoryGoal } from "../../../../src/command/trajectory.ts";

export const action = "/arm_controller/follow_joint_trajectory";

/** A goal for `action` that continues a motion; its last point is not quite at two seconds. */
export const goal: TrajectoryGoal = {
  id: "g1",
  controller: action,
  joints: ["shoulder", "elbow"],
  circular: [false, true],
  start: 10_000,
  from: { time: 0, positions: [0.1, 0.2], velocities: [0.3, 0.4] },
  points: [
    { time: 0.5, positions: [0.5, 0.6], velocities: [0.7, 0.8], accelerations: [0.9, 1] },
    { time: 1.999_999_999_9, positions: [1, 2], velocities: [0, 0] },
  ],
  pathTolerance: [0.1, 0.2],
  goalTolerance: [0.01],
  goalTimeTolerance: 2.25,
};
