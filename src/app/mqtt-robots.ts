import { globOf } from "../core/glob.ts";
import type { EngineRobot } from "../engine/ports/engine-robot.ts";
import type { Inbox } from "../engine/ports/inbox.ts";
import { loadDescription } from "../engine/robot/robot-description.ts";
import { type Config, defaultRobot, isRobotId } from "../io/config/config-schema.ts";
import { readDescription } from "../io/files/description-file.ts";
import { packageFolders } from "../io/files/mesh-roots.ts";
import { engineRobot, type RobotRoster } from "./robot-roster.ts";
import { StartFault } from "./start-fault.ts";

type Rule = { test: RegExp; description: string; text: string | null; limits: EngineRobot["limits"] };

/**
 * The robots that a device's birth may bring into being: those that a rule of `mqtt.robots` matches. Throws a StartFault
 * where a rule's description cannot be read.
 */
export class MqttRobots {
  private readonly rules: readonly Rule[];

  constructor(
    config: Config,
    configPath: string | null,
    private readonly roster: RobotRoster,
  ) {
    this.rules = (config.mqtt?.robots ?? []).map(({ id, description, limits }, i) => ({
      test: globOf(id),
      description: description ?? "topic",
      text: description === undefined ? null : textOf(config, configPath, description, i),
      limits,
    }));
  }

  /**
   * The robot `id`, if a rule allows it; its description follows through the inbox, `now` in server ms, unless the robot is
   * there already.
   */
  admit(id: string, isThere: boolean, inbox: Inbox, now: number): EngineRobot | null {
    const rule = isRobotId(id) ? this.rules.find(({ test }) => test.test(id)) : undefined;
    if (rule === undefined) return null;
    const { description, limits, text } = rule;
    const config = { ...defaultRobot(id, ""), description, limits };
    if (!isThere) this.roster.admitted(config);
    if (text !== null && !isThere)
      inbox.push("file:mqtt.robots", now, { kind: "description", robot: id, text });
    return engineRobot(config, { of: (robot) => this.roster.stopOf(robot) });
  }
}

function textOf(config: Config, configPath: string | null, description: string, i: number): string {
  const field = `mqtt.robots.${i}.description`;
  const read = readDescription(description, configPath, (name) => packageFolders(config, name), new Map());
  if (!read.ok) throw new StartFault(`${field}: ${read.path}: ${read.reason}`);
  const loaded = loadDescription(read.value);
  if ("fault" in loaded) throw new StartFault(`${field}: ${description}: ${loaded.fault}`);
  return read.value;
}
