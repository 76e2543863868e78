import { describe, expect, it } from "vitest";
import { TwinGraph } from "../../../src/twin/graph.ts";
import { propertyView, thingsView, thingView } from "../../../src/twin/graph-json.ts";
import { sampleOf } from "./samples.ts";

describe("the graph as JSON", () => {
  it("has value, stamp, arrival, quality, reason and source, and leaves out facets without a value", () => {
    const graph = new TwinGraph();
    const thing = graph.define("robot", "robot", { name: "r" });
    const property = graph.property(thing, "joint/a/position", "number", "rad");
    const row = graph.row(property, "reported");
    graph.row(property, "estimated");
    graph.setNumber(
      row,
      0.5,
      sampleOf(graph, "ros:/js", 12, { hasStamp: true, stampSec: 3, stampNanosec: 4 }),
    );
    graph.setQuality(row, "uncertain", "stale");
    expect(propertyView(graph, property)).toEqual({
      unit: "rad",
      reported: {
        value: 0.5,
        stamp: { sec: 3, nanosec: 4 },
        received: 12,
        quality: "uncertain",
        reason: "stale",
        source: "ros:/js",
      },
    });
  });

  it("leaves the stamp out when the sender gave none, and tells how far a command has come", () => {
    const graph = new TwinGraph();
    const thing = graph.define("robot", "robot", {});
    const property = graph.property(thing, "joint/a/position", "number", "rad");
    const row = graph.row(property, "desired");
    graph.setNumber(row, 1, sampleOf(graph, "command:robot", 1));
    graph.setDesiredState(row, "accepted");
    const view = propertyView(graph, property).desired;
    expect(view).toEqual({
      value: 1,
      received: 1,
      quality: "good",
      source: "command:robot",
      state: "accepted",
    });
    expect(view !== undefined && "stamp" in view).toBe(false);
  });

  it("names the parts of poses and twists", () => {
    const graph = new TwinGraph();
    const thing = graph.define("robot", "robot", {});
    const pose = graph.property(thing, "base/pose", "pose", "m");
    const twist = graph.property(thing, "base/twist", "twist", "m/s");
    graph.setNumbers(graph.row(pose, "reported"), [1, 2, 3, 0, 0, 0, 1], sampleOf(graph, "a", 1));
    graph.setNumbers(graph.row(twist, "reported"), [1, 2, 3, 4, 5, 6], sampleOf(graph, "a", 1));
    const view = thingView(graph, thing).properties;
    expect(view["base/pose"]?.reported?.value).toEqual({ position: [1, 2, 3], quaternion: [0, 0, 0, 1] });
    expect(view["base/twist"]?.reported?.value).toEqual({ linear: [1, 2, 3], angular: [4, 5, 6] });
  });

  it("gives things and properties named __proto__, constructor and toString like any others", () => {
    const graph = new TwinGraph();
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
    for (const name of names) {
      const thing = graph.define(name, "device", { name });
      for (const path of names) {
        graph.setOther(
          graph.row(graph.property(thing, path, "other", ""), "reported"),
          path,
          sampleOf(graph, "a", 1),
        );
      }
    }
    const view = thingsView(graph);
    expect(Object.keys(view).sort()).toEqual([...names].sort());
    const parsed: unknown = JSON.parse(JSON.stringify(view));
    const members = new Map(Object.entries(parsed as Record<string, { properties: object }>));
    expect([...members.keys()].sort()).toEqual([...names].sort());
    for (const thing of members.values()) {
      expect(Object.getOwnPropertyNames(thing.properties).sort()).toEqual([...names].sort());
    }
    expect(({} as Record<string, unknown>).properties).toBeUndefined();
  });

  it("shows one register under two things", () => {
    const graph = new TwinGraph();
    const device = graph.define("device/d", "device", {});
    const link = graph.define("robot/link/tool", "link", {});
    const property = graph.property(device, "device/d/force", "number", "N");
    graph.share(property, link);
    graph.setNumber(graph.row(property, "reported"), 7, sampleOf(graph, "mqtt:d", 1));
    const view = thingsView(graph);
    expect(view["robot/link/tool"]?.properties["device/d/force"]?.reported?.value).toBe(7);
    expect(view["robot/link/tool"]?.properties["device/d/force"]).toEqual(
      view["device/d"]?.properties["device/d/force"],
    );
  });
});
