import type { RobotData } from "../data.ts";
import type { RobotModel } from "../model.ts";
import { jointKind } from "../model-arrays.ts";

/**
 * No configuration brings the origin of `link` further from the origin of its chain's first moving joint than this, m: the
 * lengths of the chain's parts together, slides at their longest. Infinity when nothing bounds it (a slide
 * without limits, a planar or floating joint, a floating base).
 */
export function chainReach(model: RobotModel, link: number): number {
  if (model.base === "floating") return Number.POSITIVE_INFINITY;
  let sum = 0;
  let below = 0;
  let moving = 0;
  for (let at = link; at > 0; at = model.parent[at] as number) {
    const kind = model.kind[at] as number;
    if (kind >= jointKind.planar) return Number.POSITIVE_INFINITY;
    if (kind !== jointKind.fixed) {
      moving += 1;
      // What lies between this joint and the next one further out.
      sum += below;
      below = 0;
      if (kind === jointKind.prismatic) sum += longestSlide(model, at);
    }
    const p = 12 * at + 9;
    const [x, y, z] = [model.parentFromJoint[p], model.parentFromJoint[p + 1], model.parentFromJoint[p + 2]];
    below += Math.hypot(x ?? 0, y ?? 0, z ?? 0);
  }
  return moving === 0 ? 0 : sum;
}

function longestSlide(model: RobotModel, link: number): number {
  const joint = model.joints[link - 1];
  if (joint === undefined) return Number.POSITIVE_INFINITY;
  // From anywhere in its range to anywhere else, and from the joint frame itself.
  return Math.abs(joint.lower) + Math.abs(joint.upper);
}

/** The first moving joint on the way to `link`, as the index of the link it carries; 0 when nothing moves. */
export function firstMovingLink(model: RobotModel, link: number): number {
  let first = 0;
  for (let at = link; at > 0; at = model.parent[at] as number) {
    if (model.kind[at] !== jointKind.fixed) first = at;
  }
  return first;
}

/** Distance in m of a point of the root frame from the origin of link `first`; `forwardKinematics` must have run. */
export function distanceFrom(data: RobotData, first: number, point: ArrayLike<number>): number {
  const at = 12 * first + 9;
  const pose = data.rootFromLink;
  return Math.hypot(
    (point[0] as number) - (pose[at] as number),
    (point[1] as number) - (pose[at + 1] as number),
    (point[2] as number) - (pose[at + 2] as number),
  );
}
