import { join, resolve } from "node:path";
import type { Config } from "../io/config/config-schema.ts";
import { packageRoot } from "../io/package-root.ts";
import { besidesOf, type MeshRoots } from "../io/server/mesh-files.ts";

/** Where a package of the ament index, or of the configuration, may be. */
export function packageFolders(config: Config, name: string): string[] {
  const { packages } = config.ros;
  const own = Object.hasOwn(packages, name) ? packages[name] : undefined;
  return own === undefined ? prefixes().map((p) => join(p, "share", name)) : [own];
}

function prefixes(): string[] {
  return (process.env.AMENT_PREFIX_PATH ?? "").split(":").filter((p) => p !== "");
}

/** Where the meshes of a robot are looked for. */
export function meshRoots(config: Config, configPath: string | null, robot: string): MeshRoots {
  const description = config.robots.find((r) => r.id === robot)?.description ?? "topic";
  const base = configPath === null ? process.cwd() : besidesOf(configPath);
  const isFile = description !== "topic" && !description.startsWith("package://");
  return {
    packages: { twinbridge: packageRoot, ...config.ros.packages },
    prefixes: prefixes(),
    besides: isFile && base !== null ? besidesOf(resolve(base, description)) : null,
  };
}
