import { readFileSync } from "node:fs";
import { readMeshVertices } from "../../robot/collision/mesh-vertices.ts";
import type { RobotDescription } from "../../robot/description.ts";
import { findMesh, type MeshRoots } from "./mesh-files.ts";

/**
 * The vertices of the meshes that collide, by their URIs, as `readMeshVertices` gives them: in the unit of the file. Meshes
 * that cannot be found or read are left out.
 */
export async function collisionVertices(
  description: RobotDescription,
  roots: MeshRoots,
): Promise<Map<string, Float64Array>> {
  const found = new Map<string, Float64Array>();
  for (const { geometry } of description.links.flatMap(({ collisions }) => collisions)) {
    if (geometry.kind !== "mesh" || found.has(geometry.filename)) continue;
    const { path } = await findMesh(geometry.filename, roots);
    if (path === null) continue;
    const read = readMeshVertices(readFileSync(path), path);
    if (read.ok) found.set(geometry.filename, read.value);
  }
  return found;
}
