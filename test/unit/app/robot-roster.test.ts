import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MqttRobots } from "../../../src/app/mqtt-robots.ts";
import { RobotRoster } from "../../../src/app/robot-roster.ts";
import { StartFault } from "../../../src/app/start-fault.ts";
import { Inbox } from "../../../src/engine/ports/inbox.ts";
import type { Arrival } from "../../../src/engine/ports/inputs.ts";
import { type Config, configSchema, defaultRobot } from "../../../src/io/config/config-schema.ts";
import { twoJointUrdf } from "../engine/engine-at-hand.ts";

const noStops = { of: () => null };

function inputsOf(inbox: Inbox): Arrival["input"][] {
  const inputs: Arrival["input"][] = [];
  inbox.drain(
    ({ input }) => inputs.push(input),
    () => undefined,
  );
  return inputs;
}

describe("the robots that the program knows of", () => {
  it("come and go as inputs of the engine, once each", () => {
    const roster = new RobotRoster([defaultRobot("robot", "")], noStops, () => 5);
    const inbox = new Inbox();
    roster.add(defaultRobot("r1", "/r1"), inbox);
    roster.add(defaultRobot("r1", "/r1"), inbox);
    expect(inputsOf(inbox)).toEqual([
      {
        kind: "robotFound",
        robot: { id: "r1", limits: {}, stop: null, isGeometryRead: true, fixedFrame: null },
      },
    ]);
    expect(roster.ids()).toEqual(["robot", "r1"]);
    roster.remove("r1", "gone", inbox);
    roster.remove("r1", "gone", inbox);
    expect(inputsOf(inbox)).toEqual([{ kind: "robotGone", robot: "r1", reason: "gone" }]);
    expect(roster.ids()).toEqual(["robot"]);
  });

  it("have a way for what is sent when they go, and a new one when they return", () => {
    const roster = new RobotRoster([], noStops, () => 5);
    const inbox = new Inbox();
    roster.add(defaultRobot("r1", "/r1"), inbox);
    const first = roster.switchOf("r1");
    roster.remove("r1", "gone", inbox);
    expect(roster.sinks.get("r1")).toBe(first);
    roster.add(defaultRobot("r1", "/r1"), inbox);
    expect(roster.sinks.get("r1")).not.toBe(first);
    expect(roster.sinks.get("r2")).toBeUndefined();
  });

  it("come with the stop that is kept for them", () => {
    const stop = { by: "ann", at: 1, reason: "" };
    const roster = new RobotRoster([], { of: (robot) => (robot === "r1" ? stop : null) }, () => 5);
    const inbox = new Inbox();
    roster.add(defaultRobot("r1", "/r1"), inbox);
    expect(inputsOf(inbox)).toMatchObject([{ robot: { stop } }]);
  });
});

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
    expect(robotsOf([]).robots.admit("cell-1", inbox, 5)).toBeNull();
    const { robots, roster } = robotsOf([{ id: "cell-*", limits: { jointVelocity: 0.5 } }]);
    expect(robots.admit("other", inbox, 5)).toBeNull();
    expect(robots.admit("cell-/1", inbox, 5)).toBeNull();
    expect(robots.admit("cell-1", inbox, 5)).toMatchObject({ id: "cell-1", limits: { jointVelocity: 0.5 } });
    expect(roster.ids()).toEqual(["cell-1"]);
    expect(inputsOf(inbox)).toEqual([]);
  });

  it("get the description of their rule", () => {
    writeFileSync(join(folder, "arm.urdf"), twoJointUrdf);
    const { robots } = robotsOf([{ id: "*", description: "arm.urdf" }]);
    const inbox = new Inbox();
    robots.admit("cell-1", inbox, 5);
    expect(inputsOf(inbox)).toEqual([{ kind: "description", robot: "cell-1", text: twoJointUrdf }]);
  });

  it("keep the program from starting where a description cannot be read", () => {
    expect(() => robotsOf([{ id: "*", description: "none.urdf" }])).toThrow(StartFault);
    writeFileSync(join(folder, "bad.urdf"), "<robot");
    expect(() => robotsOf([{ id: "*", description: "bad.urdf" }])).toThrow("mqtt.robots.0.description");
  });
});
