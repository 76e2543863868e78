import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultRosDir, nodeEnvironment, pythonLib, rosFolder } from "../../src/io/ros/ros-environment.ts";
import { TestProcess } from "./support.ts";

const folder = rosFolder(defaultRosDir());
const root = join(import.meta.dirname, "..", "..");
const cache = join(root, ".cache", "ros-overlays");

/**
 * Builds control_msgs with an edited FollowJointTrajectory.action into a prefix of its own, as an upgrade or an overlay
 * workspace brings it. Kept between runs; the first build takes half a minute.
 */
export function controlMsgsOverlay(edit: (definition: string) => string): string {
  const source = join(root, "ros", "control_msgs");
  const text = readFileSync(join(source, "action", "FollowJointTrajectory.action"), "utf8");
  const edited = edit(text);
  if (edited === text) throw new Error("the edit changed nothing");
  const key = createHash("sha256").update(edited).update(folder.prefix).digest("hex").slice(0, 12);
  const at = join(cache, key);
  const prefix = join(at, "install");
  if (existsSync(join(at, "done"))) return prefix;
  rmSync(at, { recursive: true, force: true });
  mkdirSync(at, { recursive: true });
  cpSync(source, join(at, "src"), { recursive: true });
  writeFileSync(join(at, "src", "action", "FollowJointTrajectory.action"), edited);
  const env = {
    ...process.env,
    PATH: `${join(folder.prefix, "bin")}:${process.env.PATH ?? ""}`,
    AMENT_PREFIX_PATH: folder.prefix,
    VIRTUAL_ENV: folder.prefix,
  };
  const configure = ["-S", join(at, "src"), "-B", join(at, "build"), "-DBUILD_TESTING=OFF"];
  configure.push(`-DCMAKE_INSTALL_PREFIX=${prefix}`, `-DCMAKE_PREFIX_PATH=${folder.prefix}`);
  configure.push(`-DPython3_EXECUTABLE=${join(folder.prefix, "bin", "python")}`);
  for (const args of [
    configure,
    ["--build", join(at, "build"), "--parallel", "2"],
    ["--install", join(at, "build")],
  ]) {
    const { status, stderr } = spawnSync("cmake", args, { env, encoding: "utf8" });
    if (status !== 0) throw new Error(`cmake ${args.join(" ")}: ${stderr.slice(-2000)}`);
  }
  writeFileSync(join(at, "done"), "");
  return prefix;
}

/** As control_msgs 6.8 has the feedback. */
export const withIndexes = (definition: string): string =>
  definition
    .replace(/^(trajectory_msgs\/JointTrajectoryPoint error)$/m, "$1\nint32 index")
    .replace(
      /^(trajectory_msgs\/MultiDOFJointTrajectoryPoint multi_dof_error)$/m,
      "$1\nint32 multi_dof_index",
    );

/** The variables with which a Node process has the overlay before the wheels, as `source install/setup.bash` sets them. */
export function sourcedEnvironment(overlay: string | null): Record<string, string> {
  const env = nodeEnvironment(folder);
  if (overlay === null) return env;
  const [stubs = "", ...libraries] = (env.LD_LIBRARY_PATH ?? "").split(":");
  return {
    ...env,
    AMENT_PREFIX_PATH: `${overlay}:${env.AMENT_PREFIX_PATH}`,
    LD_LIBRARY_PATH: [stubs, join(overlay, "lib"), ...libraries].join(":"),
  };
}

/** The rclpy robot, with the overlay's messages. */
export function startOverlayPeer(overlay: string, domainId: string, args: string[]): TestProcess {
  const site = join(pythonLib(folder) ?? "", "site-packages");
  const bundled = readdirSync(site).filter((name) => /^ros_.*\.libs$/.test(name));
  const python = pythonLib(folder)?.split("/").at(-1) ?? "";
  return new TestProcess(
    join(folder.prefix, "bin", "python"),
    [join(root, "test", "ros", "peers", "robot_peer.py"), ...args],
    {
      ROS_DOMAIN_ID: domainId,
      // The wheels' own start would put their libraries in any order.
      _ROS_WHEELS_BOOTSTRAP_COMPLETE: "1",
      LD_LIBRARY_PATH: [
        join(overlay, "lib"),
        join(folder.prefix, "lib"),
        ...bundled.map((name) => join(site, name)),
      ].join(":"),
      PYTHONPATH: join(overlay, "lib", python, "site-packages"),
      AMENT_PREFIX_PATH: `${overlay}:${folder.prefix}`,
    },
  );
}
