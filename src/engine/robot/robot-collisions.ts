import type { KnownCollisions } from "../../command/gate-output.ts";
import {
  type CollisionModel,
  createCollisionModel,
  type MadeCollisionModel,
} from "../../robot/collision/collision-model.ts";
import type { CollisionGeometry } from "../ports/collision-geometry.ts";
import type { LoadedDescription } from "./robot-description.ts";

/** Whether a description has anything that could collide. */
export function hasCollisions({ description }: LoadedDescription): boolean {
  return description.links.some((link) => link.collisions.length > 0);
}

/** What is known where a model has been made. */
export function knownOf(model: CollisionModel): KnownCollisions {
  return model.pairA.length === 0 ? { state: "none" } : { state: "ready", model };
}

/** The model that motions are checked with, the robot alone. */
export function collisionsOf(loaded: LoadedDescription, geometry: CollisionGeometry): MadeCollisionModel {
  const { hulls, disabledPairs, disabledLinks, enabledPairs } = geometry;
  return createCollisionModel(loaded.description, loaded.model, {
    verticesOf: () => null,
    hulls,
    disabledPairs,
    disabledLinks,
    enabledPairs,
  });
}
