import type { LinkNames } from "../../robot/collision/allowed-pairs.ts";
import type { ConvexHull } from "../../robot/collision/convex-hull.ts";

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
