import { resolve } from "node:path";
import type { Command } from "commander";
import { defaultRosDir, findRclnodejs, isRosSourced, rosFolder } from "../io/ros/ros-environment.ts";
import { setUpRos } from "../io/ros/ros-setup.ts";
import { SetupFault } from "../io/ros/setup-tools.ts";
import { fail } from "./fail.ts";

export function addRosCommands(program: Command): void {
  const ros = program.command("ros").description("the ROS 2 that the twin talks through");
  ros
    .command("setup")
    .description("make a ROS 2 from wheels (about 400 MB, 3 to 5 minutes), or rclnodejs for a sourced one")
    .option("--dir <folder>", "where (default: the user's cache folder, or TWIN_ROS_DIR)")
    .action(async (options: { dir?: string }) => {
      const folder = rosFolder(resolve(options.dir ?? defaultRosDir()));
      const say = (line: string): void => void process.stdout.write(`${line}\n`);
      say(
        isRosSourced() ? `ROS 2 ${process.env.ROS_DISTRO} is sourced` : `ROS 2 from wheels in ${folder.root}`,
      );
      try {
        await setUpRos(folder, say);
      } catch (error) {
        if (error instanceof SetupFault) fail(`${error.message} (log: ${error.log})`);
        throw error;
      }
      say(`ready: rclnodejs is ${findRclnodejs(folder) ?? folder.node}`);
      say("next: `twin up --ros on` mirrors a robot; `twin sim` in another terminal is a simulated one");
    });
}
