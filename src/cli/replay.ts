import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { openPage } from "../app/page-address.ts";
import { runReplay } from "../app/replay-run.ts";
import { viewerIsBuilt } from "../app/run-twin.ts";
import { StartFault } from "../app/start-fault.ts";
import { configSchema, robotsAtStart } from "../io/config/config-schema.ts";
import { loadConfig } from "../io/config/load-config.ts";
import { createLogger } from "../io/log.ts";
import { addDescriptionOptions, type DescriptionOptions, descriptionOf } from "./description-options.ts";
import { Ending } from "./ending.ts";
import { fail } from "./fail.ts";
import { positiveNumber } from "./record.ts";
import { parsePort } from "./up.ts";

type ReplayCliOptions = DescriptionOptions & {
  speed: number;
  loop?: boolean;
  config?: string;
  host?: string;
  port?: number;
  open?: boolean;
  exit?: boolean;
  json?: boolean;
};

export function addReplayCommand(program: Command): void {
  addDescriptionOptions(
    program.command("replay"),
    "URDF or xacro file of the first robot, where the bag has no description",
  )
    .description(
      "play a recording or a bag of ROS 2 (.mcap, .db3, folder) through the twin; nothing leaves it",
    )
    .argument("<file>", "an .mcap, a .db3, or the folder of a bag")
    .option("--speed <times>", "of real time", positiveNumber, 1)
    .option("--loop", "begin again at the end")
    .option("--exit", "end the program at the end of the bag")
    .option("--config <file>", "twin.yaml: robots, and the profiles and mappings of MQTT")
    .option("--host <address>", "address to listen on (default: 127.0.0.1; others need a token)")
    .option("--port <number>", "port to listen on (default: 8080; 0: a free one)", parsePort)
    .addOption(new Option("--ros <mode>", "a replay never joins ROS").choices(["off"]).default("off"))
    .option("--open", "open the page in the browser")
    .option("--json", "log as JSON lines")
    .action(replay);
}

async function replay(file: string, options: ReplayCliOptions): Promise<void> {
  const logger = createLogger(options.json === true);
  const read = options.config === undefined ? null : loadConfig(options.config);
  if (read !== null && !read.ok) fail(`${read.path}: ${read.reason}`);
  // Without a configuration, devices of recordings speak the usual profile.
  const config = read === null ? configSchema.parse({ mqtt: { embedded: true } }) : read.value;
  if (options.host !== undefined) config.server.host = options.host;
  if (options.port !== undefined) config.server.port = options.port;
  const description = descriptionOf(options);
  if (description !== undefined) {
    config.robots = robotsAtStart(config);
    const [robot] = config.robots;
    if (robot !== undefined) {
      robot.description = description.startsWith("package://") ? description : resolve(description);
      if (options.arg !== undefined) robot.arguments = Object.fromEntries(options.arg);
    }
  }
  const ending = new Ending();
  if (!viewerIsBuilt()) logger.warn("the page is not built: run `npm run build`");
  const running = await runReplay({
    file,
    speed: options.speed,
    loop: options.loop === true,
    config,
    configPath: options.config ?? null,
    logger,
    onEnd: () => {
      if (options.exit === true) ending.end();
      else logger.info(`${file} has ended; Ctrl-C ends the program`);
    },
    onFault: (reason) => {
      if (options.exit === true) fail(reason);
      logger.error(reason);
    },
  }).catch((error: unknown) => {
    if (error instanceof StartFault) fail(error.message);
    throw error;
  });
  for (const note of running.bag.notes) logger.warn(note);
  if (running.ignored.length > 0) logger.info(`ignored topics: ${running.ignored.join(", ")}`);
  const seconds = Number(running.bag.end - running.bag.start) / 1e9;
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ url: running.url, urlsElsewhere: running.urlsElsewhere, seconds })}\n`
      : `${file} (${seconds.toFixed(1)} s) is played at ${running.url}\n`,
  );
  if (options.json !== true) {
    for (const url of running.urlsElsewhere) process.stdout.write(`  from other devices: ${url}\n`);
  }
  if (options.open === true) openPage(running.url);
  ending.by(() => running.stop());
}
