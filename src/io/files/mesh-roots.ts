import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Config } from "../config/config-schema.ts";
import { packageRoot } from "../package-root.ts";
import { packageParts, pathsBelow } from "./file-address.ts";
import { besidesOf, type MeshRoots } from "./mesh-files.ts";

/** Where a package may be: the configured folder, or else each prefix of the ament index. */
export function packageFolders(config: Config, name: string): string[] {
  const { packages } = config.ros;
  const own = Object.hasOwn(packages, name) ? packages[name] : undefined;
  return own === undefined ? prefixes().map((p) => join(p, "share", name)) : [own];
}

function prefixes(): string[] {
  return pathList(process.env.AMENT_PREFIX_PATH);
}

/** Gazebo's folders of models, by the names of its generations. */
function modelFolders(): string[] {
  const { GZ_SIM_RESOURCE_PATH, IGN_GAZEBO_RESOURCE_PATH, GAZEBO_MODEL_PATH } = process.env;
  return [GZ_SIM_RESOURCE_PATH, IGN_GAZEBO_RESOURCE_PATH, GAZEBO_MODEL_PATH].flatMap(pathList);
}

function pathList(text: string | undefined): string[] {
  return (text ?? "").split(":").filter((path) => path !== "");
}

/** Where the meshes of a robot are looked for; `description` is the configuration's key of that name. */
export function meshRoots(config: Config, configPath: string | null, description: string): MeshRoots {
  const base = configPath === null ? process.cwd() : besidesOf(configPath);
  if (description === "topic" || base === null) return rootsOf(null, config.ros.packages);
  const inPackage = packageParts(description);
  if (inPackage === null) return rootsOf(resolve(base, description), config.ros.packages);
  const files = packageFolders(config, inPackage.name).flatMap(
    (folder) => pathsBelow(folder, inPackage.inside) ?? [],
  );
  return rootsOf(files.find((file) => existsSync(file)) ?? null, config.ros.packages);
}

/** The same for a description's file without a configuration, or with the packages of one. */
export function rootsOf(file: string | null, configured: Readonly<Record<string, string>> = {}): MeshRoots {
  const enclosing = file === null ? null : enclosingPackage(file);
  return {
    packages: { ...(file === null ? {} : enclosingPackages(file)), twinbridge: packageRoot, ...configured },
    prefixes: prefixes(),
    models: modelFolders(),
    besides: file === null ? null : besidesOf(file),
    ...(enclosing === null ? {} : { besidesPackage: enclosing }),
  };
}

/** The share folder of a package; null when there is none. */
export function findPackage(roots: MeshRoots, name: string): string | null {
  const own = Object.hasOwn(roots.packages, name) ? roots.packages[name] : undefined;
  const folders = own === undefined ? roots.prefixes.map((prefix) => join(prefix, "share", name)) : [own];
  return (
    folders.find((folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) ?? null
  );
}

/** A file lies this deep in its package at most. */
const mostFolders = 20;

/**
 * The packages that a file lies in, so that a checkout that was never built finds its own meshes: by the
 * package.xml of a folder above, or by the folder's name where no workspace has a package of that name.
 */
function enclosingPackages(file: string): Record<string, string> {
  const found: Record<string, string> = Object.create(null);
  let folder = dirname(resolve(file));
  for (let i = 0; i < mostFolders && folder !== dirname(folder); i += 1, folder = dirname(folder)) {
    const name = manifestName(folder);
    if (name !== null) found[name] ??= folder;
    const own = basename(folder);
    if (!prefixes().some((prefix) => existsSync(join(prefix, "share", own)))) found[own] ??= folder;
  }
  return found;
}

/** The nearest folder above a file that has a package.xml. */
export function enclosingPackage(file: string): string | null {
  let folder = dirname(resolve(file));
  for (let i = 0; i < mostFolders && folder !== dirname(folder); i += 1, folder = dirname(folder)) {
    if (manifestName(folder) !== null) return folder;
  }
  return null;
}

function manifestName(folder: string): string | null {
  try {
    const text = readFileSync(join(folder, "package.xml"), "utf8");
    return /<name>\s*([A-Za-z0-9_.-]+)\s*<\/name>/.exec(text)?.[1] ?? null;
  } catch {
    return null;
  }
}
