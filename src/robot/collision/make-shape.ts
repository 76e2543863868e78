import type { Geometry, Vector3 } from "../description.ts";
import { type ConvexHull, convexHull } from "./convex-hull.ts";
import { type CollisionShape, coreKind } from "./shape.ts";

/** A mesh's points, 3 numbers each, unscaled, as its file has them; null when it cannot be had. */
export type VerticesOf = (uri: string) => Float64Array | null;

/** The half-space z ≤ 0 of its own frame. */
export type Plane = { kind: "plane" };

/** Where a shape is, and whose it is. */
export type ShapePlace = Pick<CollisionShape, "link" | "label" | "linkFromShape" | "owner" | "role">;

/** Tells the hull of a mesh of one scale from others. */
export function hullKey(filename: string, scale: Vector3): string {
  return `${scale.join(" ")} ${filename}`;
}

/** m: coordinates beyond are no robot's, as in the reader of URDF. */
const furthest = 1e9;

type Core = Pick<CollisionShape, "kind" | "halfX" | "halfY" | "halfZ" | "margin" | "hull">;

const noCore: Core = { kind: coreKind.point, halfX: 0, halfY: 0, halfZ: 0, margin: 0, hull: null };

/**
 * The shape of `geometry`, or null, with a warning, when it cannot be used. `hulls` has the hulls that are known by
 * `hullKey` and gets those that are made; null in it is a mesh that cannot be used.
 */
export function makeShape(
  geometry: Geometry | Plane,
  place: ShapePlace,
  hulls: Map<string, ConvexHull | null>,
  verticesOf: VerticesOf,
  warn: (message: string) => void,
): CollisionShape | null {
  const core = coreOf(geometry, hulls, verticesOf, warn);
  if (core === null) return null;
  const ball = ballOf(core, place.linkFromShape);
  const isPlane = core.kind === coreKind.plane;
  if ((isPlane || ball.every(Number.isFinite)) && place.linkFromShape.every(Number.isFinite)) {
    return Object.freeze({ ...core, ...place, ball });
  }
  warn(`its size or place is not finite, so it is left out of collision checking`);
  return null;
}

/** A box by half its sizes, m. */
export function boxShape([halfX, halfY, halfZ]: Vector3, place: ShapePlace): CollisionShape {
  const core = { ...noCore, kind: coreKind.box, halfX, halfY, halfZ };
  return Object.freeze({ ...core, ...place, ball: ballOf(core, place.linkFromShape) });
}

function coreOf(
  geometry: Geometry | Plane,
  hulls: Map<string, ConvexHull | null>,
  verticesOf: VerticesOf,
  warn: (message: string) => void,
): Core | null {
  switch (geometry.kind) {
    case "plane":
      return { ...noCore, kind: coreKind.plane, halfX: Number.POSITIVE_INFINITY };
    case "sphere":
      return { ...noCore, margin: geometry.radius };
    case "capsule":
      return { ...noCore, kind: coreKind.segment, halfZ: geometry.length / 2, margin: geometry.radius };
    case "cylinder": {
      const { radius, length } = geometry;
      return { ...noCore, kind: coreKind.cylinder, halfX: radius, halfY: radius, halfZ: length / 2 };
    }
    case "box": {
      const [x, y, z] = geometry.size;
      return { ...noCore, kind: coreKind.box, halfX: x / 2, halfY: y / 2, halfZ: z / 2 };
    }
    case "mesh": {
      const key = hullKey(geometry.filename, geometry.scale);
      const known = hulls.get(key);
      const hull = known === undefined ? hullOf(geometry.filename, geometry.scale, verticesOf, warn) : known;
      hulls.set(key, hull);
      if (known === null) warn(`mesh "${geometry.filename}" is missing here, too`);
      return hull === null ? null : { ...noCore, kind: coreKind.hull, hull };
    }
  }
}

function hullOf(
  filename: string,
  scale: Vector3,
  verticesOf: VerticesOf,
  warn: (message: string) => void,
): ConvexHull | null {
  const left = "so the shape is left out of collision checking";
  const vertices = verticesOf(filename);
  if (vertices === null) {
    warn(`mesh "${filename}" cannot be had, ${left}`);
    return null;
  }
  if (vertices.length < 3 || vertices.length % 3 !== 0) {
    warn(
      `mesh "${filename}" gives ${vertices.length} numbers; 3 a vertex and one vertex at least are needed, ${left}`,
    );
    return null;
  }
  const scaled = vertices.map((value, i) => value * (scale[i % 3] ?? 1));
  const odd = scaled.findIndex((value) => !(Math.abs(value) <= furthest));
  if (odd !== -1) {
    warn(`mesh "${filename}": vertex ${Math.floor(odd / 3)} lies at ${scaled[odd]} m, ${left}`);
    return null;
  }
  return convexHull(scaled);
}

function ballOf(core: Core, linkFromShape: Float64Array): Float64Array {
  const centre = [0, 0, 0];
  let radius = Math.hypot(core.halfX, core.kind === coreKind.cylinder ? 0 : core.halfY, core.halfZ);
  if (core.hull !== null) {
    const { vertices } = core.hull;
    for (let k = 0; k < 3; k += 1) {
      let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (let i = k; i < vertices.length; i += 3) {
        low = Math.min(low, vertices[i] as number);
        high = Math.max(high, vertices[i] as number);
      }
      centre[k] = (low + high) / 2;
    }
    const [x = 0, y = 0, z = 0] = centre;
    for (let i = 0; i < vertices.length; i += 3) {
      const [vx, vy, vz] = [vertices[i] as number, vertices[i + 1] as number, vertices[i + 2] as number];
      radius = Math.max(radius, Math.hypot(vx - x, vy - y, vz - z));
    }
  }
  const ball = new Float64Array(4);
  for (let row = 0; row < 3; row += 1) {
    let sum = linkFromShape[9 + row] as number;
    for (let k = 0; k < 3; k += 1) sum += (linkFromShape[3 * row + k] as number) * (centre[k] as number);
    ball[row] = sum;
  }
  ball[3] = radius + core.margin;
  return ball;
}
