import { type CollisionShape, writeSupport } from "./shape.ts";
import { createSimplex, reduceToNearest, type Simplex, vertexSize } from "./simplex.ts";

/*
 * Gilbert, Johnson, Keerthi: A fast procedure for computing the distance between complex objects in
 * three-dimensional space (1988), on the difference a − b of two convex cores. v is its point nearest to the
 * origin so far: |v| bounds the distance from above, the support along −v from below.
 */

/** Cores nearer than this count as touching, m. */
export const touching = 1e-10;
/** What overlapping cores are apart: less than any bound. */
export const overlapping = Number.NEGATIVE_INFINITY;
/** m: how far upper and lower bound may stay apart. */
const gap = 1e-10;
const mostSteps = 200;

/** Two placed shapes and what searching between them needs; made once, used for every pair. */
export type ShapePair = {
  a: CollisionShape;
  b: CollisionShape;
  aIndex: number;
  bIndex: number;
  /** 12 numbers a shape: the shape in the root frame. */
  readonly poses: Float64Array;
};

export type GjkWork = {
  readonly simplex: Simplex;
  /** 3: a direction to begin with, b towards a; afterwards the last one, to begin with the next time. */
  readonly axis: Float64Array;
  /** 3: the search may stop above the first, at most at the second, or between third and first (see findCoreDistance). */
  readonly bounds: Float64Array;
  /** 1: what was found. Numbers go in and out by arrays: arguments and results of calls may be put on the heap. */
  readonly found: Float64Array;
};

export function createGjkWork(): GjkWork {
  return {
    simplex: createSimplex(),
    axis: new Float64Array(3),
    bounds: new Float64Array(3).fill(Number.POSITIVE_INFINITY),
    found: new Float64Array(1),
  };
}

/** Writes the vertex of a − b that lies furthest along (dx, dy, dz), with its points on a and on b. */
export function writeDifferenceSupport(
  pair: ShapePair,
  dx: number,
  dy: number,
  dz: number,
  out: Float64Array,
  at: number,
): void {
  const { poses } = pair;
  writeSupport(pair.a, poses, 12 * pair.aIndex, dx, dy, dz, out, at + 3);
  writeSupport(pair.b, poses, 12 * pair.bIndex, -dx, -dy, -dz, out, at + 6);
  for (let k = 0; k < 3; k += 1) {
    out[at + k] = (out[at + 3 + k] as number) - (out[at + 6 + k] as number);
  }
}

/**
 * Leaves the distance of the cores in m in `work.found`; `overlapping` when they touch or overlap. Stops early with a
 * lower bound as soon as that is above `bounds[0]` (a negative one says how deep they are at most), or with an
 * upper bound as soon as that is at most `bounds[1]`, or as soon as the distance is known to be above `bounds[2]` and at most
 * `bounds[0]`; Infinity, −1 and Infinity ask for the distance itself.
 */
export function findCoreDistance(pair: ShapePair, work: GjkWork): void {
  const { simplex, axis, bounds, found } = work;
  const tooFar = bounds[0] as number;
  const nearEnough = bounds[1] as number;
  const farEnough = bounds[2] as number;
  const { vertices, nearest } = simplex;
  simplex.size = 0;
  let x = axis[0] as number;
  let y = axis[1] as number;
  let z = axis[2] as number;
  let length = Math.sqrt(x * x + y * y + z * z);
  if (!(length > 0)) {
    x = length = 1;
    y = z = 0;
  }
  let distance = Number.POSITIVE_INFINITY;
  for (let step = 0; step < mostSteps; step += 1) {
    const at = vertexSize * simplex.size;
    writeDifferenceSupport(pair, -x, -y, -z, vertices, at);
    const wx = vertices[at] as number;
    const wy = vertices[at + 1] as number;
    const wz = vertices[at + 2] as number;
    const below = (x * wx + y * wy + z * wz) / length;
    if (below > tooFar) {
      writeAxis(axis, x / length, y / length, z / length);
      found[0] = below;
      return;
    }
    if (distance - below <= gap || isIn(vertices, simplex.size, at)) break;
    simplex.size += 1;
    if (reduceToNearest(simplex)) {
      writeAxis(axis, x / length, y / length, z / length);
      found[0] = overlapping;
      return;
    }
    const nx = nearest[0] as number;
    const ny = nearest[1] as number;
    const nz = nearest[2] as number;
    const next = Math.sqrt(nx * nx + ny * ny + nz * nz);
    if (next <= touching) {
      writeAxis(axis, x / length, y / length, z / length);
      found[0] = overlapping;
      return;
    }
    const isStuck = !(next < distance);
    x = nx;
    y = ny;
    z = nz;
    length = next;
    distance = next;
    if (isStuck || distance <= nearEnough || (below > farEnough && distance <= tooFar)) break;
  }
  writeAxis(axis, x / length, y / length, z / length);
  found[0] = distance;
}

/** A unit vector: kept for the next query, where the last distance means nothing. */
function writeAxis(axis: Float64Array, x: number, y: number, z: number): void {
  axis[0] = x;
  axis[1] = y;
  axis[2] = z;
}

/** A vertex found again means that there is none further. */
function isIn(vertices: Float64Array, size: number, at: number): boolean {
  for (let i = 0; i < size; i += 1) {
    const other = vertexSize * i;
    if (
      vertices[other] === vertices[at] &&
      vertices[other + 1] === vertices[at + 1] &&
      vertices[other + 2] === vertices[at + 2]
    ) {
      return true;
    }
  }
  return false;
}
