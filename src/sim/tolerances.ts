import type { JointTolerance, TrajectoryGoal } from "./trajectory-goal.ts";

/** Three numbers a joint (position, velocity, acceleration), in the controller's order; 0 is not checked. */
export type StateTolerances = Float64Array;

/** What one goal is held to. `goalTime` in s; 0 waits forever. */
export type Tolerances = { path: StateTolerances; goal: StateTolerances; goalTime: number };

/** joint_trajectory_controller's defaults: only the velocity at the end is checked (stopped_velocity_tolerance). */
export function defaultTolerances(joints: number, stoppedVelocity = 0.01): Tolerances {
  const goal = new Float64Array(3 * joints);
  for (let joint = 0; joint < joints; joint += 1) goal[3 * joint + 1] = stoppedVelocity;
  return { path: new Float64Array(3 * joints), goal, goalTime: 0 };
}

/**
 * The goal's tolerances where it gives them, the defaults elsewhere. As in joint_trajectory_controller,
 * an unknown joint or a negative value other than −1 makes all of them the defaults.
 */
export function tolerancesOf(
  goal: TrajectoryGoal,
  defaults: Tolerances,
  known: ReadonlyMap<string, number>,
): Tolerances {
  const path = merged(goal.pathTolerance, defaults.path, known);
  const end = merged(goal.goalTolerance, defaults.goal, known);
  const goalTime = resolve(goal.goalTimeTolerance, defaults.goalTime);
  return path === null || end === null || goalTime === null ? defaults : { path, goal: end, goalTime };
}

function merged(
  wished: Record<string, JointTolerance> | undefined,
  defaults: StateTolerances,
  known: ReadonlyMap<string, number>,
): StateTolerances | null {
  const all = Float64Array.from(defaults);
  for (const [name, tolerance] of Object.entries(wished ?? {})) {
    const joint = known.get(name);
    if (joint === undefined) return null;
    const values = [tolerance.position, tolerance.velocity, tolerance.acceleration];
    for (const [part, value] of values.entries()) {
      const at = 3 * joint + part;
      const resolved = resolve(value, defaults[at] ?? 0);
      if (resolved === null) return null;
      all[at] = resolved;
    }
  }
  return all;
}

function resolve(wished: number, otherwise: number): number | null {
  if (wished > 0) return wished;
  if (wished === 0) return otherwise;
  return wished === -1 ? 0 : null;
}

/** Whether one joint's errors are inside its tolerances. */
export function within(
  tolerances: StateTolerances,
  joint: number,
  positionError: number,
  velocityError: number,
): boolean {
  const position = tolerances[3 * joint] as number;
  const velocity = tolerances[3 * joint + 1] as number;
  // Accelerations are not measured by the simulated robot, as by most real ones: JTC skips them then.
  return (
    !(position > 0 && Math.abs(positionError) > position) &&
    !(velocity > 0 && Math.abs(velocityError) > velocity)
  );
}
