import type { Geometry, Vector3 } from "../description.ts";
import type { RobotModel } from "../model.ts";
import { transformSize } from "../rigid-transform.ts";
import { bodiesOf, bodyAbove } from "./allowed-pairs.ts";
import { type CollisionModel, ofShapePairs, type ShapeNumbers } from "./collision-model.ts";
import type { ConvexHull } from "./convex-hull.ts";
import { makeShape, type Plane, type VerticesOf } from "./make-shape.ts";
import { rotationOf } from "./rotation-of.ts";
import type { CollisionShape, SceneRole } from "./shape.ts";

/** m and a unit quaternion x y z w: where an object is, in the frame of what it is fixed to. */
export type ScenePose = {
  readonly position: Vector3;
  readonly quaternion: readonly [number, number, number, number];
};

/** A thing in a robot's surroundings, or one that it carries. A mesh counts by its convex hull. */
export type SceneObject = {
  readonly id: string;
  readonly role: SceneRole;
  /** A plane is the half-space z ≤ 0 of its pose, and is fixed to the world. */
  readonly geometry: Geometry | Plane;
  /** Null: fixed to the world, which is the frame of the root link; a link's name: attached to that link. */
  readonly link: string | null;
  /** Links, and ids of other objects, that it may touch, as fingers touch what they hold. Unknown names count for nothing. */
  readonly touching: readonly string[];
  readonly pose: ScenePose;
  /** kg, of an attached object: the dynamics then carry it. */
  readonly mass?: number;
};

export type SceneOptions = {
  verticesOf?: VerticesOf;
  /** Hulls that are known already, by `hullKey`; null: of a mesh that cannot be used. */
  hulls?: ReadonlyMap<string, ConvexHull | null>;
};

/**
 * The model with its surroundings: its own pairs, and those of its links and what they carry with the objects. Objects
 * of the world are shapes on link 0; links that are fixed to it are not checked against them, because a base rests on
 * the ground; so are objects on a link that is fixed to link 0. An attached object is checked against all links but its own body, the bodies joined to it and what it may
 * touch. Throws for an object that cannot be used (see `sceneFault`).
 */
export function withScene(
  model: CollisionModel,
  objects: readonly SceneObject[],
  options: SceneOptions = {},
): CollisionModel {
  const { robot } = model;
  const hulls = new Map(options.hulls);
  const own = model.shapes.length;
  const shapes = [...model.shapes];
  for (const [i, object] of objects.entries()) {
    const fault = linkFault(robot, object);
    if (fault !== null) throw new Error(fault);
    shapes.push(shapeOfObject(robot, object, robot.links.length + i, hulls, options.verticesOf));
  }
  const pairs: ShapeNumbers[] = [...model.pairA].map((a, i) => [a, model.pairB[i] ?? -1]);
  const body = bodiesOf(robot);
  for (const [i, object] of objects.entries()) {
    for (let shape = 0; shape < own; shape += 1) {
      const { link } = shapes[shape] as CollisionShape;
      if (mayMeetLink(robot, body, object, link)) pairs.push([shape, own + i]);
    }
    for (const [j, other] of objects.slice(0, i).entries()) {
      if (mayMeet(robot, body, object, other)) pairs.push([own + j, own + i]);
    }
  }
  return ofShapePairs(robot, shapes, pairs);
}

/** Why an object cannot be used with this robot, as a sentence; null when it can. */
export function sceneFault(
  robot: RobotModel,
  object: SceneObject,
  options: SceneOptions = {},
): string | null {
  const fault = linkFault(robot, object);
  if (fault !== null) return fault;
  try {
    shapeOfObject(robot, object, robot.links.length, new Map(options.hulls), options.verticesOf);
    return null;
  } catch (error) {
    if (error instanceof UnusableObject) return error.message;
    throw error;
  }
}

class UnusableObject extends Error {}

function linkFault(robot: RobotModel, { id, link, geometry, mass }: SceneObject): string | null {
  if (link !== null && !robot.linkIndex.has(link)) {
    return `object "${id}": the robot "${robot.name}" has no link "${link}"`;
  }
  if (link !== null && geometry.kind === "plane") {
    return `object "${id}": a plane cannot be attached to a link, it is fixed to the world`;
  }
  if (mass !== undefined && !(Number.isFinite(mass) && mass >= 0)) {
    return `object "${id}": its mass is ${mass} kg: it must be a number from 0 on`;
  }
  return null;
}

function shapeOfObject(
  robot: RobotModel,
  { id, role, geometry, link, pose }: SceneObject,
  owner: number,
  hulls: Map<string, ConvexHull | null>,
  verticesOf: VerticesOf = () => null,
): CollisionShape {
  const rotation = rotationOf(pose.quaternion);
  if (rotation === null) throw new UnusableObject(`object "${id}": its quaternion is not one of unit length`);
  const linkFromShape = new Float64Array(transformSize);
  linkFromShape.set(rotation, 0);
  linkFromShape.set(pose.position, 9);
  const place = {
    link: link === null ? 0 : (robot.linkIndex.get(link) ?? 0),
    label: id,
    linkFromShape,
    owner,
    role,
  };
  let reason = "it cannot be used";
  const warn = (message: string): void => {
    reason = message;
  };
  const shape = makeShape(geometry, place, hulls, verticesOf, warn);
  if (shape === null) throw new UnusableObject(`object "${id}": ${reason}`);
  return shape;
}

function mayMeetLink(robot: RobotModel, body: Int32Array, object: SceneObject, link: number): boolean {
  if (object.touching.includes(robot.links[link] ?? "")) return false;
  const carrier = object.link === null ? 0 : (robot.linkIndex.get(object.link) ?? 0);
  return body[carrier] === 0 ? body[link] !== 0 : areApart(robot, body, carrier, link);
}

/** Of two objects, one must be attached to what moves. */
function mayMeet(robot: RobotModel, body: Int32Array, a: SceneObject, b: SceneObject): boolean {
  if (a.touching.includes(b.id) || b.touching.includes(a.id)) return false;
  const first = a.link === null ? 0 : (robot.linkIndex.get(a.link) ?? 0);
  const second = b.link === null ? 0 : (robot.linkIndex.get(b.link) ?? 0);
  return body[first] !== body[second];
}

/** Neither one body nor bodies that a joint joins. */
function areApart(robot: RobotModel, body: Int32Array, a: number, b: number): boolean {
  if (body[a] === body[b]) return false;
  return bodyAbove(robot, body, a) !== body[b] && bodyAbove(robot, body, b) !== body[a];
}
