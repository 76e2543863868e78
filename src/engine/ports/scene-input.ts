import type { SceneItem } from "../../protocol/scene.ts";
import type { ConvexHull } from "../../robot/collision/convex-hull.ts";

/** The whole surroundings as they are from now on, with the hulls of their meshes. */
export type SceneInput = {
  kind: "scene";
  objects: readonly SceneItem[];
  /** By `hullKey`; null: the mesh cannot be used. */
  hulls: ReadonlyMap<string, ConvexHull | null>;
};
