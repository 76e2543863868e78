import { createBodies } from "../bodies.ts";
import type { ConvexHull } from "../collision/convex-hull.ts";
import { hullKey } from "../collision/make-shape.ts";
import { rotationOf } from "../collision/rotation-of.ts";
import type { SceneObject, ScenePose } from "../collision/scene.ts";
import type { Geometry } from "../description.ts";
import type { RobotModel } from "../model.ts";

/** What a link carries: a body of even density. */
export type Payload = {
  link: string;
  /** kg */
  mass: number;
  geometry: Geometry;
  /** In the link's frame. */
  pose: ScenePose;
  /** Of a mesh: its points, 3 numbers each, scaled; it counts as the box around them. */
  vertices?: Float64Array | null;
};

/** What of a scene has a mass and is attached to a link; `hulls` are those of meshes, by `hullKey`. */
export function payloadsOf(
  objects: readonly SceneObject[],
  hulls: ReadonlyMap<string, ConvexHull | null>,
): Payload[] {
  return objects.flatMap(({ link, mass = 0, geometry, pose }) => {
    if (link === null || mass === 0 || geometry.kind === "plane") return [];
    const isMesh = geometry.kind === "mesh";
    const hull = isMesh ? hulls.get(hullKey(geometry.filename, geometry.scale)) : null;
    return [{ link, mass, geometry, pose, vertices: hull?.vertices ?? null }];
  });
}

/**
 * The model with the mass and inertia of what its links carry; kinematics and everything else are the same. Payloads on
 * links that it does not have are left out.
 */
export function withPayloads(model: RobotModel, payloads: readonly Payload[]): RobotModel {
  const carried = payloads.filter(({ link, mass }) => mass > 0 && model.linkIndex.has(link));
  if (carried.length === 0) return model;
  const arrays = {
    ...model,
    mass: model.mass.slice(),
    centerOfMass: model.centerOfMass.slice(),
    inertia: model.inertia.slice(),
  };
  for (const payload of carried) addPayload(arrays, model.linkIndex.get(payload.link) ?? 0, payload);
  const bodies = createBodies(arrays, model.base === "floating", model.nv, () => 0);
  return Object.freeze({ ...arrays, bodies: { ...bodies, armature: model.bodies.armature } });
}

/** Both together: the parallel-axis theorem about the common centre of mass. */
function addPayload(
  { mass, centerOfMass, inertia }: Pick<RobotModel, "mass" | "centerOfMass" | "inertia">,
  link: number,
  { mass: added, geometry, pose, vertices }: Payload,
): void {
  const rotation = rotationOf(pose.quaternion);
  if (rotation === null) return;
  const { centre, size } = boxOf(geometry, vertices ?? null);
  const own = momentsOf(geometry, size).map((moment) => moment * added);
  const at = [0, 1, 2].map((row) => {
    const turned = [0, 1, 2].reduce((sum, k) => sum + (rotation[3 * row + k] ?? 0) * (centre[k] ?? 0), 0);
    return (pose.position[row] ?? 0) + turned;
  });
  const before = mass[link] ?? 0;
  const whole = before + added;
  const first = [0, 1, 2].map((k) => centerOfMass[3 * link + k] ?? 0);
  const both = [0, 1, 2].map((k) => (before * (first[k] ?? 0) + added * (at[k] ?? 0)) / whole);
  const offset1 = first.map((value, k) => value - (both[k] ?? 0));
  const offset2 = at.map((value, k) => value - (both[k] ?? 0));
  const entries = [
    [0, 0],
    [0, 1],
    [0, 2],
    [1, 1],
    [1, 2],
    [2, 2],
  ] as const;
  for (const [n, [i, j]] of entries.entries()) {
    const turned = [0, 1, 2].reduce(
      (sum, k) => sum + (rotation[3 * i + k] ?? 0) * (own[k] ?? 0) * (rotation[3 * j + k] ?? 0),
      0,
    );
    const shift = before * parallel(offset1, i, j) + added * parallel(offset2, i, j);
    inertia[6 * link + n] = (inertia[6 * link + n] ?? 0) + turned + shift;
  }
  mass[link] = whole;
  centerOfMass.set(both, 3 * link);
}

/** |d|² δij − di dj */
function parallel(d: readonly number[], i: number, j: number): number {
  const square = d.reduce((sum, value) => sum + value * value, 0);
  return (i === j ? square : 0) - (d[i] ?? 0) * (d[j] ?? 0);
}

type Box = { centre: readonly number[]; size: readonly number[] };

/** The box around a shape, in the shape's axes. */
function boxOf(geometry: Geometry, vertices: Float64Array | null): Box {
  const centre = [0, 0, 0];
  switch (geometry.kind) {
    case "box":
      return { centre, size: geometry.size };
    case "sphere":
      return { centre, size: [2, 2, 2].map((side) => side * geometry.radius) };
    case "cylinder":
      return { centre, size: [2 * geometry.radius, 2 * geometry.radius, geometry.length] };
    case "capsule":
      return {
        centre,
        size: [2 * geometry.radius, 2 * geometry.radius, geometry.length + 2 * geometry.radius],
      };
    case "mesh": {
      const low = [0, 1, 2].map((k) => extreme(vertices, k, Math.min));
      const high = [0, 1, 2].map((k) => extreme(vertices, k, Math.max));
      return {
        centre: low.map((value, k) => (value + (high[k] ?? 0)) / 2),
        size: low.map((value, k) => (high[k] ?? 0) - value),
      };
    }
  }
}

function extreme(vertices: Float64Array | null, from: number, of: (a: number, b: number) => number): number {
  if (vertices === null || vertices.length < 3) return 0;
  let found = vertices[from] ?? 0;
  for (let i = from; i < vertices.length; i += 3) found = of(found, vertices[i] ?? 0);
  return found;
}

/** Principal moments about the centre, per kg; a capsule counts as the cylinder of its whole length. */
function momentsOf(geometry: Geometry, [x = 0, y = 0, z = 0]: readonly number[]): number[] {
  switch (geometry.kind) {
    case "sphere":
      return [0.4, 0.4, 0.4].map((share) => share * geometry.radius ** 2);
    case "cylinder":
    case "capsule": {
      const across = (3 * geometry.radius ** 2 + z * z) / 12;
      return [across, across, geometry.radius ** 2 / 2];
    }
    default:
      return [(y * y + z * z) / 12, (x * x + z * z) / 12, (x * x + y * y) / 12];
  }
}
