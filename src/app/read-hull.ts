import { readFile } from "node:fs/promises";
import { findMesh, type MeshRoots } from "../io/files/mesh-files.ts";
import { type ConvexHull, convexHull } from "../robot/collision/convex-hull.ts";
import { readMeshVertices } from "../robot/collision/mesh-vertices.ts";

export type HullRequest = { hullOf: string; scale: readonly [number, number, number]; roots: MeshRoots };
export type HullAnswer = { hullOf: string; scale: readonly [number, number, number] } & (
  | { hull: ConvexHull }
  | { fault: string }
);

/** The convex hull of a mesh's file, or why there is none. Takes up to seconds. */
export async function readHull({ hullOf: uri, scale, roots }: HullRequest): Promise<HullAnswer> {
  const answer = { hullOf: uri, scale };
  const { path, reason } = await findMesh(uri, roots);
  if (path === null) return { ...answer, fault: `mesh "${uri}": ${reason}` };
  try {
    const read = readMeshVertices(await readFile(path), path);
    if (!read.ok) return { ...answer, fault: `mesh "${uri}": ${read.reason}` };
    if (read.value.length < 3) return { ...answer, fault: `mesh "${uri}" has no points` };
    const scaled = read.value.map((value, i) => value * (scale[i % 3] ?? 1));
    const odd = scaled.find((value) => !(Math.abs(value) <= 1e9));
    if (odd !== undefined) return { ...answer, fault: `mesh "${uri}" has a point at ${odd} m` };
    return { ...answer, hull: convexHull(scaled) };
  } catch (error) {
    return { ...answer, fault: `mesh "${uri}" cannot be read: ${String(error)}` };
  }
}
