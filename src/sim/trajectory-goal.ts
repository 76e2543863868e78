/*
 * A FollowJointTrajectory goal and its end, in the words of control_msgs. Positions in rad or m,
 * velocities per second, accelerations per second squared, times in seconds.
 */

export type TrajectoryPoint = {
  timeFromStart: number;
  /** As `jointNames` of the goal; so are the others, when they are there. */
  positions: number[];
  velocities?: number[];
  accelerations?: number[];
};

/** 0: the controller's default; −1: not checked; another negative value makes all tolerances the default. */
export type JointTolerance = { position: number; velocity: number; acceleration: number };

export type TrajectoryGoal = {
  id: string;
  jointNames: string[];
  points: TrajectoryPoint[];
  pathTolerance?: Record<string, JointTolerance>;
  goalTolerance?: Record<string, JointTolerance>;
  /** How long after the last point the goal may still be reached; 0: the default; −1: forever. */
  goalTimeTolerance: number;
};

/** control_msgs/FollowJointTrajectory's result codes. */
export const goalErrorCode = {
  successful: 0,
  invalidGoal: -1,
  invalidJoints: -2,
  oldHeaderTimestamp: -3,
  pathToleranceViolated: -4,
  goalToleranceViolated: -5,
} as const;

export type GoalErrorCode = (typeof goalErrorCode)[keyof typeof goalErrorCode];

export type GoalVerdict = { accepted: true } | { accepted: false; code: GoalErrorCode; reason: string };

export type GoalResult = {
  id: string;
  status: "succeeded" | "aborted" | "canceled";
  errorCode: GoalErrorCode;
  errorString: string;
};

/** float's epsilon: below it joint_trajectory_controller takes a last velocity for zero. */
const stillVelocity = 1.1920929e-7;

/**
 * joint_trajectory_controller's checks in its order and words, and one more: it takes NaN and infinity,
 * we refuse them. Limits are not checked, as there.
 */
export function judgeGoal(
  goal: TrajectoryGoal,
  known: ReadonlyMap<string, number>,
  allowNonzeroVelocityAtEnd: boolean,
): GoalVerdict {
  const names = goal.jointNames;
  if (names.length === 0) return refuse("invalidJoints", "Empty joint names on incoming trajectory.");
  const last = goal.points.at(-1);
  if (last === undefined) return refuse("invalidGoal", "Empty trajectory received.");
  for (const [index, name] of names.entries()) {
    if (!known.has(name)) {
      return refuse("invalidJoints", `Incoming joint ${name} doesn't match the controller's joints.`);
    }
    if (names.indexOf(name) !== index) {
      return refuse("invalidJoints", `Incoming joint ${name} is named twice.`);
    }
  }
  if (!Number.isFinite(goal.goalTimeTolerance)) {
    return refuse("invalidGoal", `goal_time_tolerance is ${goal.goalTimeTolerance}, not a finite number.`);
  }
  return judgePoints(goal, allowNonzeroVelocityAtEnd ? [] : (last.velocities ?? []));
}

function judgePoints(goal: TrajectoryGoal, lastVelocities: readonly number[]): GoalVerdict {
  const names = goal.jointNames;
  for (const [index, velocity] of lastVelocities.entries()) {
    if (Math.abs(velocity) > stillVelocity) {
      const reason = `Velocity of last trajectory point of joint ${names[index]} is not zero: ${velocity.toFixed(15)}`;
      return refuse("invalidGoal", reason);
    }
  }
  let previous = Number.NEGATIVE_INFINITY;
  for (const [index, point] of goal.points.entries()) {
    const time = point.timeFromStart;
    if (!Number.isFinite(time) || time < 0) {
      return refuse("invalidGoal", `Time of point ${index} is ${time}; it must be finite and not negative.`);
    }
    if (time <= previous) {
      const reason = `Time between points ${index - 1} and ${index} is not strictly increasing, it is ${previous.toFixed(6)} and ${time.toFixed(6)} respectively`;
      return refuse("invalidGoal", reason);
    }
    previous = time;
    const fields = [
      ["positions", point.positions],
      ["velocities", point.velocities],
      ["accelerations", point.accelerations],
    ] as const;
    for (const [field, values] of fields) {
      if (values === undefined) continue;
      if (values.length !== names.length) {
        const reason = `Mismatch between joint_names size (${names.length}) and ${field} (${values.length}) at point #${index}.`;
        return refuse("invalidGoal", reason);
      }
      const bad = values.findIndex((value) => !Number.isFinite(value));
      if (bad !== -1) {
        const reason = `${field} of joint ${names[bad]} at point #${index} is ${values[bad]}, not a finite number.`;
        return refuse("invalidGoal", reason);
      }
    }
  }
  return { accepted: true };
}

function refuse(code: keyof typeof goalErrorCode, reason: string): GoalVerdict {
  return { accepted: false, code: goalErrorCode[code], reason };
}
