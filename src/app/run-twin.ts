import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { serverNow } from "../io/clock.ts";
import { type Config, defaultRobot, robotsAtStart } from "../io/config/config-schema.ts";
import type { MeshRoots } from "../io/files/mesh-files.ts";
import { meshRoots, rootsOf } from "../io/files/mesh-roots.ts";
import { LibraryFile } from "../io/library-file.ts";
import { type Logger, logEvent } from "../io/log.ts";
import { MqttLink, type MqttLinkOptions } from "../io/mqtt/mqtt-link.ts";
import { packageRoot } from "../io/package-root.ts";
import { RecordsFile } from "../io/records-file.ts";
import { SceneFile } from "../io/scene-file.ts";
import { isLoopback } from "../io/server/access.ts";
import { stateDir } from "../io/state-dir.ts";
import { StopFile } from "../io/stop-file.ts";
import { openAccess } from "./access-rules.ts";
import { CollisionReader } from "./collision-reader.ts";
import { demoLink, joinConfiguredBroker } from "./configured-broker.ts";
import { pushDescriptionFiles, pushSemanticsFiles } from "./description-inputs.ts";
import { bindingByPatterns, priorityByPatterns, sendBySome } from "./device-links.ts";
import { openSinks } from "./history-sinks.ts";
import { missingMeshes } from "./mesh-report.ts";
import { MqttRobots } from "./mqtt-robots.ts";
import { pageAddresses } from "./page-address.ts";
import type { MapSource } from "./plan-thread.ts";
import { engineRobot, RobotRoster } from "./robot-roster.ts";
import type { RobotSwitch } from "./robot-switch.ts";
import { connectRos, type RosLink } from "./ros-link.ts";
import { handedOver } from "./scene-hand-over.ts";
import { SceneKeeper } from "./scene-keeper.ts";
import { sceneMisfit } from "./scene-misfit.ts";
import { ServedEngine } from "./served-engine.ts";
import { StandIn } from "./stand-in.ts";
import { listenFault, StartFault } from "./start-fault.ts";
import { TriggerRecording } from "./trigger-recording.ts";
import { historyDirectory, TwinHistory } from "./twin-history.ts";
import { ViewedTopics } from "./viewed-topics.ts";

/** How long the demo's devices may take no set-point, ms. */
const emulatedAnswerMs = 5000;

export type RunOptions = {
  config: Config;
  configPath: string | null;
  /** File of rclnodejs; null: without ROS. */
  rclnodejs: string | null;
  /** Whether the user asked for ROS, and does not only take it where it is. */
  insistsOnRos: boolean;
  /** Whether a simulated robot may stand in while no real one is there. */
  demo: boolean;
  logger: Logger;
};

export type RunningTwin = {
  /** The page's address, token included. */
  url: string;
  /** The same for others on the network, when the host is all of this machine's addresses. */
  urlsElsewhere: string[];
  port: number;
  stop(): Promise<void>;
};

/** Puts the program together and starts it. Rejects with a StartFault when it cannot serve. */
export async function runTwin(options: RunOptions): Promise<RunningTwin> {
  const { config, logger } = options;
  const now = serverNow;
  const { host } = config.server;
  const publicUrl = config.server.publicUrl ?? null;
  const directory = stateDir(config.stateDir, options.configPath, config.server.port);
  const access = openAccess({
    server: config.server,
    configPath: options.configPath,
    directory,
    now,
    warn: (text) => logger.warn(text),
  });
  const { token, tls } = access;
  if (publicUrl !== null && access.tokens.isOpen) {
    logger.warn(
      `whoever reaches ${publicUrl} can move the robot: set server.token, add a token with \`twin token add\`, or let the proxy ask for a login`,
    );
  }
  const stops = new StopFile(
    join(directory, "stops.json"),
    (message) => {
      logger.error(message);
      tellStops({ state: "error", reason: message, remedy: "make room on the disk, or let it be written" });
    },
    () => tellStops({ state: "ok" }),
  );
  const tellStops = (status: { state: "ok" | "error"; reason?: string; remedy?: string }): void =>
    engine.inbox.push("stops", now(), { kind: "status", status: { name: "stops", detail: "", ...status } });
  const atStart = robotsAtStart(config);
  const roster = new RobotRoster(atStart, stops, now);
  const mqttRobots = new MqttRobots(config, options.configPath, roster);
  const meshRootsOf = (robot: string): MeshRoots =>
    meshRoots(config, options.configPath, roster.descriptionOf(robot));
  const firstRobot = atStart[0]?.id ?? "robot";
  const mqttLinks: MqttLink[] = [];
  let recorder: TriggerRecording | null = null;
  const scene = new SceneKeeper({
    configured: config.scene,
    file: new SceneFile(join(directory, "scene.json")),
    push: (input) => engine.inbox.push("scene", now(), input),
    hullOf: (uri, scale) => collisions.hullOf({ hullOf: uri, scale, roots: scene.meshRoots() }),
    meshRoots: () => rootsOf(options.configPath, config.ros.packages),
    handedOver: (item, target) => handedOver(engine.robots, item, target, now()),
    misfit: (item) => sceneMisfit(engine.robots, item),
    warn: (line) => logger.warn(line),
  });
  const topics = new ViewedTopics({
    rclnodejs: options.rclnodejs,
    demoRobot: options.demo ? firstRobot : null,
    rules: config.topics,
    now,
    rejected: (topic, count, reason) =>
      engine.inbox.push(`ros:${topic}`, now(), { kind: "rejected", reason, once: true, count }),
    warn: (text) => logger.warn(text),
    record: config.topics.record,
    recordsFile: new RecordsFile(join(directory, "topic-records.json")),
    push: (source, received, input) => engine.inbox.push(source, received ?? now(), input),
  });
  let ros: RosLink | null = null;
  const served = new ServedEngine({
    engine: {
      robots: atStart.map((robot) => engineRobot(robot, stops)),
      sourcePriority: priorityByPatterns(config.sources.priority),
      admit: (robot, isThere) => mqttRobots.admit(robot, isThere, engine.inbox, now()),
      mayBind: bindingByPatterns(config.mqtt?.joints ?? ["*/*"]),
      // The demo's microcontroller is emulated, and no faster than the machine lets it be.
      deviceAnswerMs: options.demo ? emulatedAnswerMs : undefined,
      runName: `twin-${randomBytes(3).toString("hex")}`,
    },
    outside: {
      robots: roster.sinks,
      devices: { send: (device, command) => sendBySome(mqttLinks, device, command) },
      stopMemory: stops,
      onEvent: (event) => {
        logEvent(logger, event);
        recorder?.takeEvent(event);
        history?.event(event);
        if (event.robot !== undefined && /^robot\.(?:re)?loaded$/.test(event.kind)) warnOfMeshes(event.robot);
      },
    },
    cycleHz: config.cycleHz,
    host,
    port: config.server.port,
    rules: {
      loopbackOnly: isLoopback(host),
      tokens: access.tokens,
      origins: config.server.origins,
      embed: config.server.embed,
      publicUrl,
    },
    library: openLibrary(join(directory, "library.json")),
    ...(tls === undefined ? {} : { tls }),
    warn: (text) => logger.warn(text),
    meshRoots: meshRootsOf,
    takeText: (viewer, text) => recorder?.takeText(viewer, text) ?? false,
    takeFrame: (viewer, bytes) => recorder?.takeFrame(viewer, bytes) ?? false,
    namespaceOf: (robot) => roster.configs.get(robot)?.namespace ?? "",
    recordings: join(directory, "recordings"),
    beforeCycle: (at) => standIn.step(at),
    afterCycle: (at) => {
      collisions.follow();
      history?.step(at);
      topics.step(engine, at);
    },
    scene,
    topics: topics.hub,
    records: topics.records,
    askRos: topics.questions.ask,
    controllers: () => ros?.controllers() ?? null,
    history: () => history?.thread ?? null,
    ...(options.rclnodejs === null ? {} : { maps: mapSource(options.rclnodejs, roster) }),
  });
  const { engine } = served;
  const history = config.history.enabled
    ? new TwinHistory(engine, historyDirectory(config, directory), config.history)
    : null;
  const sinks =
    history === null ? null : openSinks(options, served, history, historyDirectory(config, directory));
  const warnOfMeshes = (robot: string): void => {
    void missingMeshes(engine, robot, meshRootsOf(robot)).then((lines) => {
      for (const line of lines) logger.warn(line);
    });
  };
  const joinBroker = (link: MqttLinkOptions): MqttLink => {
    const joined = new MqttLink(link, engine.inbox, now);
    mqttLinks.push(joined);
    joined.start();
    return joined;
  };
  const standIn = new StandIn({
    engine,
    robot: firstRobot,
    target: roster.switchOf(firstRobot) as RobotSwitch,
    now,
    warn: (line) => logger.warn(line),
    joinBroker: config.mqtt === undefined ? (url) => joinBroker(demoLink(url, firstRobot)) : null,
  });
  const collisions = new CollisionReader(engine, now, meshRootsOf, (line) => logger.warn(line));
  // Before the port is taken: a fault in them ends the start.
  pushDescriptionFiles(engine.inbox, options, now());
  pushSemanticsFiles(engine.inbox, options, now());
  scene.start();
  const port = await served.listen().catch((error: NodeJS.ErrnoException) => {
    throw new StartFault(listenFault(error, host, config.server.port));
  });
  const broker = await joinConfiguredBroker(config.mqtt, options.configPath, firstRobot, now(), joinBroker);
  if (options.rclnodejs === null) {
    if (options.demo) await standIn.start();
  } else {
    ros = connectRos({
      config,
      engine,
      roster,
      now,
      logger,
      rclnodejs: options.rclnodejs,
      insists: options.insistsOnRos,
      onStop: () => {
        served.pressStop("*", "the ROS service /twin/stop");
      },
      onReset: () => {
        for (const id of engine.control.keys()) {
          const message = { op: "reset" as const, robot: id };
          engine.inbox.push("client:ros", now(), { kind: "client", session: "ros", name: "ROS", message });
        }
      },
      standIn: options.demo ? standIn : null,
    });
  }
  for (const { id } of atStart) roster.switchOf(id)?.setStopped(stops.of(id) !== null);
  topics.records.start();
  served.start();
  const { recordings: settings } = config;
  if (settings.enabled) {
    const folder = join(directory, "recordings");
    recorder = new TriggerRecording({ engine, folder, settings, robot: firstRobot, now });
  }
  return {
    port,
    ...pageAddresses(host, port, token, publicUrl, tls === undefined ? "http" : "https"),
    stop: async () => {
      access.close();
      // Before the last zero goes out: a command that came after it would start the base again.
      served.endCycles();
      try {
        engine.shutdown();
      } finally {
        // Its last zero goes out, whatever failed.
        await ros?.stop();
      }
      for (const link of mqttLinks) await link.stop();
      await standIn.stop();
      topics.stop();
      await collisions.stop();
      await recorder?.close();
      await broker?.stop();
      // Before the history ends: it keeps what they still need.
      await sinks?.stop();
      await history?.close();
      await served.close();
    },
  };
}

/** How the maps of these robots come from ROS. */
function mapSource(rclnodejs: string, { configs }: RobotRoster): MapSource {
  const settingsOf = (robot: string) => {
    const { unknown, threshold } = configs.get(robot)?.map ?? defaultRobot(robot, "").map;
    return { isUnknownFree: unknown === "free", threshold };
  };
  return { rclnodejs, settingsOf };
}

/** A file that cannot be used ends the start: it would be written over by the next pose. */
function openLibrary(path: string): LibraryFile {
  try {
    return new LibraryFile(path);
  } catch (error) {
    throw new StartFault((error as Error).message);
  }
}

/** Whether the page was built. */
export function viewerIsBuilt(): boolean {
  return existsSync(join(packageRoot, "dist", "viewer", "index.html"));
}
