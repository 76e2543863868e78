import type { ConvexHull } from "./convex-hull.ts";
import { type CollisionShape, coreKind } from "./shape.ts";

/** 7 numbers, m: the two ends of a segment, and a radius. The whole shape is nowhere farther from the segment. */
export type BoundingCapsule = Float64Array;

/** A capsule around a shape in the link's frame: of one that is long it is much narrower than a ball. Infinite around a plane. */
export function boundingCapsule(shape: CollisionShape): BoundingCapsule {
  const { linkFromShape } = shape;
  const own = ownCapsule(shape);
  const capsule = new Float64Array(7);
  for (const end of [0, 3]) {
    for (let row = 0; row < 3; row += 1) {
      let sum = linkFromShape[9 + row] as number;
      for (let k = 0; k < 3; k += 1) sum += (linkFromShape[3 * row + k] as number) * (own[end + k] as number);
      capsule[end + row] = sum;
    }
  }
  capsule[6] = own[6] as number;
  return capsule;
}

/** The same in the shape's own frame. */
export function ownCapsule({ kind, halfX, halfY, halfZ, margin, hull }: CollisionShape): BoundingCapsule {
  const own = new Float64Array(7);
  switch (kind) {
    case coreKind.plane:
      own[6] = Number.POSITIVE_INFINITY;
      return own;
    case coreKind.hull:
      if (hull !== null) own.set(capsuleOfHull(hull));
      break;
    case coreKind.box: {
      const halves = [halfX, halfY, halfZ];
      const longest = halves.indexOf(Math.max(...halves));
      own[longest] = -(halves[longest] as number);
      own[3 + longest] = halves[longest] as number;
      own[6] = Math.hypot(...halves.filter((_, axis) => axis !== longest));
      break;
    }
    default:
      own[2] = -halfZ;
      own[5] = halfZ;
      own[6] = kind === coreKind.cylinder ? halfX : 0;
  }
  own[6] = (own[6] as number) + margin;
  return own;
}

/** Hulls are shared by the models of one robot in many scenes. */
const known = new WeakMap<ConvexHull, BoundingCapsule>();
/** What rounding may leave outside of the capsule, as a share of its size. */
const rounding = 1e-9;

/** Along the axes of its frame and along the hull's longest way: the smallest of these. In the hull's frame. */
function capsuleOfHull(hull: ConvexHull): BoundingCapsule {
  const seen = known.get(hull);
  if (seen !== undefined) return seen;
  const far = farthestFrom(hull, farthestFrom(hull, 0));
  const near = farthestFrom(hull, far);
  const at = (vertex: number): number[] => [0, 1, 2].map((k) => hull.vertices[3 * vertex + k] as number);
  const long = at(far).map((value, k) => value - (at(near)[k] as number));
  const directions = [[1, 0, 0], [0, 1, 0], [0, 0, 1], long]; // biome-ignore format: four directions
  let best: BoundingCapsule | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const direction of directions) {
    const size = Math.hypot(...direction);
    if (!(size > 0)) continue;
    const capsule = capsuleAlong(
      hull,
      direction.map((value) => value / size),
    );
    const [x0 = 0, y0 = 0, z0 = 0, x1 = 0, y1 = 0, z1 = 0, radius = 0] = capsule;
    const volume = radius * radius * (Math.hypot(x1 - x0, y1 - y0, z1 - z0) + (4 / 3) * radius);
    if (best !== null && volume >= least) continue;
    [best, least] = [capsule, volume];
  }
  const capsule = best ?? new Float64Array(7);
  known.set(hull, capsule);
  return capsule;
}

function farthestFrom({ vertices }: ConvexHull, from: number): number {
  let [best, most] = [from, -1];
  for (let i = 0; i < vertices.length / 3; i += 1) {
    const distance = Math.hypot(
      (vertices[3 * i] as number) - (vertices[3 * from] as number),
      (vertices[3 * i + 1] as number) - (vertices[3 * from + 1] as number),
      (vertices[3 * i + 2] as number) - (vertices[3 * from + 2] as number),
    );
    if (distance > most) [best, most] = [i, distance];
  }
  return best;
}

/** The narrowest capsule about the line along `u` through the middle of what the hull spans across it. */
function capsuleAlong({ vertices }: ConvexHull, u: readonly number[]): BoundingCapsule {
  const [ux = 0, uy = 0, uz = 0] = u;
  // A direction across u, from the axis that is farthest from it.
  const axis = [ux, uy, uz].map(Math.abs);
  const k = axis.indexOf(Math.min(...axis));
  const cross = [k === 1 ? uz : k === 2 ? -uy : 0, k === 2 ? ux : k === 0 ? -uz : 0, k === 0 ? uy : k === 1 ? -ux : 0]; // biome-ignore format: three numbers
  const size = Math.hypot(...cross);
  const [ax = 0, ay = 0, az = 0] = cross.map((value) => value / size);
  const [bx, by, bz] = [uy * az - uz * ay, uz * ax - ux * az, ux * ay - uy * ax];
  const spans = [ax, bx].map(() => [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  const places: number[][] = [];
  for (let i = 0; i < vertices.length; i += 3) {
    const [x, y, z] = [vertices[i] as number, vertices[i + 1] as number, vertices[i + 2] as number];
    const place = [ax * x + ay * y + az * z, bx * x + by * y + bz * z, ux * x + uy * y + uz * z];
    places.push(place);
    for (const [across, span] of spans.entries()) {
      span[0] = Math.min(span[0] as number, place[across] as number);
      span[1] = Math.max(span[1] as number, place[across] as number);
    }
  }
  const [a = 0, b = 0] = spans.map(([low = 0, high = 0]) => (low + high) / 2);
  let radius = 0;
  let extent = 0;
  for (const [pa = 0, pb = 0, along = 0] of places) {
    radius = Math.max(radius, Math.hypot(pa - a, pb - b));
    extent = Math.max(extent, Math.abs(along), Math.abs(pa), Math.abs(pb));
  }
  radius += rounding * extent;
  // Each vertex is to be within the radius of some point between the ends.
  let [begin, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [pa = 0, pb = 0, along = 0] of places) {
    const reach = Math.sqrt(Math.max(0, radius ** 2 - (pa - a) ** 2 - (pb - b) ** 2));
    begin = Math.min(begin, along + reach);
    end = Math.max(end, along - reach);
  }
  if (begin > end) begin = end = (begin + end) / 2;
  const capsule = new Float64Array(7);
  for (const [at, along] of [begin, end].entries()) {
    capsule[3 * at] = a * ax + b * bx + along * ux;
    capsule[3 * at + 1] = a * ay + b * by + along * uy;
    capsule[3 * at + 2] = a * az + b * bz + along * uz;
  }
  capsule[6] = radius + rounding * extent;
  return capsule;
}
