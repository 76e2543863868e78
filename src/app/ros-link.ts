import type { Engine } from "../engine/engine.ts";
import type { Inbox } from "../engine/ports/inbox.ts";
import { type Config, defaultRobot, type RobotConfig, robotsAtStart } from "../io/config/config-schema.ts";
import type { Logger } from "../io/log.ts";
import type { RobotNeed } from "../io/ros/graph-diagnosis.ts";
import { type RobotListener, RosNode, type RosNodeOptions } from "../io/ros/ros-node.ts";
import type { RosRobot } from "../io/ros/ros-robot.ts";
import type { ControllersAnswer } from "../protocol/topics/controllers-answer.ts";
import type { RobotRoster } from "./robot-roster.ts";

/** How long a robot on ROS may take to appear before the simulated robot takes its place. */
const patienceMs = 1200;

/** A stop that was pressed this long before the program started is carried out again. */
const repeatStopMs = 60_000;

/** How long the way to a robot that has gone stays open, for its last zero and cancel. ms */
const farewellMs = 400;

export type RosLink = {
  stop(): Promise<void>;
  /** The controllers of all robots on ROS. */
  controllers(): ControllersAnswer;
};

/** What of a `RosNode` is used here. */
export type JoinedNode = Pick<RosNode, "robots" | "start" | "stop" | "add" | "remove">;

type MakeNode = (options: RosNodeOptions, inbox: Inbox, now: () => number) => JoinedNode;

export type RosLinkOptions = {
  config: Config;
  engine: Engine;
  roster: RobotRoster;
  now: () => number;
  logger: Logger;
  /** File of rclnodejs. */
  rclnodejs: string;
  /** Whether the user asked for ROS: then a robot that is not there is a fault, not a possibility. */
  insists: boolean;
  onStop(): void;
  onReset(): void;
  /** A simulated robot that may stand in until a real one shows; null: none may. */
  standIn: { start(): Promise<void>; end(): Promise<void> } | null;
};

/** What a robot does not get: its description, where that is to come from ROS, and measured joints from anywhere. */
function needOf(engine: Engine, { id, namespace, description }: RobotConfig): RobotNeed {
  const lacksDescription = description === "topic" && engine.robots.get(id)?.description === null;
  const model = engine.robots.get(id)?.description?.model;
  const canMove = model?.joints.some(({ nq }) => nq > 0) ?? true;
  const robot = engine.robots.get(id);
  // Joints that the description does not have pose nothing of it.
  const isMeasured = model?.joints.some(({ name }) => robot?.isFresh(name) === true) ?? false;
  return {
    id,
    namespace,
    description: lacksDescription,
    joints: !lacksDescription && canMove && !isMeasured,
  };
}

/** Starts the node `/twin` without holding up the rest, and joins its robots to the engine. */
export function connectRos(
  options: RosLinkOptions,
  makeNode: MakeNode = (...of) => new RosNode(...of),
): RosLink {
  const { config, engine, roster, now, logger, standIn } = options;
  let standsIn = false;
  let decided = standIn === null;
  let standInBegun: Promise<void> | undefined;
  const startedAt = now();
  const join = (id: string, robot: RosRobot): void => {
    robot.setChosen(true);
    roster.switchOf(id)?.connect(robot);
    const stop = roster.stopOf(id);
    // Pressed while ROS was still starting, or so shortly before a restart that it may not have reached everybody.
    if (stop !== null && stop.at >= startedAt - repeatStopMs) robot.setStopped(true);
  };
  const connect = (): void => {
    for (const [id, robot] of node.robots) join(id, robot);
  };
  const discovery: RobotListener = {
    configOf: defaultRobot,
    found: (robotConfig, robot) => {
      roster.add(robotConfig, engine.inbox);
      if (standsIn) robot.setChosen(false);
      else join(robotConfig.id, robot);
    },
    gone: (id, reason) => {
      if (standsIn || isFedElsewhere(engine, id)) return;
      const isAwaited = engine.robots.get(id)?.description === null;
      const left = roster.switchOf(id);
      roster.remove(id, isAwaited ? "robots were found in other namespaces" : reason, engine.inbox);
      node.remove(id);
      // What the engine sends at its end still goes out; later it would find nobody.
      setTimeout(() => left?.connect(null), farewellMs).unref();
      if (node.robots.size > 0) return;
      // A robot at the root is waited for again.
      const root = defaultRobot("robot", "");
      roster.add(root, engine.inbox);
      join(root.id, node.add(root));
    },
  };
  const onPoll = (): void => {
    const present = [...node.robots.values()].some((robot) => robot.isPresent());
    if (present && standsIn) {
      standsIn = false;
      logger.info("a robot is on ROS: the simulated robot is removed");
      void Promise.resolve(standInBegun)
        .then(() => standIn?.end())
        .then(connect)
        .catch((error: unknown) => logger.error(String(error)));
    }
    if (present) decided = true;
    if (!decided && now() - startedAt > patienceMs) {
      decided = true;
      standsIn = true;
      logger.info("no robot on ROS yet: a simulated robot runs until one appears (--ros on: none)");
      for (const robot of node.robots.values()) robot.setChosen(false);
      // Whoever ends it waits until it has wholly begun.
      standInBegun = standIn?.start().catch((error: unknown) => logger.error(String(error)));
    }
  };
  const node = makeNode(
    {
      rclnodejs: options.rclnodejs,
      robots: robotsAtStart(config),
      discovery: config.robots === "auto" ? discovery : null,
      useSimTime: config.ros.useSimTime,
      onStop: options.onStop,
      onReset: options.onReset,
      onPoll,
      lack: () => {
        if (!decided || standsIn) return null;
        const awaited = [...roster.configs.values()].filter(({ id }) => node.robots.has(id));
        const needs = awaited.map((robot) => needOf(engine, robot));
        return { needs, isRequired: options.insists || awaited.some((r) => r.description === "topic") };
      },
    },
    engine.inbox,
    now,
  );
  engine.inbox.push("ros", now(), {
    kind: "status",
    status: { name: "ros", state: "connecting", detail: "starting the node /twin" },
  });
  const started = node.start().then(connect, (error: unknown) => {
    const detail = error instanceof Error ? error.message : String(error);
    engine.inbox.push("ros", now(), {
      kind: "status",
      status: { name: "ros", state: "error", detail: `${detail}: see \`twin doctor\`` },
    });
  });
  return {
    controllers: () => ({
      robots: [...node.robots].map(([id, robot]) => {
        const model = engine.robots.get(id)?.description?.model;
        return robot.controllersNow(
          model === undefined ? null : new Set(model.joints.map(({ name }) => name)),
        );
      }),
    }),
    stop: async () => {
      await started;
      await node.stop();
    },
  };
}

/** Whether a robot without a description has values from somewhere else than ROS, as from MQTT. */
function isFedElsewhere({ robots, graph }: Engine, id: string): boolean {
  const robot = robots.get(id);
  if (robot === undefined || robot.description !== null) return false;
  return [...robot.thing.properties.values()].some(({ registers }) => {
    const row = registers.reported;
    if (row < 0 || graph.table.filled[row] === 0) return false;
    const source = graph.sources[graph.table.source[row] as number];
    return source !== undefined && !source.name.startsWith("ros:");
  });
}
