import type { SceneItem } from "../../protocol/scene.ts";
import type { ConvexHull } from "../../robot/collision/convex-hull.ts";

/** The whole surroundings as they are from now on, with the hulls of their meshes. */
export type SceneInput = {
  kind: "scene";
  objects: readonly SceneItem[];
  /** By `hullKey`; null: the mesh cannot be used. */
  hulls: ReadonlyMap<string, ConvexHull | null>;
  /** Why the objects are not all known, as a sentence with a remedy: no motion passes then. Null: they are. */
  fault: string | null;
};
