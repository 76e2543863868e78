import { ownCapsule } from "./bounding-capsule.ts";
import { createGjkWork, type GjkWork, type ShapePair } from "./gjk.ts";
import { createPolytope, type Polytope } from "./polytope.ts";
import type { CollisionShape } from "./shape.ts";

/** The workspace of self-collision for one model: made once, overwritten by each query. */
export type CollisionWork = {
  /** 12 a shape: the shape in the root frame. */
  readonly poses: Float64Array;
  /** 3 a shape: centre of its ball in the root frame. */
  readonly centres: Float64Array;
  /** 7 a shape: a capsule around it in its own frame. */
  readonly capsules: Float64Array;
  /** 3 a pair: the last separating direction, where the next search begins; zeros before the first. */
  readonly axes: Float64Array;
  readonly gjk: GjkWork;
  readonly polytope: Polytope;
  /** 3 each: the nearest points of the pair measured last. */
  readonly point1: Float64Array;
  readonly point2: Float64Array;
  /** The pair in hand; null before the first. */
  pair: ShapePair | null;
  /** The pair that was nearest the last time: measured first, it bounds the others. */
  nearestPair: number;
};

export function createCollisionWork(shapes: readonly CollisionShape[], pairs: number): CollisionWork {
  const capsules = new Float64Array(7 * shapes.length);
  for (const [i, shape] of shapes.entries()) capsules.set(ownCapsule(shape), 7 * i);
  return {
    poses: new Float64Array(12 * shapes.length),
    centres: new Float64Array(3 * shapes.length),
    capsules,
    axes: new Float64Array(3 * pairs),
    gjk: createGjkWork(),
    polytope: createPolytope(),
    point1: new Float64Array(3),
    point2: new Float64Array(3),
    pair: null,
    nearestPair: 0,
  };
}

/** Puts two shapes in hand, the one object over and over. */
export function takePair(
  work: CollisionWork,
  shapes: readonly CollisionShape[],
  a: number,
  b: number,
): ShapePair {
  const first = shapes[a] as CollisionShape;
  const second = shapes[b] as CollisionShape;
  if (work.pair === null) {
    const { poses } = work;
    work.pair = { a: first, b: second, aIndex: a, bIndex: b, poses };
    return work.pair;
  }
  work.pair.a = first;
  work.pair.b = second;
  work.pair.aIndex = a;
  work.pair.bIndex = b;
  return work.pair;
}
