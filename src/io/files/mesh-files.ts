import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, extname, join, normalize, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type PackageAddress, packageParts, pathsBelow } from "./file-address.ts";

/** Media types by the endings of files. */
export type FileTypes = Readonly<Record<string, string>>;

const meshTypes: FileTypes = {
  ".stl": "model/stl",
  ".dae": "model/vnd.collada+xml",
  ".obj": "model/obj",
  ".glb": "model/gltf-binary",
  ".gltf": "model/gltf+json",
  ".ply": "application/octet-stream",
};

export type MeshReport = {
  uri: string;
  status: "found" | "missing" | "refused";
  reason: string;
  bytes: number;
};

/** Where meshes are looked for. */
export type MeshRoots = {
  /** Package name → its share folder, from the configuration. */
  packages: Readonly<Record<string, string>>;
  /** Install prefixes, each with `share/<package>`: the ament index. */
  prefixes: readonly string[];
  /** Folders with one folder a model, for model://: Gazebo's resource paths. */
  models: readonly string[];
  /** Folder of the description's file, for relative addresses; null when it came from a topic. */
  besides: string | null;
  /** Folder of the package that this folder belongs to: relative addresses stay in it. Absent: in `besides`. */
  besidesPackage?: string;
};

/** The mesh addresses a URDF names, each once. A text search suffices: what is no attribute finds no file. */
export function meshAddresses(urdf: string): string[] {
  return filenamesOf(urdf, /<mesh\b[^<>]*?\bfilename\s*=\s*(?:"([^"]*)"|'([^']*)')/g);
}

/** The same for the textures of the URDF's own materials. */
export function textureAddresses(urdf: string): string[] {
  return filenamesOf(urdf, /<texture\b[^<>]*?\bfilename\s*=\s*(?:"([^"]*)"|'([^']*)')/g);
}

function filenamesOf(urdf: string, element: RegExp): string[] {
  const found = new Set<string>();
  for (const match of urdf.matchAll(element)) {
    const uri = unescapeXml(match[1] ?? match[2] ?? "");
    if (uri !== "") found.add(uri);
  }
  return [...found];
}

/** A file that was looked up: what is reported of it, its path on this machine, its media type. */
export type FoundFile = MeshReport & { path: string | null; type: string };

/** Looks a mesh up. Addresses that climb, and files that are no meshes, are refused. */
export function findMesh(uri: string, roots: MeshRoots): Promise<FoundFile> {
  return findFile(uri, roots, meshTypes, "mesh");
}

/** The same for files of other types, called `kind` in reasons. */
export async function findFile(
  uri: string,
  roots: MeshRoots,
  types: FileTypes,
  kind: string,
): Promise<FoundFile> {
  const ending = extname(uri).toLowerCase();
  const report = (status: MeshReport["status"], reason: string, bytes = 0, path: string | null = null) => ({
    uri,
    status,
    reason,
    bytes,
    path,
    type: Object.hasOwn(types, ending) ? (types[ending] as string) : "application/octet-stream",
  });
  if (uri.length > 4096 || uri.includes("\0")) return report("refused", "no address of a file");
  if (!Object.hasOwn(types, ending)) {
    return report("refused", `"${extname(uri)}" is not a ${kind} type (${Object.keys(types).join(" ")})`);
  }
  const candidates = candidatesOf(uri, roots);
  if (typeof candidates === "string") return report("refused", candidates);
  for (const path of candidates) {
    // The address may hide it: file:///etc/passwd#.stl is /etc/passwd.
    if (!Object.hasOwn(types, extname(path).toLowerCase()))
      return report("refused", `the file is no ${kind}`);
    try {
      const info = await stat(path);
      if (info.isFile()) return report("found", "", info.size, path);
    } catch {
      // the next place may have it
    }
  }
  return report("missing", missingReason(uri, candidates, isNamedPackageKnown(uri, roots)));
}

function candidatesOf(uri: string, roots: MeshRoots): string[] | string {
  const inPackage = packageParts(uri);
  if (inPackage !== null) {
    const { name, inside } = inPackage;
    if (!/^[A-Za-z0-9_.-]+$/.test(name) || name.startsWith(".")) return `"${name}" is no package name`;
    return within(foldersOf(inPackage, roots), inside);
  }
  const scheme = /^([a-z]+):\/\//.exec(uri)?.[1];
  if (scheme === "file") {
    try {
      return [fileURLToPath(uri)];
    } catch {
      return "not a file address";
    }
  }
  if (scheme !== undefined) return `${scheme}:// is not fetched: files come from this machine`;
  if (uri.startsWith("/")) return [normalize(uri)];
  if (roots.besides === null) {
    return "a relative address cannot be resolved in a description from a topic: use package://";
  }
  return within([roots.besides], uri, roots.besidesPackage ?? roots.besides);
}

/** Where the package or model of an address may be. */
export function foldersOf({ scheme, name }: PackageAddress, roots: MeshRoots): string[] {
  const own = Object.hasOwn(roots.packages, name) ? roots.packages[name] : undefined;
  if (own !== undefined) return [own];
  const shared = roots.prefixes.map((prefix) => join(prefix, "share", name));
  return scheme === "model" ? [...roots.models.map((folder) => join(folder, name)), ...shared] : shared;
}

function within(folders: readonly string[], inside: string, bound?: string): string[] | string {
  const found: string[] = [];
  for (const folder of folders) {
    const paths = pathsBelow(folder, inside, bound ?? folder);
    if (paths === null) return "the address leaves its package";
    found.push(...paths);
  }
  return found;
}

/** Whether the package or model that an address names has a folder anywhere. */
function isNamedPackageKnown(uri: string, roots: MeshRoots): boolean {
  const inPackage = packageParts(uri);
  if (inPackage === null || Object.hasOwn(roots.packages, inPackage.name)) return true;
  return foldersOf(inPackage, roots).some((folder) => existsSync(folder));
}

function missingReason(uri: string, candidates: readonly string[], isKnown: boolean): string {
  const pkg = /^(?:package|model):\/\/([^/]*)/.exec(uri)?.[1];
  const isModel = uri.startsWith("model:");
  if (!isKnown && pkg !== undefined) {
    return isModel
      ? `model "${pkg}" is not known: set GZ_SIM_RESOURCE_PATH or name its folder in ros.packages`
      : `package "${pkg}" is not known: source its workspace or name it in ros.packages`;
  }
  return candidates.length === 0 ? "no such file" : `no such file: ${candidates.slice(0, 3).join(", ")}`;
}

export function besidesOf(file: string | null): string | null {
  return file === null ? null : dirname(resolve(file));
}

function unescapeXml(text: string): string {
  return text
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
