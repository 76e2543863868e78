import { transformSize, writeIdentity } from "../rigid-transform.ts";
import { type CollisionModel, ofShapePairs, type ShapeNumbers } from "./collision-model.ts";
import { convexHull } from "./convex-hull.ts";
import { type ShapePlace, shapeAround } from "./make-shape.ts";
import { type CollisionShape, coreKind } from "./shape.ts";

/**
 * The pairs of a model by the two links, or link and object, that they are of. Where these have several pairs of shapes, a pair
 * of hulls around all shapes of either stands for them: what keeps the hulls apart keeps all the pairs apart.
 */
export type PairGroups = {
  /** The model's shapes and pairs, with the same numbers, then the hulls and their pairs. */
  readonly model: CollisionModel;
  /** How many pairs are the model's own. */
  readonly own: number;
  /** The pairs to begin with: of each group the hulls' pair, or its only one. */
  readonly heads: Int32Array;
  /** The head of each pair's group. */
  readonly headOf: Int32Array;
  /** Of the pair of hulls own + i the pairs from begin[i] on, to end[i] − 1. */
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
  const covers = coverNumbers(shapes, all);
  const [heads, headOf, begin, end] = [[], [], [], []] as [number[], number[], number[], number[]];
  for (let from = 0; from < own; ) {
    const [a, b] = [pairA[from] as number, pairB[from] as number];
    let until = from + 1;
    while (until < own && isOfSame(shapes, a, pairA[until]) && isOfSame(shapes, b, pairB[until])) until += 1;
    const head = until - from === 1 ? from : pairs.length;
    heads.push(head);
    for (let one = from; one < until; one += 1) headOf.push(head);
    if (head !== from) {
      pairs.push([covers.get(ownerOf(shapes, a)) ?? a, covers.get(ownerOf(shapes, b)) ?? b]);
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
/** Links are in many models, one for each scene: their hulls by their first shape. */
const hulls = new WeakMap<CollisionShape, { of: readonly CollisionShape[]; cover: CollisionShape }>();

const ownerOf = (shapes: readonly CollisionShape[], i: number): number => (shapes[i] as CollisionShape).owner;

function isOfSame(shapes: readonly CollisionShape[], a: number, b: number | undefined): boolean {
  return b !== undefined && ownerOf(shapes, a) === ownerOf(shapes, b);
}

/** Adds a hull around the shapes of each owner that has several to `all`: their numbers, by owner. */
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
  const seen = hulls.get(first);
  if (seen !== undefined && seen.of.length === of.length && seen.of.every((one, i) => one === of[i])) {
    return seen.cover;
  }
  const linkFromShape = new Float64Array(transformSize);
  writeIdentity(linkFromShape, 0);
  const { link, owner, role } = first;
  const place: ShapePlace = { link, owner, role, label: "all", linkFromShape };
  const cover = shapeAround(convexHull(Float64Array.from(of.flatMap(cornersOf))), place);
  hulls.set(first, { of, cover });
  return cover;
}

/** Points in the link's frame in whose hull the shape is, 3 numbers each. */
function cornersOf({ kind, hull, halfX, halfY, halfZ, margin, linkFromShape: t }: CollisionShape): number[] {
  const isHull = kind === coreKind.hull && hull !== null;
  const cores = isHull ? [...hull.vertices] : [0, 0, 0];
  const [x, y, z] = isHull ? [margin, margin, margin] : [halfX + margin, halfY + margin, halfZ + margin];
  const found: number[] = [];
  for (let i = 0; i < cores.length; i += 3) {
    for (let corner = 0; corner < (isHull && margin === 0 ? 1 : 8); corner += 1) {
      const p = [corner & 1 ? x : -x, corner & 2 ? y : -y, corner & 4 ? z : -z];
      const [a = 0, b = 0, c = 0] = p.map((value, k) => value + (cores[i + k] as number));
      for (let row = 0; row < 3; row += 1) {
        const r = 3 * row;
        found.push(
          (t[r] as number) * a + (t[r + 1] as number) * b + (t[r + 2] as number) * c + (t[9 + row] as number),
        );
      }
    }
  }
  return found;
}
