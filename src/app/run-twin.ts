import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Engine } from "../engine/engine.ts";
import { loadDescription } from "../engine/robot/robot-description.ts";
import { serverNow } from "../io/clock.ts";
import type { Config } from "../io/config/config-schema.ts";
import { CycleLoop } from "../io/cycle-loop.ts";
import { placesOf, readDescription, srdfBeside } from "../io/files/description-file.ts";
import { meshRoots, packageFolders } from "../io/files/mesh-roots.ts";
import { type Logger, logEvent } from "../io/log.ts";
import { DemoBroker } from "../io/mqtt/demo-broker.ts";
import { decodeText } from "../io/mqtt/mqtt-intake.ts";
import { MqttLink, type MqttLinkOptions } from "../io/mqtt/mqtt-link.ts";
import { packageRoot, packageVersion } from "../io/package-root.ts";
import { isLoopback } from "../io/server/access.ts";
import { CommandSockets } from "../io/server/command-sockets.ts";
import { HttpServer } from "../io/server/http-server.ts";
import { Metrics } from "../io/server/metrics.ts";
import { StateSockets } from "../io/server/state-sockets.ts";
import { stateDir } from "../io/state-dir.ts";
import { StopFile } from "../io/stop-file.ts";
import { NativeProfile } from "../protocol/native-profile.ts";
import { CollisionReader } from "./collision-reader.ts";
import {
  bindingByPatterns,
  brokerAddress,
  deviceProfiles,
  priorityByPatterns,
  sendBySome,
} from "./device-links.ts";
import { missingMeshes } from "./mesh-report.ts";
import { carryOut, type Outside } from "./outlets.ts";
import { pageAddresses } from "./page-address.ts";
import { RobotSwitch } from "./robot-switch.ts";
import { connectRos, type RosLink } from "./ros-link.ts";
import { StandIn } from "./stand-in.ts";

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

/** A fault of the world that ends the start, as one sentence with its remedy. */
export class StartFault extends Error {}

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
  const token = config.server.token ?? (isLoopback(host) ? null : randomBytes(18).toString("base64url"));
  const publicUrl = config.server.publicUrl ?? null;
  if (publicUrl !== null && token === null) {
    logger.warn(
      `whoever reaches ${publicUrl} can move the robot: set server.token, or let the proxy ask for a login`,
    );
  }
  const directory = stateDir(config.stateDir, options.configPath, config.server.port);
  const stops = new StopFile(join(directory, "stops.json"), (message) => logger.error(message));
  const switches = new Map(config.robots.map(({ id }) => [id, new RobotSwitch()]));
  let refused: (socket: string, reason: string) => void = () => undefined;
  const sockets = new CommandSockets(packageVersion, now, (reason) => refused("/ws/command", reason));
  const viewers = new StateSockets(now, (reason) => refused("/ws/state", reason));
  const mqttLinks: MqttLink[] = [];
  const outside: Outside = {
    robots: switches,
    devices: { send: (device, command) => sendBySome(mqttLinks, device, command) },
    replies: sockets,
    viewers,
    stopMemory: stops,
    onEvent: (event) => {
      logEvent(logger, event);
      if (event.robot !== undefined && /^robot\.(?:re)?loaded$/.test(event.kind)) warnOfMeshes(event.robot);
    },
    onUnsent: (device, id, objection) =>
      engine.inbox.push("mqtt:out", now(), { kind: "deviceUnsent", device, id, objection }),
  };
  const engine = new Engine({
    robots: config.robots.map(({ id, limits, selfCollision, fixedFrame }) => ({
      id,
      limits,
      stop: stops.of(id),
      isGeometryRead: selfCollision === "check",
      fixedFrame: fixedFrame === "auto" ? null : fixedFrame,
    })),
    emit: (output) => carryOut(output, outside),
    sourcePriority: priorityByPatterns(config.sources.priority),
    mayBind: bindingByPatterns(config.mqtt?.joints ?? ["*/*"]),
    runName: `twin-${randomBytes(3).toString("hex")}`,
    version: packageVersion,
  });
  const warnOfMeshes = (robot: string): void => {
    const roots = meshRoots(config, options.configPath, robot);
    void missingMeshes(engine, robot, roots).then((lines) => {
      for (const line of lines) logger.warn(line);
    });
  };
  const metrics = new Metrics(engine, () => sockets.size());
  refused = (socket, reason) => metrics.refusedFrames.inc({ socket, reason });
  const firstRobot = config.robots[0]?.id ?? "robot";
  const joinBroker = (link: MqttLinkOptions): MqttLink => {
    const joined = new MqttLink(link, engine.inbox, now);
    mqttLinks.push(joined);
    joined.start();
    return joined;
  };
  const standIn = new StandIn({
    engine,
    robot: firstRobot,
    target: switches.get(firstRobot) as RobotSwitch,
    now,
    warn: (line) => logger.warn(line),
    joinBroker: config.mqtt === undefined ? (url) => joinBroker(demoLink(url, firstRobot)) : null,
  });
  const collisions = new CollisionReader(
    engine,
    now,
    (robot) => meshRoots(config, options.configPath, robot),
    (line) => logger.warn(line),
  );
  const cycle = (at: number): void => {
    const started = performance.now();
    standIn.step(at);
    engine.cycle(at);
    collisions.follow();
    metrics.cycleSeconds.observe((performance.now() - started) / 1000);
  };
  const loop = new CycleLoop(cycle, now, 1000 / config.cycleHz, {
    read: (at) => engine.read(at),
    late: (ms) => metrics.cycleLateSeconds.observe(ms / 1000),
  });
  engine.inbox.onWaiting = loop.readSoon;
  const pressStop = (robot: string, name: string): void => {
    const message = { op: "stop" as const, robot };
    engine.inbox.push("client:stop", now(), { kind: "client", session: "stop", name, message });
    loop.runNow();
  };
  const server = new HttpServer({
    host,
    port: config.server.port,
    rules: { loopbackOnly: isLoopback(host), token, origins: config.server.origins, publicUrl },
    viewerDir: join(packageRoot, "dist", "viewer"),
    api: {
      engine,
      metrics,
      version: packageVersion,
      meshRoots: (robot) => meshRoots(config, options.configPath, robot),
      stop: (robot, by) => pressStop(robot, `${by} (HTTP)`),
    },
    onState: (socket) => viewers.accept(socket, engine),
    onCommand: (socket, address) => sockets.accept(socket, address, engine, () => loop.runNow()),
    onRefused: (socket, reason) => refused(socket, reason),
  });
  const port = await server.start().catch((error: NodeJS.ErrnoException) => {
    throw new StartFault(listenFault(error, host, config.server.port));
  });
  loadDescriptionFiles(engine, options, now());
  loadSemanticsFiles(engine, options, now());
  const broker = await joinConfiguredBroker(options, firstRobot, now(), joinBroker);
  let ros: RosLink | null = null;
  if (options.rclnodejs === null) {
    if (options.demo) await standIn.start();
  } else {
    ros = connectRos({
      config,
      engine,
      switches,
      now,
      logger,
      rclnodejs: options.rclnodejs,
      insists: options.insistsOnRos,
      onStop: () => {
        pressStop("*", "the ROS service /twin/stop");
      },
      onReset: () => {
        for (const { id } of config.robots) {
          const message = { op: "reset" as const, robot: id };
          engine.inbox.push("client:ros", now(), { kind: "client", session: "ros", name: "ROS", message });
        }
      },
      standIn: options.demo ? standIn : null,
    });
  }
  for (const [id, target] of switches) target.setStopped(stops.of(id) !== null);
  loop.start();
  return {
    port,
    ...pageAddresses(host, port, token, publicUrl),
    stop: async () => {
      // Before the last zero goes out: a command that came after it would start the base again.
      loop.stop();
      try {
        engine.shutdown();
      } finally {
        // Its last zero goes out, whatever failed.
        await ros?.stop();
      }
      for (const link of mqttLinks) await link.stop();
      await standIn.stop();
      await collisions.stop();
      await broker?.stop();
      await server.stop();
    },
  };
}

/** Joins the broker of the configuration, or one of our own where it says `embedded`, which is then returned. */
async function joinConfiguredBroker(
  { config: { mqtt }, configPath }: RunOptions,
  defaultRobot: string,
  now: number,
  join: (link: MqttLinkOptions) => void,
): Promise<DemoBroker | null> {
  if (mqtt === undefined) return null;
  const broker = mqtt.embedded ? new DemoBroker() : null;
  const url = broker === null ? mqtt.url : await broker.start();
  if (url === undefined) return broker;
  const versions = { auto: "auto", "5": 5, "3.1.1": 4 } as const;
  const link = brokerAddress(mqtt, url, configPath);
  join({
    ...link,
    profiles: deviceProfiles(mqtt, now),
    mappings: mqtt.mappings,
    defaultRobot,
    version: broker === null ? versions[mqtt.version] : 4,
    maxPacketBytes: mqtt.maxPacketBytes,
  });
  return broker;
}

function demoLink(url: string, defaultRobot: string): MqttLinkOptions {
  const profiles = [new NativeProfile(decodeText)];
  return { url, profiles, mappings: [], defaultRobot, version: 4, maxPacketBytes: 256 * 1024 };
}

function loadDescriptionFiles(engine: Engine, { config, configPath }: RunOptions, now: number): void {
  for (const { id, description, arguments: given } of config.robots) {
    if (description === "topic") continue;
    const args = new Map(Object.entries(given));
    const read = readDescription(description, configPath, (name) => packageFolders(config, name), args);
    if (!read.ok) throw new StartFault(`robots.${id}.description: ${read.path}: ${read.reason}`);
    const loaded = loadDescription(read.value);
    if ("fault" in loaded) throw new StartFault(`robots.${id}.description: ${description}: ${loaded.fault}`);
    engine.inbox.push(`file:${id}/description`, now, { kind: "description", robot: id, text: read.value });
  }
}

/** The SRDF that the configuration names, or that is beside a description's file. */
function loadSemanticsFiles(engine: Engine, { config, configPath }: RunOptions, now: number): void {
  for (const { id, srdf, description } of config.robots) {
    const folders = (name: string): string[] => packageFolders(config, name);
    let text: string | null = null;
    if (srdf !== "auto" && srdf !== "off") {
      const read = readDescription(srdf, configPath, folders);
      if (!read.ok) throw new StartFault(`robots.${id}.srdf: ${read.path}: ${read.reason}`);
      text = read.value;
    } else if (srdf === "auto" && description !== "topic") {
      const [file] = placesOf(description, configPath, folders);
      text = file === undefined ? null : srdfBeside(file);
    }
    if (text !== null) engine.inbox.push(`file:${id}/srdf`, now, { kind: "semantics", robot: id, text });
  }
}

function listenFault(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case "EADDRINUSE":
      return `port ${port} on ${host} is in use: end the program there, or choose another with --port`;
    case "EACCES":
      return `port ${port} needs root rights: choose one above 1023 with --port`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `"${host}" is not an address of this machine: choose one with --host`;
    default:
      return `cannot listen on ${host}:${port}: ${error.message}`;
  }
}

/** Whether the page was built. */
export function viewerIsBuilt(): boolean {
  return existsSync(join(packageRoot, "dist", "viewer", "index.html"));
}
