import type { CollisionDescription, Geometry, RobotDescription, Vector3 } from "../description.ts";
import type { RobotModel } from "../model.ts";
import { writeOrigin } from "../rigid-transform.ts";
import { allowedLinkPairs, type LinkNames } from "./allowed-pairs.ts";
import { type CollisionWork, createCollisionWork } from "./collision-work.ts";
import { type ConvexHull, convexHull } from "./convex-hull.ts";
import { type CollisionShape, coreKind } from "./shape.ts";

/** A mesh's points, 3 numbers each, unscaled, as its file has them; null when it cannot be had. */
export type VerticesOf = (uri: string) => Float64Array | null;

export type CollisionOptions = {
  verticesOf: VerticesOf;
  /** Hulls that are known already, by `hullKey`; null: of a mesh that cannot be used. Made where there is none. */
  hulls?: ReadonlyMap<string, ConvexHull | null>;
  /** Link pairs that may touch: SRDF's `disabledCollisions`. */
  disabledPairs?: readonly LinkNames[];
  /** Links that collide with nothing but what `enabledPairs` names: SRDF's `disableDefaultCollisions`. */
  disabledLinks?: readonly string[];
  enabledPairs?: readonly LinkNames[];
};

/** Something that a person should know, as a URDF's findings are, but of no one line. */
export type CollisionFinding = { severity: "warning"; element: string; message: string };

/** What collides with what; constant but for `work`, which each query overwrites. */
export type CollisionModel = {
  readonly robot: RobotModel;
  readonly shapes: readonly CollisionShape[];
  /** Shape numbers of each pair; pairs of the same two links follow one another, the link first in the model first. */
  readonly pairA: Int32Array;
  readonly pairB: Int32Array;
  readonly work: CollisionWork;
};

/**
 * Collision geometry of `description` for the links of `model`, which must be made of it. Meshes count by their
 * convex hulls. Pairs are all links but those of one body (fixed joints), of bodies that a joint joins, and
 * those disabled. What cannot be used is left out, each with a finding.
 */
export function createCollisionModel(
  description: RobotDescription,
  model: RobotModel,
  options: CollisionOptions,
): { model: CollisionModel; findings: CollisionFinding[]; hulls: Map<string, ConvexHull | null> } {
  const findings: CollisionFinding[] = [];
  const hulls = new Map(options.hulls);
  const shapes: CollisionShape[] = [];
  for (const { name, collisions } of description.links) {
    const link = model.linkIndex.get(name);
    if (link === undefined) throw new Error(`the model "${model.name}" has no link "${name}"`);
    for (const [i, collision] of collisions.entries()) {
      const label = collision.name === "" ? String(i + 1) : collision.name;
      const warn = (message: string): void => {
        findings.push({ severity: "warning", element: `link "${name}" > collision ${label}`, message });
      };
      const shape = shapeOf(collision, link, label, hulls, options.verticesOf, warn);
      if (shape !== null) shapes.push(shape);
    }
  }
  const { pairs, unknown } = allowedLinkPairs(model, options);
  for (const name of unknown) {
    const message = `the robot has no link of this name, so the pairs that name it count for nothing`;
    findings.push({ severity: "warning", element: `collision pairs > "${name}"`, message });
  }
  return { model: withPairs(model, shapes, pairs), findings, hulls };
}

/** Tells the hull of a mesh of one scale from others. */
export function hullKey(filename: string, scale: Vector3): string {
  return `${scale.join(" ")} ${filename}`;
}

/** The same model without the pairs of links that `isKept` refuses; link names in the model's order. */
export function withoutLinkPairs(
  model: CollisionModel,
  isKept: (link1: string, link2: string) => boolean,
): CollisionModel {
  const { robot, shapes } = model;
  const kept: [number, number][] = [];
  let last = -1;
  for (const [i, a] of model.pairA.entries()) {
    const link1 = shapes[a]?.link ?? -1;
    const link2 = shapes[model.pairB[i] ?? -1]?.link ?? -1;
    const pair = link1 * robot.links.length + link2;
    if (pair === last) continue;
    last = pair;
    if (isKept(robot.links[link1] ?? "", robot.links[link2] ?? "")) kept.push([link1, link2]);
  }
  return withPairs(robot, shapes, kept);
}

function withPairs(
  robot: RobotModel,
  shapes: readonly CollisionShape[],
  linkPairs: readonly (readonly [number, number])[],
): CollisionModel {
  const ofLink: number[][] = robot.links.map(() => []);
  for (const [i, { link }] of shapes.entries()) ofLink[link]?.push(i);
  const pairs = linkPairs.flatMap(([a, b]) =>
    (ofLink[a] ?? []).flatMap((i) => (ofLink[b] ?? []).map((j) => [i, j] as const)),
  );
  const pairA = Int32Array.from(pairs, ([i]) => i);
  const pairB = Int32Array.from(pairs, ([, j]) => j);
  return Object.freeze({
    robot,
    shapes,
    pairA,
    pairB,
    work: createCollisionWork(shapes.length, pairs.length),
  });
}

/** m: coordinates beyond are no robot's, as in the reader of URDF. */
const furthest = 1e9;

type Core = Pick<CollisionShape, "kind" | "halfX" | "halfY" | "halfZ" | "margin" | "hull">;

const noCore: Core = { kind: coreKind.point, halfX: 0, halfY: 0, halfZ: 0, margin: 0, hull: null };

function shapeOf(
  { geometry, origin }: CollisionDescription,
  link: number,
  label: string,
  hulls: Map<string, ConvexHull | null>,
  verticesOf: VerticesOf,
  warn: (message: string) => void,
): CollisionShape | null {
  const core = coreOf(geometry, hulls, verticesOf, warn);
  if (core === null) return null;
  const linkFromShape = new Float64Array(12);
  writeOrigin(origin, linkFromShape, 0);
  const ball = ballOf(core, linkFromShape);
  if (ball.every(Number.isFinite) && linkFromShape.every(Number.isFinite)) {
    return Object.freeze({ ...core, link, label, linkFromShape, ball });
  }
  warn(`its size or place is not finite, so it is left out of collision checking`);
  return null;
}

function coreOf(
  geometry: Geometry,
  hulls: Map<string, ConvexHull | null>,
  verticesOf: VerticesOf,
  warn: (message: string) => void,
): Core | null {
  switch (geometry.kind) {
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
