import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { amentPrefixes, readDefinitions, writeManifest } from "./message-definitions.ts";
import { canDownloadHeaders, findNodeHeaders, headersRemedy, thisNode } from "./node-headers.ts";
import { findRclnodejs, type RosFolder } from "./ros-environment.ts";
import type { SetupTools } from "./setup-tools.ts";

export const rclnodejsVersion = "2.2.0";
export const compilerRemedy =
  "a C++ compiler, make, cmake and Python are needed (on Debian: apt install g++ make cmake python3)";
const registryRemedy = "check that the npm registry can be reached; npm's own settings for mirrors are used";

/** Loads what the twin needs; a type that is missing ends it with 1. */
const probe = `
  const rcl = require("rclnodejs");
  for (const type of ["sensor_msgs/msg/JointState", "control_msgs/action/FollowJointTrajectory"]) rcl.require(type);
`;

export type RclnodejsBuild = {
  tools: SetupTools;
  folder: RosFolder;
  /** The variables of the ROS 2 that it is built for, where that is not this process's own. */
  env: Record<string, string>;
  /** Prefixes of that ROS 2, the first one first. */
  prefixes: readonly string[];
  /** Compile in any case: no prebuilt binary fits the wheels. */
  always: boolean;
};

/**
 * The variables with which node-gyp finds Node's headers; none when it can download them. Rejects when neither is
 * possible.
 */
export async function headerVariables(tools: SetupTools): Promise<Record<string, string>> {
  const asked = await tools.run({
    command: "npm",
    args: ["config", "get", "nodedir"],
    remedy: "npm is needed; it comes with Node",
  });
  const nodedir = asked.trim();
  const isSet = nodedir !== "" && nodedir !== "undefined" && nodedir !== "null";
  const env = isSet ? { ...process.env, npm_config_nodedir: nodedir } : process.env;
  const headers = findNodeHeaders({ ...thisNode, env });
  if ("folder" in headers) return { npm_config_nodedir: headers.folder };
  if (!headers.isSet && (await canDownloadHeaders())) return {};
  const neither = headers.isSet ? "" : ", and they cannot be downloaded";
  throw tools.fault(
    `Node's headers are needed to compile rclnodejs: ${headers.missing}${neither}. Remedy: ${headersRemedy}`,
  );
}

/** Installs rclnodejs and compiles it where no prebuilt binary fits. Rejects with a SetupFault. */
export async function installRclnodejs(build: RclnodejsBuild): Promise<void> {
  const { tools, folder, always } = build;
  const { node } = folder;
  mkdirSync(node, { recursive: true });
  writeFileSync(join(node, "package.json"), '{ "private": true }\n');
  // Its scripts are run by name: npm may be set to run none of a dependency's, and they compile with 16 processes
  // and with headers from Node's download site.
  const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", `rclnodejs@${rclnodejsVersion}`];
  await tools.run({ command: "npm", args, env: build.env, cwd: node, remedy: registryRemedy });
  const cwd = packageFolder(folder);
  if (!always && (await hasPrebuilt(build, cwd))) return;
  const headers = await headerVariables(tools);
  const gyp = [
    join("node_modules", "node-gyp", "bin", "node-gyp.js"),
    join("..", "node-gyp", "bin", "node-gyp.js"),
  ];
  const script = gyp.map((path) => join(cwd, path)).find((path) => existsSync(path));
  if (script === undefined)
    throw tools.fault("rclnodejs came without node-gyp: remove the folder and try again");
  const prefix = rosPrefixFor(build);
  await tools.run({
    command: process.execPath,
    args: [script, "rebuild", "-j", String(availableParallelism())],
    env: {
      ...build.env,
      ...headers,
      PATH: `${join(prefix, "bin")}:${build.env.PATH ?? process.env.PATH ?? ""}`,
      LIBRARY_PATH: join(prefix, "lib"),
    },
    cwd,
    remedy: compilerRemedy,
  });
}

/** Makes JavaScript of all message definitions, notes which they were, and loads what the twin needs. */
export async function generateMessages(build: RclnodejsBuild): Promise<void> {
  const { tools, folder, env } = build;
  const definitions = readDefinitions(build.prefixes);
  const cwd = packageFolder(folder);
  const printed = await tools.run({
    command: process.execPath,
    args: ["scripts/generate_messages.cjs"],
    env,
    cwd,
    remedy: "see the log",
  });
  // The script says so and ends with 0.
  const caught = /^Caught error: (.*)$/m.exec(printed)?.[1];
  if (caught !== undefined) throw tools.fault(`the message definitions could not be read: ${caught}`);
  const main = findRclnodejs(folder);
  if (main === null) throw tools.fault("rclnodejs is not where npm should have put it: try again");
  writeManifest(main, definitions);
  await tools.run({
    command: process.execPath,
    args: ["-e", probe],
    env,
    cwd: folder.node,
    remedy: "the build does not load: see the log",
  });
}

function packageFolder(folder: RosFolder): string {
  return join(folder.node, "node_modules", "rclnodejs");
}

async function hasPrebuilt({ tools, env }: RclnodejsBuild, cwd: string): Promise<boolean> {
  const ask = 'console.log("prebuilt", require("./scripts/install.cjs").checkPrebuiltBinary())';
  const answer = await tools.run({
    command: process.execPath,
    args: ["-e", ask],
    env,
    cwd,
    remedy: "see the log",
  });
  return answer.includes("prebuilt true");
}

/**
 * One prefix with the headers and libraries of all of ROS: rclnodejs takes them from beside `ros2`, which in an
 * overlay or an isolated build is not where rcl is. Links, not copies; the earlier prefix wins.
 */
function rosPrefixFor({ folder, prefixes }: RclnodejsBuild): string {
  const root = join(folder.build, "ros-prefix");
  rmSync(root, { recursive: true, force: true });
  for (const part of ["include", "lib"]) {
    const into = join(root, part);
    mkdirSync(into, { recursive: true });
    for (const from of prefixes.map((prefix) => join(prefix, part))) {
      if (!existsSync(from)) continue;
      for (const name of readdirSync(from)) {
        if (part === "lib" && !/\.(?:so|dylib|a)(?:\.|$)/.test(name)) continue;
        if (!existsSync(join(into, name))) symlinkSync(join(from, name), join(into, name));
      }
    }
  }
  mkdirSync(join(root, "bin"));
  const ros2 = join(root, "bin", "ros2");
  writeFileSync(ros2, "#!/bin/sh\nexit 1\n");
  chmodSync(ros2, 0o755);
  return root;
}

/** The prefixes of the ROS 2 that `env` names, or this process's own. */
export function prefixesOf(env: Record<string, string>): string[] {
  return amentPrefixes(env.AMENT_PREFIX_PATH ?? process.env.AMENT_PREFIX_PATH);
}
