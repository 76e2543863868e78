import type { RobotModel } from "../model.ts";
import { jointKind } from "../model-arrays.ts";
import { type BoundingCapsule, boundingCapsule } from "./bounding-capsule.ts";
import type { CollisionModel } from "./collision-model.ts";

/**
 * How far a unit of each velocity coordinate may move a point of one shape of a pair as seen from the other, m per rad or m
 * per m, whatever the configuration. Entries of pair i are first[i] … first[i + 1] − 1, one a joint between the two.
 */
export type PairReach = {
  readonly first: Int32Array;
  /** Index in v. */
  readonly coordinate: Int32Array;
  readonly weight: Float64Array;
  /** Of an entry of a joint that turns, the number of its lever; −1 of all others, whose weight is the same everywhere. */
  readonly lever: Int32Array;
  /** How many rad the joint turns per unit of its coordinate: other than 1 of a follower. */
  readonly rate: Float64Array;
  /** Each lever's shape, and the link that is carried by its joint. */
  readonly leverShape: Int32Array;
  readonly leverLink: Int32Array;
  /** A capsule around each shape. */
  readonly capsules: readonly BoundingCapsule[];
};

type Entry = { coordinate: number; weight: number; lever: number; rate: number };

/** Made once a collision model; see `PairReach`. */
export function createPairReach(model: CollisionModel): PairReach {
  const known = reaches.get(model);
  if (known !== undefined) return known;
  const { robot, shapes, pairA, pairB } = model;
  const capsules = shapes.map(boundingCapsule);
  const first = new Int32Array(pairA.length + 1);
  const entries: Entry[] = [];
  const levers = new Map<number, number>();
  const leverOf = (shape: number, link: number): number => {
    const key = shape * robot.links.length + link;
    const lever = levers.get(key) ?? levers.size;
    levers.set(key, lever);
    return lever;
  };
  for (let pair = 0; pair < pairA.length; pair += 1) {
    const [a, b] = [pairA[pair] as number, pairB[pair] as number];
    const [one, two] = [shapes[a], shapes[b]];
    if (one !== undefined && two !== undefined) {
      const top = commonLink(robot, one.link, two.link);
      for (const [i, { link, ball }] of [[a, one] as const, [b, two] as const]) {
        const extent = Math.min(extentOf(ball), extentOfCapsule(capsules[i] as BoundingCapsule));
        addWay(robot, link, top, extent, (joint) => leverOf(i, joint), entries);
      }
    }
    first[pair + 1] = entries.length;
  }
  const keys = [...levers.keys()];
  const reach = {
    first,
    coordinate: Int32Array.from(entries, ({ coordinate }) => coordinate),
    weight: Float64Array.from(entries, ({ weight }) => weight),
    lever: Int32Array.from(entries, ({ lever }) => lever),
    rate: Float64Array.from(entries, ({ rate }) => rate),
    leverShape: Int32Array.from(keys, (key) => Math.floor(key / robot.links.length)),
    leverLink: Int32Array.from(keys, (key) => key % robot.links.length),
    capsules,
  };
  reaches.set(model, reach);
  return reach;
}

const reaches = new WeakMap<CollisionModel, PairReach>();

/** The farthest that a shape's ball reaches from its link's origin, m. */
function extentOf(ball: Float64Array): number {
  return Math.hypot(ball[0] as number, ball[1] as number, ball[2] as number) + (ball[3] as number);
}

function extentOfCapsule([
  x0 = 0,
  y0 = 0,
  z0 = 0,
  x1 = 0,
  y1 = 0,
  z1 = 0,
  radius = 0,
]: BoundingCapsule): number {
  return Math.max(Math.hypot(x0, y0, z0), Math.hypot(x1, y1, z1)) + radius;
}

/** Walks from `link` up to `top`, and notes what each joint on the way does to a point `extent` from the link's origin. */
function addWay(
  robot: RobotModel,
  link: number,
  top: number,
  extent: number,
  leverOf: (link: number) => number,
  entries: Entry[],
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
      const isTurning = kind >= jointKind.revoluteX && kind <= jointKind.revolute;
      for (let k = 0; k < Math.max(1, joint.nv); k += 1) {
        // Of a planar or floating joint every coordinate may turn or shift it.
        const weight = rate * (isSliding ? 1 : joint.nv > 1 ? Math.max(1, reach) : reach);
        entries.push({ coordinate: joint.vIndex + k, weight, lever: isTurning ? leverOf(at) : -1, rate });
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
