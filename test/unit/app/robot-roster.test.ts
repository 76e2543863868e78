import { describe, expect, it } from "vitest";
import { RobotRoster } from "../../../src/app/robot-roster.ts";
import { Inbox } from "../../../src/engine/ports/inbox.ts";
import { defaultRobot } from "../../../src/io/config/config-schema.ts";
import { inputsOf, noStops } from "./inbox-at-hand.ts";

describe("the robots that the program knows of", () => {
  it("come and go as inputs of the engine, once each", () => {
    const roster = new RobotRoster([defaultRobot("robot", "")], noStops, () => 5);
    const inbox = new Inbox();
    roster.add(defaultRobot("r1", "/r1"), inbox);
    roster.add(defaultRobot("r1", "/r1"), inbox);
    expect(inputsOf(inbox)).toEqual([
      {
        kind: "robotFound",
        robot: {
          id: "r1",
          limits: {},
          stop: null,
          isGeometryRead: true,
          margin: 0.01,
          uncheckedLinks: "auto",
          footprint: null,
          checkGoals: true,
          fixedFrame: null,
          stopKind: "immediate",
        },
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
