import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { openPage } from "../app/page-address.ts";
import { runTwin, viewerIsBuilt } from "../app/run-twin.ts";
import { StartFault } from "../app/start-fault.ts";
import { configSchema, type RobotConfig, robotsAtStart } from "../io/config/config-schema.ts";
import { loadConfig } from "../io/config/load-config.ts";
import { createLogger } from "../io/log.ts";
import { addDescriptionOptions, type DescriptionOptions, descriptionOf } from "./description-options.ts";
import { Ending } from "./ending.ts";
import { fail } from "./fail.ts";
import { chooseRos } from "./ros-environment-choice.ts";

type UpOptions = DescriptionOptions & {
  config?: string;
  ros: "auto" | "on" | "off";
  host?: string;
  port?: number;
  namespace?: string;
  useSimTime?: boolean;
  open?: boolean;
  json?: boolean;
};

export function addUpCommand(program: Command): void {
  addDescriptionOptions(
    program.command("up"),
    "URDF or xacro file, package:// address, or topic, of the first robot",
  )
    .description("run the twin; with no config and no ROS, a demo with a simulated robot")
    .option("--config <file>", "twin.yaml: robots, broker, server (docs/configuration.md)")
    .addOption(
      new Option("--ros <mode>", "auto: when ROS 2 is sourced or was set up")
        .choices(["auto", "on", "off"])
        .default("auto"),
    )
    .option("--host <address>", "address to listen on (default: 127.0.0.1; others need a token)")
    .option("--port <number>", "port to listen on (default: 8080; 0: a free one)", parsePort)
    .option("--namespace <name>", "ROS namespace of the first robot")
    .option("--use-sim-time", "take the time of commands from /clock")
    .option("--open", "open the page in the browser")
    .option("--json", "log as JSON lines")
    .action(up);
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535)
    throw new InvalidArgumentError("a port is a number from 0 to 65535");
  return port;
}

async function up(options: UpOptions): Promise<void> {
  const logger = createLogger(options.json === true);
  const config = options.config === undefined ? null : loadConfig(options.config);
  if (config !== null && !config.ok) fail(`${config.path}: ${config.reason}`);
  const merged = config === null ? configSchema.parse({}) : config.value;
  if (options.host !== undefined) merged.server.host = options.host;
  if (options.port !== undefined) merged.server.port = options.port;
  if (options.useSimTime === true) merged.ros.useSimTime = true;
  const description = descriptionOf(options);
  if (description !== undefined || options.arg !== undefined || options.namespace !== undefined) {
    // What is said of the robot itself means one robot, the first.
    merged.robots = robotsAtStart(merged);
    describeFirst(merged.robots, options, description);
  }
  const rclnodejs = await chooseRos(options.ros);
  const ending = new Ending();
  if (!viewerIsBuilt()) logger.warn("the page is not built: run `npm run build`");
  const running = await runTwin({
    config: merged,
    configPath: options.config ?? null,
    rclnodejs,
    insistsOnRos: options.ros === "on",
    demo: config === null && options.ros !== "on" && description === undefined,
    logger,
  }).catch((error: unknown) => {
    if (error instanceof StartFault) fail(error.message);
    throw error;
  });
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ url: running.url, urlsElsewhere: running.urlsElsewhere })}\n`
      : `twinbridge is at ${running.url}\n`,
  );
  if (options.json !== true) {
    for (const url of running.urlsElsewhere) process.stdout.write(`  from other devices: ${url}\n`);
  }
  if (options.open === true) openPage(running.url);
  ending.by(() => running.stop());
  // A fault of ours must not leave a robot moving: end the motion, say so, go.
  process.on("uncaughtException", (error) => {
    logger.error(`twinbridge failed and stops all motion: ${error.stack ?? error.message}`);
    void running.stop().finally(() => process.exit(1));
    setTimeout(() => process.exit(1), 2000).unref();
  });
}

function describeFirst(
  [robot]: RobotConfig[],
  { arg, namespace }: UpOptions,
  description: string | undefined,
): void {
  if (robot === undefined) return;
  if (description !== undefined) robot.description = fromHere(description);
  if (arg !== undefined) {
    if (robot.description === "topic") fail("--arg is for a xacro file: name it with --description", 2);
    robot.arguments = { ...robot.arguments, ...Object.fromEntries(arg) };
  }
  if (namespace !== undefined) robot.namespace = namespace;
}

/** A file named on the command line is relative to where that was typed, not to the configuration. */
function fromHere(address: string): string {
  return address === "topic" || address.startsWith("package://") ? address : resolve(address);
}
