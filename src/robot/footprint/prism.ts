import { bodiesOf } from "../collision/allowed-pairs.ts";
import { type CollisionModel, ofShapePairs } from "../collision/collision-model.ts";
import { convexHull } from "../collision/convex-hull.ts";
import { hullKey, makeShape } from "../collision/make-shape.ts";
import { placeShapes } from "../collision/place-shapes.ts";
import { coreKind } from "../collision/shape.ts";
import type { RobotData } from "../data.ts";
import type { RobotModel } from "../model.ts";
import { transformSize, writeIdentity } from "../rigid-transform.ts";
import type { Footprint } from "./footprint.ts";

/** m: of a robot without collision geometry. */
const usualHeights: readonly [number, number] = [0, 1];

/**
 * The model with one more shape on its root link: the convex hull of the footprint, as high as the shapes of the links that are fixed
 * to the root are (by the balls around them). For a robot whose footprint is given, and may reach beyond its collision geometry.
 */
export function withPrism(
  robot: RobotModel,
  collisions: CollisionModel | null,
  data: RobotData,
  { points, radius }: Footprint,
): CollisionModel {
  const [low, high] = collisions === null ? usualHeights : heightsOf(collisions, data);
  const linkFromShape = new Float64Array(transformSize);
  writeIdentity(linkFromShape, 0);
  const place = { link: 0, label: "footprint", linkFromShape, owner: 0, role: null };
  const [[x, y] = [0, 0]] = points;
  if (radius > 0) linkFromShape.set([x, y, (low + high) / 2], 9);
  const geometry =
    radius > 0
      ? ({ kind: "cylinder", radius, length: high - low } as const)
      : ({ kind: "mesh", filename: "footprint", scale: [1, 1, 1] } as const);
  const corners = points.flatMap(([px, py]) => [px, py, low, px, py, high]);
  const hulls = new Map([[hullKey("footprint", [1, 1, 1]), convexHull(Float64Array.from(corners))]]);
  const shape = makeShape(
    geometry,
    place,
    hulls,
    () => null,
    () => undefined,
  );
  const shapes = [...(collisions?.shapes ?? []), ...(shape === null ? [] : [shape])];
  const pairs = [...(collisions?.pairA ?? [])].map((a, i) => [a, collisions?.pairB[i] ?? -1] as const);
  return ofShapePairs(robot, shapes, pairs);
}

function heightsOf(model: CollisionModel, data: RobotData): readonly [number, number] {
  placeShapes(model, data);
  const body = bodiesOf(model.robot);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [i, { link, kind, ball, role }] of model.shapes.entries()) {
    if (role !== null || kind === coreKind.plane || body[link] !== 0) continue;
    const z = model.work.centres[3 * i + 2] as number;
    low = Math.min(low, z - (ball[3] as number));
    high = Math.max(high, z + (ball[3] as number));
  }
  return low < high ? [low, high] : usualHeights;
}
