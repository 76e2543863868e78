import type { RobotDescription } from "../description.ts";
import type { RobotModel } from "../model.ts";
import { transformSize, writeOrigin } from "../rigid-transform.ts";
import { allowedLinkPairs, type LinkNames } from "./allowed-pairs.ts";
import { type CollisionWork, createCollisionWork } from "./collision-work.ts";
import type { ConvexHull } from "./convex-hull.ts";
import { makeShape, type VerticesOf } from "./make-shape.ts";
import type { CollisionShape } from "./shape.ts";

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

/** A model with what was found while it was made. */
export type MadeCollisionModel = {
  model: CollisionModel;
  findings: CollisionFinding[];
  hulls: Map<string, ConvexHull | null>;
  /** Links of which a shape cannot be used, in the model's order: they may touch something unnoticed. */
  leftOut: string[];
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
): MadeCollisionModel {
  const findings: CollisionFinding[] = [];
  const hulls = new Map(options.hulls);
  const shapes: CollisionShape[] = [];
  const leftOut = new Set<string>();
  for (const { name, collisions } of description.links) {
    const link = model.linkIndex.get(name);
    if (link === undefined) throw new Error(`the model "${model.name}" has no link "${name}"`);
    for (const [i, collision] of collisions.entries()) {
      const label = collision.name === "" ? String(i + 1) : collision.name;
      const warn = (message: string): void => {
        findings.push({ severity: "warning", element: `link "${name}" > collision ${label}`, message });
      };
      const linkFromShape = new Float64Array(transformSize);
      writeOrigin(collision.origin, linkFromShape, 0);
      const place = { link, label, linkFromShape, owner: link, role: null };
      const shape = makeShape(collision.geometry, place, hulls, options.verticesOf, warn);
      if (shape !== null) shapes.push(shape);
      else leftOut.add(name);
    }
  }
  const { pairs, unknown } = allowedLinkPairs(model, options);
  for (const name of unknown) {
    const message = `the robot has no link of this name, so the pairs that name it count for nothing`;
    findings.push({ severity: "warning", element: `collision pairs > "${name}"`, message });
  }
  return { model: withPairs(model, shapes, pairs), findings, hulls, leftOut: [...leftOut] };
}

/** The same model without the pairs of links that `isKept` refuses; link names in the model's order. */
export function withoutLinkPairs(
  model: CollisionModel,
  isKept: (link1: string, link2: string) => boolean,
): CollisionModel {
  const { robot, shapes, pairA, pairB } = model;
  const pairs: ShapeNumbers[] = [];
  for (const [i, a] of pairA.entries()) {
    const b = pairB[i] ?? -1;
    const [first, second] = [shapes[a], shapes[b]];
    if (first === undefined || second === undefined) continue;
    const isOfScene = first.role !== null || second.role !== null;
    if (isOfScene || isKept(robot.links[first.link] ?? "", robot.links[second.link] ?? ""))
      pairs.push([a, b]);
  }
  return ofShapePairs(robot, shapes, pairs);
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
  return ofShapePairs(robot, shapes, pairs);
}

/** A pair of shapes by their numbers. */
export type ShapeNumbers = readonly [number, number];

/** A model of these shapes and pairs; pairs of the same two owners must follow one another. */
export function ofShapePairs(
  robot: RobotModel,
  shapes: readonly CollisionShape[],
  pairs: readonly ShapeNumbers[],
): CollisionModel {
  return Object.freeze({
    robot,
    shapes,
    pairA: Int32Array.from(pairs, ([i]) => i),
    pairB: Int32Array.from(pairs, ([, j]) => j),
    work: createCollisionWork(shapes, pairs.length),
  });
}

/** The same model with a workspace of its own. */
export function withOwnWork(model: CollisionModel): CollisionModel {
  return Object.freeze({ ...model, work: createCollisionWork(model.shapes, model.pairA.length) });
}
