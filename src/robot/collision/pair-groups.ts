import { transformSize, writeIdentity } from "../rigid-transform.ts";
import { type CollisionModel, ofShapePairs, type ShapeNumbers } from "./collision-model.ts";
import { boxShape } from "./make-shape.ts";
import { type CollisionShape, coreKind } from "./shape.ts";

/**
 * The pairs of a model by the two links, or link and object, that they are of. Where these have several pairs of shapes, a pair
 * of boxes around all shapes of either stands for them: what keeps the boxes apart keeps all the pairs apart.
 */
export type PairGroups = {
  /** The model's shapes and pairs, with the same numbers, then the boxes and their pairs. */
  readonly model: CollisionModel;
  /** How many pairs are the model's own. */
  readonly own: number;
  /** The pairs to begin with: of each group the boxes' pair, or its only one. */
  readonly heads: Int32Array;
  /** The head of each pair's group. */
  readonly headOf: Int32Array;
  /** Of the pair of boxes own + i the pairs from begin[i] on, to end[i] − 1. */
  readonly begin: Int32Array;
  readonly end: Int32Array;
};

/** Made once a collision model. */
export function pairGroups(model: CollisionModel): PairGroups {
  const seen = known.get(model);
  if (seen !== undefined) return seen;
  const { robot, shapes, pairA, pairB } = model;
  const all: CollisionShape[] = [...shapes];
  const pairs: ShapeNumbers[] = [...pairA].map((a, i) => [a, pairB[i] as number]);
  const own = pairs.length;
  const numbers = coverNumbers(shapes, all);
  const [heads, headOf, begin, end] = [[], [], [], []] as [number[], number[], number[], number[]];
  for (let from = 0; from < own; ) {
    const [a, b] = [pairA[from] as number, pairB[from] as number];
    let until = from + 1;
    while (until < own && isOfSame(shapes, a, pairA[until]) && isOfSame(shapes, b, pairB[until])) until += 1;
    const head = until - from === 1 ? from : pairs.length;
    heads.push(head);
    for (let one = from; one < until; one += 1) headOf.push(head);
    if (head !== from) {
      pairs.push([numbers.get(ownerOf(shapes, a)) ?? a, numbers.get(ownerOf(shapes, b)) ?? b]);
      begin.push(from);
      end.push(until);
    }
    from = until;
  }
  const groups = {
    model: begin.length === 0 ? model : ofShapePairs(robot, all, pairs),
    own,
    heads: Int32Array.from(heads),
    headOf: Int32Array.from([...headOf, ...heads.filter((head) => head >= own)]),
    begin: Int32Array.from(begin),
    end: Int32Array.from(end),
  };
  known.set(model, groups);
  return groups;
}

const known = new WeakMap<CollisionModel, PairGroups>();
/** What rounding may leave outside of a box, as a share. */
const rounding = 1e-9;
/** Links are in many models, one for each scene: their boxes by their first shape. */
const covers = new WeakMap<CollisionShape, { of: readonly CollisionShape[]; cover: CollisionShape }>();

const ownerOf = (shapes: readonly CollisionShape[], i: number): number => (shapes[i] as CollisionShape).owner;

function isOfSame(shapes: readonly CollisionShape[], a: number, b: number | undefined): boolean {
  return b !== undefined && ownerOf(shapes, a) === ownerOf(shapes, b);
}

/** Adds a box around the shapes of each owner that has several to `all`: their numbers, by owner. */
function coverNumbers(shapes: readonly CollisionShape[], all: CollisionShape[]): Map<number, number> {
  const byOwner = new Map<number, CollisionShape[]>();
  for (const shape of shapes) byOwner.set(shape.owner, [...(byOwner.get(shape.owner) ?? []), shape]);
  const numbers = new Map<number, number>();
  for (const [owner, of] of byOwner) {
    if (of.length < 2) continue;
    numbers.set(owner, all.length);
    all.push(coverOf(of));
  }
  return numbers;
}

function coverOf(of: readonly CollisionShape[]): CollisionShape {
  const first = of[0] as CollisionShape;
  const seen = covers.get(first);
  if (seen !== undefined && seen.of.length === of.length && seen.of.every((one, i) => one === of[i])) {
    return seen.cover;
  }
  const [low, high] = boxAround(of.flatMap(cornersOf));
  const linkFromShape = new Float64Array(transformSize);
  writeIdentity(linkFromShape, 0);
  for (let k = 0; k < 3; k += 1) linkFromShape[9 + k] = ((low[k] as number) + (high[k] as number)) / 2;
  const [x = 0, y = 0, z = 0] = high.map((value, k) => ((value - (low[k] as number)) / 2) * (1 + rounding));
  const { link, owner, role } = first;
  const cover = boxShape([x, y, z], { link, owner, role, label: "all", linkFromShape });
  covers.set(first, { of, cover });
  return cover;
}

/** The corners of a box around the shape, in the link's frame, 3 numbers each. */
function cornersOf({ kind, hull, halfX, halfY, halfZ, margin, linkFromShape: t }: CollisionShape): number[] {
  let [low, high] = [[-halfX, -halfY, -halfZ], [halfX, halfY, halfZ]]; // biome-ignore format: two corners
  if (kind === coreKind.hull && hull !== null) [low, high] = boxAround(hull.vertices);
  const found: number[] = [];
  for (let corner = 0; corner < 8; corner += 1) {
    const p = [0, 1, 2].map((k) =>
      corner & (1 << k) ? (high[k] as number) + margin : (low[k] as number) - margin,
    );
    for (let row = 0; row < 3; row += 1) {
      let sum = t[9 + row] as number;
      for (let k = 0; k < 3; k += 1) sum += (t[3 * row + k] as number) * (p[k] as number);
      found.push(sum);
    }
  }
  return found;
}

function boxAround(points: ArrayLike<number>): [number[], number[]] {
  const low = [0, 1, 2].map(() => Number.POSITIVE_INFINITY);
  const high = low.map(() => Number.NEGATIVE_INFINITY);
  for (let i = 0; i < points.length; i += 1) {
    low[i % 3] = Math.min(low[i % 3] as number, points[i] as number);
    high[i % 3] = Math.max(high[i % 3] as number, points[i] as number);
  }
  return [low, high];
}
