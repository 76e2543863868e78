import type { CollisionModel } from "./collision-model.ts";
import type { CollisionShape } from "./shape.ts";

/** m: how near shapes may come: links of the robot to one another, and to objects of the surroundings. Not below 0. */
export type Margins = { readonly self: number; readonly scene: number };

/** Whether an object of the surroundings is one of the pair. */
export function isOfScene(model: CollisionModel, pair: number): boolean {
  const { shapes, pairA, pairB } = model;
  return (
    (shapes[pairB[pair] as number] as CollisionShape).role !== null ||
    (shapes[pairA[pair] as number] as CollisionShape).role !== null
  );
}

/** How near the two shapes of a pair may come, m. */
export function marginOf(model: CollisionModel, pair: number, margin: number | Margins): number {
  if (typeof margin === "number") return margin;
  return isOfScene(model, pair) ? margin.scene : margin.self;
}
