import { beforeEach, describe, expect, it } from "vitest";
import { TopicNumbers } from "../../../src/engine/topic-numbers.ts";
import { TwinGraph } from "../../../src/twin/graph.ts";
import { propertyView } from "../../../src/twin/graph-json.ts";
import { createSample } from "../../../src/twin/sample.ts";

describe("recorded numbers of topics", () => {
  let graph: TwinGraph;
  let numbers: TopicNumbers;
  let received = 0;
  const records = [
    { topic: "/imu", field: "a.z" },
    { topic: "/imu", field: "a.x" },
  ];
  const take = (field: string, value: number, stamp = { sec: 1, nanosec: received }, isLatched = false) => {
    const sample = createSample();
    sample.source = graph.source("ros:/imu").index;
    sample.received = received += 10;
    sample.staleAfterMs = 0;
    return numbers.take(
      { kind: "topicNumbers", topic: "/imu", stamp, isLatched, numbers: [[field, value]] },
      sample,
    );
  };
  const reported = (path: string) => {
    const property = graph.things.get("topics")?.properties.get(path);
    return property === undefined ? undefined : propertyView(graph, property).reported;
  };

  beforeEach(() => {
    graph = new TwinGraph();
    numbers = new TopicNumbers(graph);
    received = 0;
    numbers.setRecords(records);
  });

  it("are properties of one thing, with stamp and source", () => {
    expect(take("a.z", 9.81).verdict).toBe("taken");
    expect(graph.things.get("topics")?.definition).toEqual({ records: ["/imu#a.z", "/imu#a.x"] });
    expect(reported("imu/a.z")).toMatchObject({
      ...{ value: 9.81, stamp: { sec: 1, nanosec: 0 }, received: 10, quality: "good", source: "ros:/imu" },
    });
  });

  it("that are not finite make the known value bad", () => {
    take("a.z", 1);
    take("a.z", Number.NaN);
    expect(reported("imu/a.z")).toMatchObject({ value: 1, quality: "bad", reason: "not-finite" });
    take("a.z", 2);
    expect(reported("imu/a.z")).toMatchObject({ value: 2, quality: "good" });
  });

  it("become stale after their rhythm, but for those of a latched topic", () => {
    take("a.z", 1);
    take("a.x", 1, undefined, true);
    graph.judgeStaleness(100_000);
    expect(reported("imu/a.z")?.reason).toBe("stale");
    expect(reported("imu/a.x")?.quality).toBe("good");
  });

  it("leave the graph when they are recorded no more; one that was on its way changes nothing", () => {
    take("a.z", 1);
    take("a.x", 1);
    numbers.setRecords(records.slice(0, 1));
    take("a.x", 2);
    expect(reported("imu/a.x")).toBeUndefined();
    expect(reported("imu/a.z")?.value).toBe(1);
    numbers.setRecords([]);
    expect(take("a.z", 2)).toEqual({ verdict: "late", reason: "" });
    expect(graph.things.has("topics")).toBe(false);
  });

  it("do not take the place of a robot of their thing's name", () => {
    graph.remove("topics");
    graph.define("topics", "robot", {});
    numbers.setRecords(records);
    expect(take("a.z", 1)).toMatchObject({ verdict: "rejected", reason: expect.stringContaining("robot") });
    expect(graph.things.get("topics")?.type).toBe("robot");
  });
});
