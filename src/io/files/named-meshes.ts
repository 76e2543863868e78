import { findMesh, type MeshRoots, meshAddresses } from "./mesh-files.ts";

/** A description as it arrived. */
type Described = { description: { text: string } | null };

const none: ReadonlySet<string> = new Set();
const meshesOf = new WeakMap<object, ReadonlySet<string>>();

/** The mesh addresses of a description, looked for once. */
export function namedMeshes(description: { text: string } | null): ReadonlySet<string> {
  if (description === null) return none;
  let named = meshesOf.get(description);
  if (named === undefined) {
    named = new Set(meshAddresses(description.text));
    meshesOf.set(description, named);
  }
  return named;
}

/** Looks up a mesh for somebody outside: only what the description of one of the robots names is given. */
export async function findNamedMesh(
  uri: string,
  robots: Iterable<readonly [string, Described]>,
  rootsOf: (robot: string) => MeshRoots,
): ReturnType<typeof findMesh> {
  for (const [id, { description }] of robots) {
    if (namedMeshes(description).has(uri)) return findMesh(uri, rootsOf(id));
  }
  const reason = "no robot's description contains this address";
  return { uri, status: "refused", reason, bytes: 0, path: null, type: "application/octet-stream" };
}
