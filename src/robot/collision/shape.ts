import type { ConvexHull } from "./convex-hull.ts";
import { furthestVertex } from "./furthest-vertex.ts";

/*
 * Every shape is a convex core and a margin around it: a sphere is a point with its radius, a capsule a
 * segment with its radius. The distance of two shapes is that of their cores less both margins, in
 * penetration, too, so spheres and capsules are exact.
 */

/** Which core a shape has. A plane's is the half-space z ≤ 0 of its axes: it has no bounds, so it has no support. */
export const coreKind = { point: 0, segment: 1, box: 2, cylinder: 3, hull: 4, plane: 5 } as const;

/** What an object of the surroundings is there for: something that is there, or a space that is to stay free. */
export type SceneRole = "obstacle" | "keepout";

export type CollisionShape = {
  /** A value of `coreKind`. */
  readonly kind: number;
  /** The link's index in the model. */
  readonly link: number;
  /** Tells the shapes of one link or one object from others: a link's index, or for an object a number above all. */
  readonly owner: number;
  /** Null: of the robot itself. */
  readonly role: SceneRole | null;
  /** What a person finds it by: the element's name, else its number in the link, from 1; an object's id. */
  readonly label: string;
  /** Half sizes of the core in m, in its own axes; a cylinder's x is its radius, its axis is z. */
  readonly halfX: number;
  readonly halfY: number;
  readonly halfZ: number;
  /** m: how far the shape reaches beyond its core. */
  readonly margin: number;
  readonly hull: ConvexHull | null;
  /** 12 numbers (see rigid-transform.ts). */
  readonly linkFromShape: Float64Array;
  /** Centre (in the link's frame) and radius of a ball around the whole shape, margin included; a plane's is infinite. */
  readonly ball: Float64Array;
};

/**
 * Writes the point of the core that lies furthest along (dx, dy, dz) into `out` at `at`, in the frame that
 * the pose `poses[poseAt …]` leads to; the direction is in that frame and of any length but 0.
 */
export function writeSupport(
  shape: CollisionShape,
  poses: Float64Array,
  poseAt: number,
  dx: number,
  dy: number,
  dz: number,
  out: Float64Array,
  at: number,
): void {
  const r00 = poses[poseAt] as number;
  const r01 = poses[poseAt + 1] as number;
  const r02 = poses[poseAt + 2] as number;
  const r10 = poses[poseAt + 3] as number;
  const r11 = poses[poseAt + 4] as number;
  const r12 = poses[poseAt + 5] as number;
  const r20 = poses[poseAt + 6] as number;
  const r21 = poses[poseAt + 7] as number;
  const r22 = poses[poseAt + 8] as number;
  const lx = r00 * dx + r10 * dy + r20 * dz;
  const ly = r01 * dx + r11 * dy + r21 * dz;
  const lz = r02 * dx + r12 * dy + r22 * dz;
  let x = 0;
  let y = 0;
  let z = 0;
  switch (shape.kind) {
    case coreKind.point:
      break;
    case coreKind.segment:
      z = lz >= 0 ? shape.halfZ : -shape.halfZ;
      break;
    case coreKind.box:
      x = lx >= 0 ? shape.halfX : -shape.halfX;
      y = ly >= 0 ? shape.halfY : -shape.halfY;
      z = lz >= 0 ? shape.halfZ : -shape.halfZ;
      break;
    case coreKind.cylinder: {
      const across = Math.sqrt(lx * lx + ly * ly);
      if (across > 0) {
        x = (shape.halfX * lx) / across;
        y = (shape.halfX * ly) / across;
      }
      z = lz >= 0 ? shape.halfZ : -shape.halfZ;
      break;
    }
    default: {
      const hull = shape.hull as ConvexHull;
      const vertex = furthestVertex(hull, lx, ly, lz);
      x = hull.vertices[3 * vertex] as number;
      y = hull.vertices[3 * vertex + 1] as number;
      z = hull.vertices[3 * vertex + 2] as number;
    }
  }
  out[at] = r00 * x + r01 * y + r02 * z + (poses[poseAt + 9] as number);
  out[at + 1] = r10 * x + r11 * y + r12 * z + (poses[poseAt + 10] as number);
  out[at + 2] = r20 * x + r21 * y + r22 * z + (poses[poseAt + 11] as number);
}
