import type { KnownCollisions } from "../command/gate-output.ts";
import type { LinkNames } from "../robot/collision/allowed-pairs.ts";
import { createCollisionModel } from "../robot/collision/collision-model.ts";
import type { ConvexHull } from "../robot/collision/convex-hull.ts";
import type { LoadedDescription } from "./robot-description.ts";

/**
 * What takes long to find out of a robot's collision geometry, as data: made in its own thread from the description,
 * its meshes and its SRDF.
 */
export type CollisionGeometry = {
  /** By `hullKey`; null: the mesh cannot be used. */
  hulls: ReadonlyMap<string, ConvexHull | null>;
  /** Pairs of links that may touch. */
  disabledPairs: readonly LinkNames[];
  disabledLinks: readonly string[];
  enabledPairs: readonly LinkNames[];
  /** What people should know, one sentence each. */
  findings: readonly string[];
};

/** Whether a description has anything that could collide. */
export function hasCollisions({ description }: LoadedDescription): boolean {
  return description.links.some((link) => link.collisions.length > 0);
}

/** The model that the gate checks motions with. */
export function collisionsOf(loaded: LoadedDescription, geometry: CollisionGeometry): KnownCollisions {
  const { hulls, disabledPairs, disabledLinks, enabledPairs } = geometry;
  const { model } = createCollisionModel(loaded.description, loaded.model, {
    verticesOf: () => null,
    hulls,
    disabledPairs,
    disabledLinks,
    enabledPairs,
  });
  return model.pairA.length === 0 ? { state: "none" } : { state: "ready", model };
}
