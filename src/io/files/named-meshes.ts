import { findCompanion, findTexture, isCompanion } from "./mesh-companions.ts";
import { type FoundFile, findMesh, type MeshRoots, meshAddresses, textureAddresses } from "./mesh-files.ts";

/** A description as it arrived. */
type Described = { description: { text: string } | null };

type Named = { meshes: ReadonlySet<string>; textures: ReadonlySet<string> };

const nothing: Named = { meshes: new Set(), textures: new Set() };
const namedIn = new WeakMap<object, Named>();

/** The addresses in a description, looked for once. */
function namedBy(description: { text: string } | null): Named {
  if (description === null) return nothing;
  let named = namedIn.get(description);
  if (named === undefined) {
    const { text } = description;
    named = { meshes: new Set(meshAddresses(text)), textures: new Set(textureAddresses(text)) };
    namedIn.set(description, named);
  }
  return named;
}

/** The mesh addresses of a description. */
export function namedMeshes(description: { text: string } | null): ReadonlySet<string> {
  return namedBy(description).meshes;
}

/** Looks up one of `meshes` or what belongs to one; null: it is neither. */
export async function findMeshAmong(
  uri: string,
  meshes: ReadonlySet<string>,
  roots: MeshRoots,
): Promise<FoundFile | null> {
  if (meshes.has(uri)) return findMesh(uri, roots);
  if (meshes.size === 0 || !isCompanion(uri)) return null;
  const found = await findCompanion(uri, meshes, roots);
  return found.status === "refused" ? null : found;
}

/**
 * Looks up a file for somebody outside: only a mesh or a texture that the description of one of the robots names, and
 * what belongs to such a mesh, is given.
 */
export async function findNamedMesh(
  uri: string,
  robots: Iterable<readonly [string, Described]>,
  rootsOf: (robot: string) => MeshRoots,
): Promise<FoundFile> {
  let answer: FoundFile | null = null;
  for (const [id, { description }] of robots) {
    const { meshes, textures } = namedBy(description);
    if (meshes.has(uri)) return findMesh(uri, rootsOf(id));
    if (textures.has(uri)) return findTexture(uri, rootsOf(id));
    if (meshes.size === 0 || !isCompanion(uri)) continue;
    const found = await findCompanion(uri, meshes, rootsOf(id));
    if (found.status === "found") return found;
    if (answer === null || answer.status === "refused") answer = found;
  }
  const reason = "no robot's description contains this address";
  return answer ?? { uri, status: "refused", reason, bytes: 0, path: null, type: "application/octet-stream" };
}
