import type { CollisionModel } from "../collision/collision-model.ts";
import type { ConvexHull } from "../collision/convex-hull.ts";
import { placeShapes } from "../collision/place-shapes.ts";
import { type CollisionShape, coreKind } from "../collision/shape.ts";
import type { RobotData } from "../data.ts";
import { transformSize } from "../rigid-transform.ts";

/** m, in the frame of the root link: x forward, y left. */
export type GroundPoint = readonly [number, number];

/**
 * What a base covers on the ground: a simple polygon, all that is within `radius` m of it included. One point with a radius is a
 * disc.
 */
export type Footprint = { readonly points: readonly GroundPoint[]; readonly radius: number };

/** Corners of the polygon that stands for a circle. It lies around the circle, by less than 1 % of its radius. */
const corners = 24;
const around = 1 / Math.cos(Math.PI / corners);

/** A footprint as the configuration has it: corners in order, or a radius, m. */
export function givenFootprint(given: readonly GroundPoint[] | number): Footprint {
  return typeof given === "number" ? { points: [[0, 0]], radius: given } : { points: given, radius: 0 };
}

/**
 * The convex hull on the ground of the shapes that `isOwn` picks, in the configuration that `forwardKinematics` ran for on
 * `data`; null: there is no such shape. Round shapes count by polygons around them.
 */
export function footprintOf(
  model: CollisionModel,
  data: RobotData,
  isOwn: (shape: CollisionShape) => boolean,
): Footprint | null {
  placeShapes(model, data);
  const points: GroundPoint[] = [];
  for (const [i, shape] of model.shapes.entries()) {
    if (shape.kind === coreKind.plane || !isOwn(shape)) continue;
    for (const [x, y, z] of cornersOf(shape)) {
      const at = transformSize * i;
      const row = (k: number): number =>
        (model.work.poses[at + 3 * k] as number) * x +
        (model.work.poses[at + 3 * k + 1] as number) * y +
        (model.work.poses[at + 3 * k + 2] as number) * z +
        (model.work.poses[at + 9 + k] as number);
      const [gx, gy] = [row(0), row(1)];
      if (shape.margin === 0) points.push([gx, gy]);
      else for (const [dx, dy] of circle(shape.margin)) points.push([gx + dx, gy + dy]);
    }
  }
  return points.length === 0 ? null : { points: hullOnGround(points), radius: 0 };
}

/** m: the furthest that a footprint reaches from the root link's origin. */
export function reachOf({ points, radius }: Footprint): number {
  return points.reduce((most, [x, y]) => Math.max(most, Math.hypot(x, y)), 0) + radius;
}

/** Corners of the convex hull, counter-clockwise; where the points lie on one line its ends. */
export function hullOnGround(points: readonly GroundPoint[]): GroundPoint[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const chain = (from: readonly GroundPoint[]): GroundPoint[] => {
    const line: GroundPoint[] = [];
    for (const p of from) {
      while (line.length > 1 && turn(line.at(-2) as GroundPoint, line.at(-1) as GroundPoint, p) <= 0)
        line.pop();
      line.push(p);
    }
    return line.slice(0, -1);
  };
  const hull = [...chain(sorted), ...chain(sorted.reverse())];
  return hull.length === 0 ? sorted.slice(0, 1) : hull;
}

function turn([ax, ay]: GroundPoint, [bx, by]: GroundPoint, [cx, cy]: GroundPoint): number {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}

function circle(radius: number): GroundPoint[] {
  return Array.from({ length: corners }, (_, i) => {
    const angle = (2 * Math.PI * i) / corners;
    return [around * radius * Math.cos(angle), around * radius * Math.sin(angle)];
  });
}

/** Points of a shape's own axes whose convex hull contains its core. */
function cornersOf({
  kind,
  halfX,
  halfY,
  halfZ,
  hull,
}: CollisionShape): (readonly [number, number, number])[] {
  const ends = halfZ === 0 ? [0] : [-halfZ, halfZ];
  switch (kind) {
    case coreKind.box:
      return ends.flatMap((z) =>
        [-halfX, halfX].flatMap((x) => [-halfY, halfY].map((y) => [x, y, z] as const)),
      );
    case coreKind.cylinder:
      return ends.flatMap((z) => circle(halfX).map(([x, y]) => [x, y, z] as const));
    case coreKind.hull: {
      const { vertices } = hull as ConvexHull;
      return Array.from({ length: vertices.length / 3 }, (_, i) => {
        return [vertices[3 * i] ?? 0, vertices[3 * i + 1] ?? 0, vertices[3 * i + 2] ?? 0] as const;
      });
    }
    default:
      return ends.map((z) => [0, 0, z] as const);
  }
}
