import type { Facet } from "../core/quality.ts";

/**
 * The shape of a property's value. Numbers, poses and twists are stored in flat arrays; `other` is any JSON value
 * (text, boolean, object).
 */
export type ValueKind = "number" | "pose" | "twist" | "other";

/** How many numbers a value has: pose is x y z qx qy qz qw, twist is linear x y z, angular x y z. */
export function widthOf(kind: ValueKind): number {
  switch (kind) {
    case "number":
      return 1;
    case "pose":
      return 7;
    case "twist":
      return 6;
    case "other":
      return 0;
  }
}

/** The graph's revision at the last change of a property of motion of one thing: joints and base. */
export type MotionRevision = { revision: number };

/** One quantity of one thing. Its facets are registers in the graph's table (−1: never had a value). */
export type Property = {
  readonly thing: string;
  readonly path: string;
  /** Changed only by `TwinGraph.changeKind`. */
  kind: ValueKind;
  unit: string;
  /** Joint and base motion is sent in each state frame; everything else when it changes. */
  readonly isMotion: boolean;
  /** The thing's, shared by all its properties. */
  readonly motion: MotionRevision;
  readonly registers: Record<Facet, number>;
  /** The graph's revision at the last change of any facet. */
  revision: number;
};

/** Whether `path` belongs in state frames: `joint/<name>/position|velocity|effort`, `base/pose`, `base/twist`. */
export function isMotionPath(path: string): boolean {
  if (path === "base/pose" || path === "base/twist") return true;
  if (!path.startsWith("joint/")) return false;
  return path.endsWith("/position") || path.endsWith("/velocity") || path.endsWith("/effort");
}
