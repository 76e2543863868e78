import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MqttRobots } from "../../../src/app/mqtt-robots.ts";
import { RobotRoster } from "../../../src/app/robot-roster.ts";
import { StartFault } from "../../../src/app/start-fault.ts";
import { Inbox } from "../../../src/engine/ports/inbox.ts";
import { type Config, configSchema } from "../../../src/io/config/config-schema.ts";
import { twoJointUrdf } from "../engine/engine-at-hand.ts";
import { inputsOf, noStops } from "./inbox-at-hand.ts";

describe("robots by births, as the configuration allows them", () => {
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twin-robots-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const robotsOf = (rules: object[]): { robots: MqttRobots; roster: RobotRoster } => {
    const config: Config = configSchema.parse({ mqtt: { url: "mqtt://127.0.0.1", robots: rules } });
    const roster = new RobotRoster([], noStops, () => 5);
    return { roster, robots: new MqttRobots(config, join(folder, "twin.yaml"), roster) };
  };

  it("are none where nothing is said, and those of a pattern", () => {
    const inbox = new Inbox();
    expect(robotsOf([]).robots.admit("cell-1", false, inbox, 5)).toBeNull();
    const { robots, roster } = robotsOf([{ id: "cell-*", limits: { jointVelocity: 0.5 } }]);
    expect(robots.admit("other", false, inbox, 5)).toBeNull();
    expect(robots.admit("cell-/1", false, inbox, 5)).toBeNull();
    expect(robots.admit("cell-1", false, inbox, 5)).toMatchObject({
      id: "cell-1",
      limits: { jointVelocity: 0.5 },
    });
    expect(roster.ids()).toEqual([]);
    expect(roster.descriptionOf("cell-1")).toBe("topic");
    expect(inputsOf(inbox)).toEqual([]);
  });

  it("get the description of their rule", () => {
    writeFileSync(join(folder, "arm.urdf"), twoJointUrdf);
    const { robots } = robotsOf([{ id: "*", description: "arm.urdf" }]);
    const inbox = new Inbox();
    robots.admit("cell-1", false, inbox, 5);
    expect(inputsOf(inbox)).toEqual([{ kind: "description", robot: "cell-1", text: twoJointUrdf }]);
  });

  it("keep the program from starting where a description cannot be read", () => {
    expect(() => robotsOf([{ id: "*", description: "none.urdf" }])).toThrow(StartFault);
    writeFileSync(join(folder, "bad.urdf"), "<robot");
    expect(() => robotsOf([{ id: "*", description: "bad.urdf" }])).toThrow("mqtt.robots.0.description");
  });

  it("are those of the first rule that matches, with its limits", () => {
    const { robots } = robotsOf([
      { id: "cell-1", limits: { jointVelocity: 0.1 } },
      { id: "cell-*", limits: { jointVelocity: 0.5 } },
    ]);
    const inbox = new Inbox();
    expect(robots.admit("cell-1", false, inbox, 5)?.limits).toEqual({ jointVelocity: 0.1 });
    expect(robots.admit("cell-2", false, inbox, 5)?.limits).toEqual({ jointVelocity: 0.5 });
  });

  it("are matched by the whole id, in which a dot is a dot", () => {
    const { robots } = robotsOf([{ id: "a.b" }]);
    const inbox = new Inbox();
    expect(["a.b", "axb", "a.b2", "xa.b"].map((id) => robots.admit(id, false, inbox, 5) !== null)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it("come stopped where a stop is kept for them", () => {
    const stop = { by: "ann", at: 1, reason: "" };
    const config: Config = configSchema.parse({ mqtt: { url: "mqtt://127.0.0.1", robots: [{ id: "*" }] } });
    const roster = new RobotRoster([], { of: () => stop }, () => 5);
    expect(new MqttRobots(config, null, roster).admit("cell-1", false, new Inbox(), 5)?.stop).toEqual(stop);
  });
});
