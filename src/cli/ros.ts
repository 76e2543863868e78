import { resolve } from "node:path";
import type { Command } from "commander";
import { lookAtGraph, type SeenGraph } from "../io/ros/graph-look.ts";
import { defaultRosDir, findRclnodejs, isRosSourced, rosFolder } from "../io/ros/ros-environment.ts";
import { setUpRos } from "../io/ros/ros-setup.ts";
import { SetupFault } from "../io/ros/setup-tools.ts";
import { fail } from "./fail.ts";
import { chooseRos } from "./ros-environment-choice.ts";

/** How long other nodes get to be discovered. */
const discoveryMs = 2500;

export function addRosCommands(program: Command): void {
  const ros = program.command("ros").description("manage the ROS 2 environment used by the twin");
  ros
    .command("setup")
    .description(
      "build a ROS 2 environment from Python wheels (about 400 MB, 3 to 5 minutes), or rclnodejs for a sourced one",
    )
    .option("--dir <folder>", "its folder (default: the user's cache folder, or TWIN_ROS_DIR)")
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
      say("next: `twin up --ros on` mirrors a robot; `twin sim` in another terminal runs a simulated one");
    });
  ros
    .command("graph")
    .description("list the ROS graph: nodes, topics with publishers, action servers")
    .option("--json", "as one JSON line")
    .action(async (options: { json?: boolean }) => {
      const rclnodejs = await chooseRos("on");
      if (rclnodejs === null) return;
      const graph = await lookAtGraph(rclnodejs, discoveryMs).catch((error: unknown) =>
        fail(`ROS 2 did not start: ${String(error)}; see \`twin doctor\``),
      );
      process.stdout.write(options.json === true ? `${JSON.stringify(graph)}\n` : graphText(graph));
      process.exit(0);
    });
}

function graphText({ nodes, topics, actions, domain }: SeenGraph): string {
  const part = (title: string, lines: readonly string[]): string =>
    `${title}: ${lines.length === 0 ? "none" : lines.map((line) => `\n  ${line}`).join("")}\n`;
  return [
    part(`nodes on domain ${domain}`, nodes),
    part(
      "topics",
      topics.map(({ name, types }) => `${name}  ${types.join(", ")}`),
    ),
    part(
      "actions",
      actions.map(({ name, type }) => `${name}  ${type}`),
    ),
  ].join("");
}
