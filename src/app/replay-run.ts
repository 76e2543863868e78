import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "../engine/engine.ts";
import { serverNow } from "../io/clock.ts";
import { type Config, defaultRobot, type RobotConfig } from "../io/config/config-schema.ts";
import type { MeshRoots } from "../io/files/mesh-files.ts";
import { meshRoots } from "../io/files/mesh-roots.ts";
import { type Logger, logEvent } from "../io/log.ts";
import { BagThread, type OpenedBag } from "../io/recording/bag-thread.ts";
import { describedNamespaces, robotIdOf } from "../io/ros/robot-discovery.ts";
import { isLoopback } from "../io/server/access.ts";
import { stateDir } from "../io/state-dir.ts";
import { openAccess } from "./access-rules.ts";
import { BagPlayer } from "./bag-player.ts";
import { CollisionReader } from "./collision-reader.ts";
import { pushDescriptionFiles, pushSemanticsFiles } from "./description-inputs.ts";
import { bindingByPatterns, priorityByPatterns } from "./device-links.ts";
import { pageAddresses } from "./page-address.ts";
import { ReplayIntake } from "./replay-intake.ts";
import { engineRobot } from "./robot-roster.ts";
import { ServedEngine } from "./served-engine.ts";
import { listenFault, StartFault } from "./start-fault.ts";
import { TwinHistory } from "./twin-history.ts";

export type ReplayOptions = {
  file: string;
  speed: number;
  loop: boolean;
  config: Config;
  configPath: string | null;
  logger: Logger;
  /** The bag has been played to its end, which no loop begins again. */
  onEnd(): void;
  onFault(reason: string): void;
};

export type RunningReplay = {
  url: string;
  urlsElsewhere: string[];
  port: number;
  bag: OpenedBag;
  /** Topics that the twin makes nothing of. */
  ignored: readonly string[];
  /** Of the recorded time, 0 … 1, and messages so far. */
  progress(): { share: number; played: number };
  engine: Engine;
  stop(): Promise<void>;
};

const mostHistoryBytes = 1_000_000_000;

/** Why a replay takes no command. */
export const replayReason = "this is a replay: nothing is sent to a robot or a device";

/**
 * Plays a bag through the engine, and serves the page. No ROS node and no client of a broker is made, so nothing can
 * leave. Rejects with a StartFault, or with what is wrong with the bag.
 */
export async function runReplay(options: ReplayOptions): Promise<RunningReplay> {
  const { config, configPath, logger, file } = options;
  const now = serverNow;
  const thread = new BagThread();
  const bag = await thread.open(file).catch(async (error: unknown) => {
    await thread.close();
    throw new StartFault(error instanceof Error ? error.message : String(error));
  });
  const robots = config.robots === "auto" ? robotsOf(bag) : config.robots;
  const { host } = config.server;
  const access = openAccess({
    server: config.server,
    configPath,
    directory: stateDir(config.stateDir, configPath, config.server.port),
    now,
    warn: (text) => logger.warn(text),
  });
  const { token, tls } = access;
  const roots = (robot: string): MeshRoots =>
    meshRoots(config, configPath, robots.find(({ id }) => id === robot)?.description ?? "topic");
  const served = new ServedEngine({
    engine: {
      robots: robots.map((robot) => engineRobot(robot, { of: () => null })),
      sourcePriority: priorityByPatterns(config.sources.priority),
      mayBind: bindingByPatterns(config.mqtt?.joints ?? ["*/*"]),
      runName: `replay-${randomBytes(3).toString("hex")}`,
      closed: replayReason,
    },
    outside: {
      robots: new Map(),
      devices: { send: () => ({ code: "replay", message: replayReason }) },
      stopMemory: { remember: () => undefined },
      onEvent: (event) => {
        logEvent(logger, event);
        history?.event(event);
      },
    },
    cycleHz: config.cycleHz,
    host,
    port: config.server.port,
    rules: {
      loopbackOnly: isLoopback(host),
      tokens: access.tokens,
      origins: config.server.origins,
      publicUrl: config.server.publicUrl ?? null,
    },
    ...(tls === undefined ? {} : { tls }),
    warn: (text) => logger.warn(text),
    meshRoots: roots,
    afterCycle: (at) => {
      collisions.follow();
      history?.step(at);
    },
    history: () => history?.thread ?? null,
  });
  const { engine } = served;
  // Of its own and for as long as it is played: the history of the robot itself is not touched.
  const folder = mkdtempSync(join(tmpdir(), "twin-replay-"));
  // However the program ends, but for kill -9.
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const kept = { ...config.history, maxBytes: Math.min(config.history.maxBytes, mostHistoryBytes) };
  const history = config.history.enabled ? new TwinHistory(engine, folder, kept) : null;
  const collisions = new CollisionReader(engine, now, roots, (line) => logger.warn(line));
  const described = { config: { ...config, robots }, configPath };
  const intake = new ReplayIntake(bag.channels, robots, config, engine.inbox, now);
  const status = (detail: string): void =>
    engine.inbox.push("replay", now(), { kind: "status", status: { name: "replay", state: "ok", detail } });
  let round = 1;
  const player = new BagPlayer(thread, {
    speed: options.speed,
    loop: options.loop,
    now,
    deliver: (message, at) => intake.take(message, at),
    onRestart: () => {
      intake.restart();
      status(`${file}, round ${++round}`);
    },
    onEnd: () => {
      status(`${file} has ended`);
      options.onEnd();
    },
    onFault: (reason) => {
      const broken = { name: "replay", state: "error", detail: file, reason } as const;
      engine.inbox.push("replay", now(), { kind: "status", status: broken });
      options.onFault(reason);
    },
  });
  try {
    pushDescriptionFiles(engine.inbox, described, now());
    pushSemanticsFiles(engine.inbox, described, now());
    const port = await served.listen().catch((error: NodeJS.ErrnoException) => {
      throw new StartFault(listenFault(error, host, config.server.port));
    });
    status(`${file}, ${options.speed}×`);
    served.start();
    player.start();
    return {
      ...pageAddresses(
        host,
        port,
        token,
        config.server.publicUrl ?? null,
        tls === undefined ? "http" : "https",
      ),
      port,
      bag,
      ignored: intake.ignored,
      progress: () => ({ share: shareOf(bag, player.position), played: player.played }),
      engine,
      stop: async () => {
        player.stop();
        served.endCycles();
        await collisions.stop();
        await thread.close();
        await history?.close();
        await served.close();
      },
    };
  } catch (error) {
    player.stop();
    await thread.close();
    await history?.close();
    throw error;
  }
}

/** The robots of a bag: one for each namespace with a description, or with joint states where nothing is described. */
function robotsOf({ channels }: OpenedBag): RobotConfig[] {
  const topics = channels.map(({ topic, type }) => ({ name: topic, types: [type] }));
  const described = describedNamespaces({ getTopicNamesAndTypes: () => topics, countPublishers: () => 1 });
  const leaf = "/joint_states";
  const moving = channels
    .map(({ topic }) => topic)
    .filter((topic) => topic.endsWith(leaf))
    .map((topic) => topic.slice(0, -leaf.length));
  const found = described.length > 0 ? described : moving;
  return [...new Set(found.length > 0 ? found : [""])].map((namespace) =>
    defaultRobot(robotIdOf(namespace), namespace),
  );
}

function shareOf({ start, end }: OpenedBag, position: bigint): number {
  if (end <= start || position <= start) return 0;
  return Math.min(1, Number(position - start) / Number(end - start));
}
