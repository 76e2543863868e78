import type { RobotModel } from "./model.ts";
import { transformSize, writeIdentity } from "./rigid-transform.ts";

/**
 * The workspace of the algorithms for one model: made once, overwritten by each call, owned by the
 * caller. Reading it after a call is cheap; keeping a value means copying it. What is said to be in base
 * axes is meant in the root link's axes about its origin (see dynamics/place-bodies.ts).
 */
export type RobotData = {
  /**
   * 12 numbers a link (see rigid-transform.ts): where each link is in the root frame, which is the
   * root link's own frame, or with a floating base the frame in which the base's pose is given.
   */
  readonly rootFromLink: Float64Array;
  /** 6 a link, root axes: velocity of the link's origin (m/s), angular velocity (rad/s). */
  readonly linkVelocity: Float64Array;
  /** 6 a link, root axes: acceleration of the link's origin as an observer sees it (m/s²), angular acceleration (rad/s²). */
  readonly linkAcceleration: Float64Array;
  /** 12 a body. */
  readonly baseFromBody: Float64Array;
  /** 6 a column, base axes: the spatial motion of a unit rate. */
  readonly columns: Float64Array;
  /** 10 a body, base axes (see dynamics/place-inertias.ts). */
  readonly inertia: Float64Array;
  /** 6 a body: spatial velocity, acceleration (weight as an upward fall), force; in base axes, in `rnea` in the body's own. */
  readonly velocity: Float64Array;
  readonly acceleration: Float64Array;
  readonly force: Float64Array;
  /** 12 a body: the body in its parent's frame, for recursions in body axes. */
  readonly parentFromBody: Float64Array;
  /** nv: what weight and velocities ask for, or leave over. */
  readonly bias: Float64Array;
  /** nv zeros, never written. */
  readonly zeros: Float64Array;
  /** 3: gravity in the base's axes, m/s². */
  readonly baseGravity: Float64Array;
  /** 21 a body: articulated inertia (see dynamics/articulated-inertia.ts). */
  readonly articulated: Float64Array;
  /** 8 a column: articulated inertia times the column, then what the column feels alone, and its effort left over. */
  readonly columnForces: Float64Array;
  /** nv × nv, for robots with followers only: forward dynamics by the mass matrix. */
  readonly massMatrix: Float64Array;
};

export function createData(model: RobotModel): RobotData {
  const links = model.links.length;
  const { bodyCount, columnV, hasFollowers } = model.bodies;
  const rootFromLink = new Float64Array(transformSize * links);
  for (let link = 0; link < links; link += 1) writeIdentity(rootFromLink, transformSize * link);
  const baseFromBody = new Float64Array(transformSize * bodyCount);
  writeIdentity(baseFromBody, 0);
  const columns = new Float64Array(6 * columnV.length);
  // The base's own columns are its axes, now and always.
  if (model.base === "floating") for (let i = 0; i < 6; i += 1) columns[7 * i] = 1;
  return {
    rootFromLink,
    linkVelocity: new Float64Array(6 * links),
    linkAcceleration: new Float64Array(6 * links),
    baseFromBody,
    columns,
    inertia: new Float64Array(10 * bodyCount),
    velocity: new Float64Array(6 * bodyCount),
    acceleration: new Float64Array(6 * bodyCount),
    force: new Float64Array(6 * bodyCount),
    parentFromBody: new Float64Array(transformSize * bodyCount),
    bias: new Float64Array(model.nv),
    zeros: new Float64Array(model.nv),
    baseGravity: new Float64Array(3),
    articulated: new Float64Array(21 * bodyCount),
    columnForces: new Float64Array(8 * columnV.length),
    massMatrix: new Float64Array(hasFollowers ? model.nv * model.nv : 0),
  };
}
