import type { Engine } from "../engine/engine.ts";
import { findTexture } from "../io/files/mesh-companions.ts";
import {
  type FoundFile,
  findMesh,
  type MeshRoots,
  meshAddresses,
  textureAddresses,
} from "../io/files/mesh-files.ts";

const mostNamed = 5;

/** Lines on the meshes and textures of a robot's description that cannot be shown, each with its reason; none when all are there. */
export async function missingMeshes(engine: Engine, robot: string, roots: MeshRoots): Promise<string[]> {
  const text = engine.robots.get(robot)?.description?.text;
  if (text === undefined) return [];
  const addresses = meshAddresses(text);
  const [meshes, textures] = await Promise.all([
    missingOf(addresses.map((uri) => findMesh(uri, roots))),
    missingOf(textureAddresses(text).map((uri) => findTexture(uri, roots))),
  ]);
  const more = meshes.length - mostNamed;
  return [
    ...linesOf(robot, "mesh", meshes),
    ...(more > 0 ? [`robot "${robot}": ${more} more of its ${addresses.length} meshes are missing`] : []),
    ...linesOf(robot, "texture", textures),
  ];
}

async function missingOf(looks: Promise<FoundFile>[]): Promise<FoundFile[]> {
  return (await Promise.all(looks)).filter(({ status }) => status !== "found");
}

function linesOf(robot: string, kind: string, missing: readonly FoundFile[]): string[] {
  return missing.slice(0, mostNamed).map(({ uri, reason }) => `robot "${robot}": ${kind} ${uri}: ${reason}`);
}
