import type { Engine } from "../engine/engine.ts";
import type { Config, RobotConfig } from "../io/config/config-schema.ts";
import type { Logger } from "../io/log.ts";
import type { RobotNeed } from "../io/ros/graph-diagnosis.ts";
import { RosNode } from "../io/ros/ros-node.ts";
import type { RobotSwitch } from "./robot-switch.ts";

/** How long a robot on ROS may take to appear before the simulated robot takes its place. */
const patienceMs = 1200;

/** A stop that was pressed this long before the program started is carried out again. */
const repeatStopMs = 60_000;

export type RosLink = { stop(): Promise<void> };

export type RosLinkOptions = {
  config: Config;
  engine: Engine;
  switches: ReadonlyMap<string, RobotSwitch>;
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
export function connectRos(options: RosLinkOptions): RosLink {
  const { config, engine, switches, now, logger, standIn } = options;
  let standsIn = false;
  let decided = standIn === null;
  let standInBegun: Promise<void> | undefined;
  const startedAt = now();
  const connect = (): void => {
    for (const [id, robot] of node.robots) {
      robot.setChosen(true);
      switches.get(id)?.connect(robot);
      const stop = engine.control.get(id)?.gate.latch.current();
      // Pressed while ROS was still starting, or so shortly before a restart that it may not have reached everybody.
      if (stop && stop.at >= startedAt - repeatStopMs) robot.setStopped(true);
    }
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
  const node = new RosNode(
    {
      rclnodejs: options.rclnodejs,
      robots: config.robots,
      useSimTime: config.ros.useSimTime,
      onStop: options.onStop,
      onReset: options.onReset,
      onPoll,
      lack: () => {
        if (!decided || standsIn) return null;
        const needs = config.robots.map((robot) => needOf(engine, robot));
        return { needs, isRequired: options.insists || config.robots.some((r) => r.description === "topic") };
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
    stop: async () => {
      await started;
      await node.stop();
    },
  };
}
