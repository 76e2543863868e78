import type { Engine } from "../engine/engine.ts";
import type { Config } from "../io/config/config-schema.ts";
import type { Logger } from "../io/log.ts";
import type { RobotSwitch } from "./robot-switch.ts";

export type RosLink = { stop(): Promise<void> };

export type RosLinkOptions = {
  config: Config;
  engine: Engine;
  switches: ReadonlyMap<string, RobotSwitch>;
  now: () => number;
  logger: Logger;
  force: boolean;
  onStop: (by: string) => void;
  standIn: { start(): Promise<void>; end(): Promise<void> } | null;
};

export function connectRos(_options: RosLinkOptions): RosLink {
  return { stop: async () => undefined };
}
