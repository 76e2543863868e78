import type { Engine } from "../engine/engine.ts";
import type { Config } from "../io/config/config-schema.ts";
import type { Logger } from "../io/log.ts";
import { RosNode } from "../io/ros/ros-node.ts";
import type { RobotSwitch } from "./robot-switch.ts";

/** How long a robot on ROS may take to show before the simulated one stands in. */
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
  onStop(): void;
  onReset(): void;
  /** A simulated robot that may stand in until a real one shows; null: none may. */
  standIn: { start(): Promise<void>; end(): Promise<void> } | null;
};

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
      logger.info("a robot is on ROS: the simulated one steps aside");
      void Promise.resolve(standInBegun)
        .then(() => standIn?.end())
        .then(connect)
        .catch((error: unknown) => logger.error(String(error)));
    }
    if (present) decided = true;
    if (!decided && now() - startedAt > patienceMs) {
      decided = true;
      standsIn = true;
      logger.info("no robot on ROS yet: a simulated one stands in until one shows (--ros on for none)");
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
