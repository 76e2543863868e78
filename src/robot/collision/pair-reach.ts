import type { RobotModel } from "../model.ts";
import { jointKind } from "../model-arrays.ts";
import type { CollisionModel } from "./collision-model.ts";

/**
 * How far a unit of each velocity coordinate may move a point of one shape of a pair as seen from the other, m per rad or m
 * per m, whatever the configuration. Entries of pair i are first[i] … first[i + 1] − 1.
 */
export type PairReach = {
  readonly first: Int32Array;
  /** Index in v. */
  readonly coordinate: Int32Array;
  readonly weight: Float64Array;
};

/** Made once a collision model; see `PairReach`. */
export function createPairReach(model: CollisionModel): PairReach {
  const known = reaches.get(model);
  if (known !== undefined) return known;
  const { robot, shapes, pairA, pairB } = model;
  const first = new Int32Array(pairA.length + 1);
  const coordinate: number[] = [];
  const weight: number[] = [];
  for (let pair = 0; pair < pairA.length; pair += 1) {
    const a = shapes[pairA[pair] as number];
    const b = shapes[pairB[pair] as number];
    if (a !== undefined && b !== undefined) {
      const weights = new Map<number, number>();
      addWay(robot, a.link, commonLink(robot, a.link, b.link), extentOf(a.ball), weights);
      addWay(robot, b.link, commonLink(robot, a.link, b.link), extentOf(b.ball), weights);
      for (const [v, w] of weights) {
        coordinate.push(v);
        weight.push(w);
      }
    }
    first[pair + 1] = coordinate.length;
  }
  const reach = { first, coordinate: Int32Array.from(coordinate), weight: Float64Array.from(weight) };
  reaches.set(model, reach);
  return reach;
}

const reaches = new WeakMap<CollisionModel, PairReach>();

/** The farthest that a shape's ball reaches from its link's origin, m. */
function extentOf(ball: Float64Array): number {
  return Math.hypot(ball[0] as number, ball[1] as number, ball[2] as number) + (ball[3] as number);
}

/** Walks from `link` up to `top`, and notes what each joint on the way does to a point `extent` from the link's origin. */
function addWay(
  robot: RobotModel,
  link: number,
  top: number,
  extent: number,
  weights: Map<number, number>,
): void {
  let reach = extent;
  for (let at = link; at !== top; at = robot.parent[at] as number) {
    const joint = robot.joints[at - 1];
    const offset = 12 * at + 9;
    const origins = robot.parentFromJoint;
    if (joint !== undefined && joint.vIndex >= 0) {
      const rate = joint.mimic === null ? 1 : Math.abs(joint.mimic.multiplier);
      const kind = robot.kind[at] as number;
      const isSliding = kind === jointKind.prismatic;
      for (let k = 0; k < Math.max(1, joint.nv); k += 1) {
        // Of a planar or floating joint every coordinate may turn or shift it.
        const way = rate * (isSliding ? 1 : joint.nv > 1 ? Math.max(1, reach) : reach);
        const v = joint.vIndex + k;
        weights.set(v, (weights.get(v) ?? 0) + way);
      }
      // Seen from above, a slide carries the point as far as its range; outside of it nothing is bounded.
      if (isSliding) reach += slideOf(joint.lower, joint.upper, joint.mimic);
    }
    reach += Math.hypot(
      origins[offset] as number,
      origins[offset + 1] as number,
      origins[offset + 2] as number,
    );
  }
}

/** m: the farthest a slide is from its zero. A range without end counts as 10 m. */
function slideOf(lower: number, upper: number, mimic: { multiplier: number; offset: number } | null): number {
  const farthest = Math.max(Math.abs(lower), Math.abs(upper));
  const range = Number.isFinite(farthest) ? farthest : 10;
  return mimic === null ? range : range + Math.abs(mimic.offset);
}

function commonLink(robot: RobotModel, a: number, b: number): number {
  let [i, j] = [a, b];
  // Links are ordered parents first, so the larger index is never above the smaller one.
  while (i !== j) {
    if (i > j) i = robot.parent[i] as number;
    else j = robot.parent[j] as number;
  }
  return i;
}
