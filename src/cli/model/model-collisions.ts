import { collisionVertices } from "../../io/files/collision-vertices.ts";
import type { MeshRoots } from "../../io/files/mesh-files.ts";
import { type CollisionModel, createCollisionModel } from "../../robot/collision/collision-model.ts";
import { collidingPairs } from "../../robot/collision/self-collision.ts";
import { neutralConfiguration, setJointConfiguration } from "../../robot/configuration.ts";
import { createData } from "../../robot/data.ts";
import type { RobotDescription } from "../../robot/description.ts";
import { forwardKinematics } from "../../robot/forward-kinematics.ts";
import { createModel } from "../../robot/model.ts";
import type { SemanticDescription } from "../../robot/reading/srdf-description.ts";

/** Two links that collide in a named pose; `depth` in m is the shortest move that parts them. */
export type PoseCollision = { pose: string; link1: string; link2: string; depth: number };

/** The self-collision of a robot in its zero pose and in the group states of its SRDF. */
export type SelfCollisions = {
  /** Pairs of links that are checked. */
  pairs: number;
  poses: string[];
  collisions: PoseCollision[];
  /** What is left out of the check, one sentence each. */
  leftOut: string[];
};

/** Null for a robot without collision geometry. */
export async function findSelfCollisions(
  description: RobotDescription,
  semantics: SemanticDescription | null,
  roots: MeshRoots,
): Promise<SelfCollisions | null> {
  if (description.links.every(({ collisions }) => collisions.length === 0)) return null;
  const vertices = await collisionVertices(description, roots);
  const robot = createModel(description);
  const { model, findings } = createCollisionModel(description, robot, {
    verticesOf: (uri) => vertices.get(uri) ?? null,
    disabledPairs: semantics?.disabledCollisions ?? [],
    disabledLinks: semantics?.disableDefaultCollisions ?? [],
    enabledPairs: semantics?.enabledCollisions ?? [],
  });
  const poses = new Map([["the zero pose", neutralConfiguration(robot)]]);
  for (const { group, name, positions } of semantics?.states ?? []) {
    const q = neutralConfiguration(robot);
    for (const [joint, values] of positions) setJointConfiguration(robot, q, joint, values);
    poses.set(group === null ? name : `${group}/${name}`, q);
  }
  const data = createData(robot);
  const collisions = [...poses].flatMap(([pose, q]) => {
    forwardKinematics(robot, data, q);
    return collidingPairs(model, data).map(({ link1, link2, distance }) => {
      return { pose, link1, link2, depth: -distance };
    });
  });
  const leftOut = findings.map(({ element, message }) => `${element}: ${message}`);
  return { pairs: countLinkPairs(model), poses: [...poses.keys()], collisions, leftOut };
}

/** What `twin model check` prints of it. */
export function collisionLines({ pairs, poses, collisions, leftOut }: SelfCollisions): string[] {
  const head = `${pairs} pairs of links checked for self-collision in ${poses.join(", ")}`;
  const rows = collisions.map(
    ({ pose, link1, link2, depth }) =>
      `  ${pose}: ${link1} and ${link2} collide, ${Number((1000 * depth).toPrecision(3))} mm deep`,
  );
  const found = rows.length === 0 ? `${head}: none` : `${head}: ${rows.length} found`;
  return [found, ...rows, ...leftOut.map((text) => `  not checked: ${text}`)];
}

function countLinkPairs({ shapes, pairA, pairB }: CollisionModel): number {
  return new Set([...pairA].map((a, i) => `${shapes[a]?.link} ${shapes[pairB[i] ?? -1]?.link}`)).size;
}
