import { realpath } from "node:fs/promises";
import { dirname, extname, sep } from "node:path";
import { packageParts } from "./file-address.ts";
import {
  type FileTypes,
  type FoundFile,
  findFile,
  findMesh,
  foldersOf,
  type MeshRoots,
} from "./mesh-files.ts";
import { enclosingPackage } from "./mesh-roots.ts";

/** Pictures that a browser or three.js decodes. TIFF is not among them. */
const textureTypes: FileTypes = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".webp": "image/webp",
  ".gif": "image/gif",
  ".bmp": "image/bmp",
  ".tga": "application/octet-stream",
};

/** What a mesh file may name: materials of an OBJ, buffers of a glTF, pictures. */
const companionTypes: FileTypes = {
  ".mtl": "text/plain; charset=utf-8",
  ".bin": "application/octet-stream",
  ...textureTypes,
};

const mostCompanionBytes = 256 * 1024 * 1024;

/** Whether an address ends like a file that belongs to a mesh. */
export function isCompanion(uri: string): boolean {
  return Object.hasOwn(companionTypes, extname(uri).toLowerCase());
}

/** Looks up a texture that a description itself names. */
export async function findTexture(uri: string, roots: MeshRoots): Promise<FoundFile> {
  return notTooLarge(await findFile(uri, roots, textureTypes, "texture"));
}

/**
 * Looks up a file that a mesh may name. It must lie, symbolic links followed, in the package of one of the `meshes` that a
 * description names: for `package://` and `model://` in that package, else in the nearest folder above the mesh that has a
 * package.xml, or in the mesh's own folder where there is none.
 */
export async function findCompanion(
  uri: string,
  meshes: Iterable<string>,
  roots: MeshRoots,
): Promise<FoundFile> {
  const found = await findFile(uri, roots, companionTypes, "companion");
  if (found.status === "refused") return found;
  const refused = (reason: string): FoundFile => ({
    ...found,
    status: "refused",
    reason,
    bytes: 0,
    path: null,
  });
  const package_ = packageOf(uri);
  const mates = [...meshes].filter((mesh) => packageOf(mesh) === package_);
  if (mates.length === 0) return refused("no mesh that a robot's description names is in its package");
  if (found.path === null) return found;
  const real = await realpath(found.path);
  if (!Object.hasOwn(companionTypes, extname(real).toLowerCase()))
    return refused("the file is no companion of a mesh");
  if (!(await isInHome(real, mates, roots))) return refused("the file lies outside of its mesh's package");
  return notTooLarge(found);
}

function packageOf(uri: string): string | null {
  return packageParts(uri)?.name ?? null;
}

async function isInHome(real: string, mates: readonly string[], roots: MeshRoots): Promise<boolean> {
  const isBelow = (folder: string): boolean => real.startsWith(folder + sep);
  const [first] = mates;
  const inPackage = first === undefined ? null : packageParts(first);
  for (const folder of inPackage === null ? [] : foldersOf(inPackage, roots)) {
    const home = await realpath(folder).catch(() => null);
    if (home !== null && isBelow(home)) return true;
  }
  // With `colcon build --symlink-install` a mesh and its textures are links into the source folder of the package.
  for (const mate of mates) {
    const { path } = await findMesh(mate, roots);
    const mesh = path === null ? null : await realpath(path).catch(() => null);
    if (mesh !== null && isBelow(enclosingPackage(mesh) ?? dirname(mesh))) return true;
  }
  return false;
}

function notTooLarge(found: FoundFile): FoundFile {
  if (found.bytes <= mostCompanionBytes) return found;
  const reason = `the file has ${found.bytes} bytes; ${mostCompanionBytes} are the most`;
  return { ...found, status: "refused", reason, bytes: 0, path: null };
}
