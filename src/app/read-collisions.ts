import type { CollisionGeometry } from "../engine/ports/collision-geometry.ts";
import { collisionVertices } from "../io/files/collision-vertices.ts";
import type { MeshRoots } from "../io/files/mesh-files.ts";
import { alwaysTouching } from "../robot/collision/always-touching.ts";
import { createCollisionModel } from "../robot/collision/collision-model.ts";
import type { RobotDescription } from "../robot/description.ts";
import { createModel } from "../robot/model.ts";
import { parseSrdf } from "../robot/reading/srdf.ts";
import type { SemanticDescription } from "../robot/reading/srdf-description.ts";
import { parseUrdf } from "../robot/reading/urdf.ts";

export type CollisionRequest = {
  robot: string;
  /** Of the description. */
  hash: string;
  urdf: string;
  srdf: string | null;
  roots: MeshRoots;
};

export type CollisionAnswer = { robot: string; hash: string; geometry: CollisionGeometry };

const nothing: CollisionGeometry = {
  hulls: new Map(),
  disabledPairs: [],
  disabledLinks: [],
  enabledPairs: [],
  findings: [],
};
const mostNamed = 12;

/** Reads meshes and SRDF of a description and finds out which of its links may touch. Takes up to seconds. */
export async function readCollisions(request: CollisionRequest): Promise<CollisionAnswer> {
  const { robot, hash, urdf } = request;
  const { description } = parseUrdf(urdf);
  const geometry = description === null ? nothing : await geometryOf(description, request);
  return { robot, hash, geometry };
}

async function geometryOf(
  description: RobotDescription,
  { srdf, roots }: CollisionRequest,
): Promise<CollisionGeometry> {
  const model = createModel(description);
  const notes: string[] = [];
  const vertices = await collisionVertices(description, roots);
  const semantics = srdf === null ? null : readSrdf(srdf, description, notes);
  const rules = {
    disabledPairs: semantics?.disabledCollisions ?? [],
    disabledLinks: semantics?.disableDefaultCollisions ?? [],
    enabledPairs: semantics?.enabledCollisions ?? [],
  };
  const made = createCollisionModel(description, model, {
    ...rules,
    verticesOf: (uri) => vertices.get(uri) ?? null,
  });
  const meshes = made.findings.map(({ element, message }) => `${element}: ${message}`);
  const skipped = semantics === null ? alwaysTouching(made.model) : [];
  if (skipped.length > 0) {
    const named = skipped.slice(0, mostNamed).map(({ link1, link2 }) => `${link1} and ${link2}`);
    const more = skipped.length > mostNamed ? `, and ${skipped.length - mostNamed} more pairs` : "";
    notes.push(
      `these links touch in the zero pose or always, so they are not checked for self-collision: ${named.join(", ")}${more}. An SRDF lists the pairs that may touch: put it beside the URDF or name it in robots[].srdf`,
    );
  }
  return {
    ...rules,
    hulls: made.hulls,
    disabledPairs: [...rules.disabledPairs, ...skipped].map(({ link1, link2 }) => ({ link1, link2 })),
    findings: [...meshes, ...notes],
  };
}

function readSrdf(text: string, description: RobotDescription, notes: string[]): SemanticDescription | null {
  const { semantics, findings } = parseSrdf(text, description);
  for (const { severity, element, line, message } of findings) {
    if (severity === "error") notes.push(`SRDF, line ${line}: ${element}: ${message}; it is not used`);
  }
  return semantics;
}
