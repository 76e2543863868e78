/** All joints of a path at one time: s from the start; rad or m and their rates, in the path's joint order. */
export type PathKnot = {
  readonly time: number;
  readonly positions: readonly number[];
  readonly velocities: readonly number[];
  readonly accelerations: readonly number[];
};

/**
 * A motion of several joints. Between two knots each joint follows the quintic through the positions, velocities and
 * accelerations of both, as a joint_trajectory_controller lays it. It begins at time 0 and ends at rest.
 */
export type TimedPath = { readonly joints: readonly string[]; readonly knots: readonly PathKnot[] };
