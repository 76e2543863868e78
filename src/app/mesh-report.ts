import type { Engine } from "../engine/engine.ts";
import { findTexture } from "../io/files/mesh-companions.ts";
import { findMesh, type MeshRoots, meshAddresses, textureAddresses } from "../io/files/mesh-files.ts";

const mostNamed = 5;

/** Lines on the meshes and textures of a robot's description that cannot be shown, each with its reason; none when all are there. */
export async function missingMeshes(engine: Engine, robot: string, roots: MeshRoots): Promise<string[]> {
  const text = engine.robots.get(robot)?.description?.text;
  if (text === undefined) return [];
  const addresses = meshAddresses(text);
  const found = await Promise.all(addresses.map((uri) => findMesh(uri, roots)));
  const missing = found.filter(({ status }) => status !== "found");
  const textures = await Promise.all(textureAddresses(text).map((uri) => findTexture(uri, roots)));
  const bare = textures
    .filter(({ status }) => status !== "found")
    .slice(0, mostNamed)
    .map(({ uri, reason }) => `robot "${robot}": texture ${uri}: ${reason}`);
  if (missing.length === 0) return bare;
  const lines = missing
    .slice(0, mostNamed)
    .map(({ uri, reason }) => `robot "${robot}": mesh ${uri}: ${reason}`);
  const more = missing.length - mostNamed;
  if (more > 0) lines.push(`robot "${robot}": ${more} more of its ${addresses.length} meshes are missing`);
  return [...lines, ...bare];
}
