import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { readSetupRecord } from "./setup-record.ts";

/** Marks a process that was started with `nodeEnvironment`: the folder it is from. */
export const reexecutedFrom = "TWIN_ROS_ENVIRONMENT";

/** The parts of a folder that `twin ros setup` made. */
export type RosFolder = {
  root: string;
  /** The Python environment with the wheels: the ROS prefix. */
  prefix: string;
  /** Empty libraries that stand in for Python's in a Node process. */
  stubs: string;
  /** Where rclnodejs is installed. */
  node: string;
  build: string;
  /** Written last: which steps are done. */
  record: string;
};

/**
 * `TWIN_ROS_DIR`, else a folder in the user's cache that all checkouts share. What is built for a sourced
 * ROS 2 is beside it, a folder a distribution: a build for one does not load with another.
 */
export function defaultRosDir(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const base = process.env.TWIN_ROS_DIR ?? join(cache, "twinbridge", "ros");
  return isRosSourced() ? `${base}-${process.env.ROS_DISTRO ?? "sourced"}` : base;
}

export function rosFolder(root: string): RosFolder {
  return {
    root,
    prefix: join(root, "python"),
    stubs: join(root, "stubs"),
    node: join(root, "node"),
    build: join(root, "build"),
    record: join(root, "setup.json"),
  };
}

/** Whether a ROS 2 installation of the user's is sourced: not the one that we start ourselves with. */
export function isRosSourced(): boolean {
  if (process.env[reexecutedFrom] !== undefined) return false;
  return (process.env.AMENT_PREFIX_PATH ?? "") !== "" && process.env.ROS_VERSION === "2";
}

/** Whether the folder holds a finished ROS 2 from wheels, rclnodejs included. */
export function isSetUp(folder: RosFolder): boolean {
  return readSetupRecord(folder).ready && existsSync(join(folder.node, "node_modules", "rclnodejs"));
}

/** Why a folder that `twin ros setup` began in cannot be used; null when it is finished, or nothing was begun. */
export function halfMade(folder: RosFolder): string | null {
  const { failed, steps } = readSetupRecord(folder);
  if (isSetUp(folder) || (failed === undefined && Object.keys(steps).length === 0)) return null;
  const why =
    failed === undefined
      ? "the last try did not finish"
      : `the step "${failed.step}" failed: ${failed.reason}`;
  return `${folder.root} is half made: ${why}`;
}

/** The `pythonX.Y` folder in the prefix's lib. Null before the wheels are there. */
export function pythonLib(folder: RosFolder): string | null {
  const lib = join(folder.prefix, "lib");
  if (!existsSync(lib)) return null;
  const name = readdirSync(lib).find((entry) => /^python3\.\d+$/.test(entry));
  return name === undefined ? null : join(lib, name);
}

/**
 * The variables with which a Node process uses the wheels' ROS. They must be set before it starts: the
 * system's loader reads them once. A Python process must not get them (its stubs are not Python).
 */
export function nodeEnvironment(folder: RosFolder): Record<string, string> {
  const python = pythonLib(folder);
  const site = python === null ? null : join(python, "site-packages");
  const bundled =
    site === null
      ? []
      : readdirSync(site)
          .filter((name) => /^ros_.*\.libs$/.test(name))
          .map((name) => join(site, name));
  return {
    AMENT_PREFIX_PATH: folder.prefix,
    ROS_DISTRO: "kilted",
    ROS_VERSION: "2",
    ROS_PYTHON_VERSION: "3",
    RMW_IMPLEMENTATION: process.env.RMW_IMPLEMENTATION ?? "rmw_fastrtps_cpp",
    PATH: [join(folder.prefix, "bin"), process.env.PATH ?? ""].join(delimiter),
    LD_LIBRARY_PATH: [folder.stubs, join(folder.prefix, "lib"), ...bundled].join(delimiter),
  };
}

/** Where rclnodejs is: what `twin ros setup` made, else what npm put beside this package. Null: nowhere. */
export function findRclnodejs(folder: RosFolder): string | null {
  for (const from of [join(folder.node, "package.json"), import.meta.url]) {
    try {
      return createRequire(from).resolve("rclnodejs");
    } catch {
      // the next place may have it
    }
  }
  return null;
}
