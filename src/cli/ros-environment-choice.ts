import { spawn } from "node:child_process";
import { listedNames } from "../core/listed-names.ts";
import { amentPrefixes, changedPackages } from "../io/ros/message-definitions.ts";
import {
  defaultRosDir,
  findRclnodejs,
  halfMade,
  isRosSourced,
  isSetUp,
  nodeEnvironment,
  reexecutedFrom,
  rosFolder,
} from "../io/ros/ros-environment.ts";
import { fail } from "./fail.ts";

const setUpRemedy =
  "source your ROS 2 (source /opt/ros/<distro>/setup.bash) or make one with `twin ros setup`";

/**
 * The file of rclnodejs to use, or null to go without ROS. Where the environment of a set-up folder is
 * needed this process becomes the parent of one that has it, and the promise stays open until that ends
 * with its exit code.
 */
export async function chooseRos(mode: "auto" | "on" | "off"): Promise<string | null> {
  if (mode === "off") return null;
  const folder = rosFolder(process.env[reexecutedFrom] ?? defaultRosDir());
  if (process.env[reexecutedFrom] !== undefined) return findRclnodejs(folder);
  const half = halfMade(folder);
  if (half !== null) {
    const remedy = "run `twin ros setup` again, or see `twin doctor`";
    if (mode === "on") fail(`${half}; ${remedy}`);
    process.stderr.write(`twin: ${half}; continuing without ROS: ${remedy}\n`);
    return null;
  }
  if (isRosSourced()) {
    const file = findRclnodejs(folder);
    if (file === null && mode === "on") {
      fail("ROS 2 is sourced, but rclnodejs is not built for it: run `twin ros setup`");
    }
    if (file !== null) refuseChanged(file, amentPrefixes());
    return file;
  }
  if (isSetUp(folder)) {
    const file = findRclnodejs(folder);
    if (file !== null) refuseChanged(file, [folder.prefix]);
    return runWith(nodeEnvironment(folder), folder.root);
  }
  if (mode === "on") fail(`there is no ROS 2 in this environment: ${setUpRemedy}`);
  return null;
}

/** Messages of another layout than the generated code's would end the process in native code, in mid-motion. */
function refuseChanged(rclnodejs: string, prefixes: readonly string[]): void {
  const changed = changedPackages(rclnodejs, prefixes);
  if (changed.length > 0)
    fail(`${changedMessage(changed)}; run \`twin ros setup\` (--ros off runs without ROS)`);
}

/** That packages changed since the set-up, as `twin doctor` and a refused start say it. */
export function changedMessage(packages: readonly string[]): string {
  return `message definitions changed since \`twin ros setup\`: ${listedNames(packages, 5)}`;
}

/** Runs this very command again with `env`; signals go on to it, and its exit code becomes ours. */
function runWith(env: Record<string, string>, root: string): Promise<never> {
  const child = spawn(process.execPath, process.argv.slice(1), {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, ...env, [reexecutedFrom]: root },
  });
  // Ctrl-C and a closed terminal reach the whole group, and so the child too: what comes twice is one end there.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(`could not restart with the ROS 2 environment: ${error.message}`));
  return new Promise(() => {
    child.on("exit", (code, signal) => {
      if (signal === "SIGKILL" || (code !== null && code !== 0 && code !== 1 && code !== 2)) {
        process.stderr.write(
          "twin: the twin crashed without stopping motion; the robot's own command timeouts must stop it until the twin is back\n",
        );
      }
      process.exit(code ?? (signal === null ? 1 : 128));
    });
  });
}
