import { describe, expect, it } from "vitest";
import { TwinGraph } from "../../../src/twin/graph.ts";
import { numberRow, sampleOf } from "./samples.ts";

const path = "joint/elbow/position";

function numberOf(graph: TwinGraph, row: number): number | undefined {
  return graph.table.numbers[graph.table.offset[row] as number];
}

describe("a property that is dropped", () => {
  it("gives its register back, empty, to the next of its kind", () => {
    const graph = new TwinGraph();
    const row = numberRow(graph, path);
    graph.setNumber(row, 7, sampleOf(graph, "mqtt:a", 5000, { sequence: 9, epoch: 3 }));
    const robot = graph.define("robot", "robot", {});
    const link = graph.define("robot/link/hand", "link", {});
    graph.share(robot.properties.get(path) as never, link);
    graph.drop(link, path);
    expect(graph.table.filled[row]).toBe(1);
    graph.drop(robot, path);
    graph.lose(graph.source("mqtt:a"), "no-communication");
    expect(numberRow(graph, "joint/wrist/position")).toBe(row);
    expect(graph.table.filled[row]).toBe(0);
    expect(graph.table.quality[row]).toBe(0);
    expect(numberOf(graph, row)).toBe(0);
    expect(graph.setNumber(row, 1, sampleOf(graph, "mqtt:a", 0, { sequence: 1, epoch: 1 }))).toBe("taken");
  });
});

describe("a thing that is removed", () => {
  it("gives the registers of its own properties back, and leaves what others share with it", () => {
    const graph = new TwinGraph();
    const shared = numberRow(graph, path);
    const robot = graph.define("robot", "robot", {});
    const hand = graph.define("robot/link/hand", "link", {});
    graph.share(robot.properties.get(path) as never, hand);
    const own = graph.row(graph.property(hand, "load", "number", "N"), "reported");
    graph.setNumber(shared, 7, sampleOf(graph, "mqtt:a", 5000));
    graph.remove("robot/link/hand");
    expect(numberRow(graph, path)).toBe(shared);
    expect(numberOf(graph, shared)).toBe(7);
    expect(numberRow(graph, "joint/wrist/position")).toBe(own);
  });
});

describe("a register", () => {
  it("takes a newer sequence of an epoch and leaves an older or equal one", () => {
    const graph = new TwinGraph();
    const row = numberRow(graph, path);
    const at = (sequence: number, epoch = 1) => sampleOf(graph, "mqtt:a", 0, { sequence, epoch });
    expect(graph.setNumber(row, 1, at(5))).toBe("taken");
    expect(graph.setNumber(row, 2, at(5))).toBe("late");
    expect(graph.setNumber(row, 3, at(4))).toBe("late");
    expect(graph.setNumber(row, 4, at(6))).toBe("taken");
    expect(numberOf(graph, row)).toBe(4);
  });

  it("takes the first sample of a new epoch whatever its number, and none of an old epoch", () => {
    const graph = new TwinGraph();
    const row = numberRow(graph, path);
    graph.setNumber(row, 1, sampleOf(graph, "mqtt:a", 0, { sequence: 900, epoch: 1 }));
    expect(graph.setNumber(row, 2, sampleOf(graph, "mqtt:a", 0, { sequence: 0, epoch: 2 }))).toBe("taken");
    expect(graph.setNumber(row, 3, sampleOf(graph, "mqtt:a", 0, { sequence: 901, epoch: 1 }))).toBe("late");
    expect(numberOf(graph, row)).toBe(2);
  });

  it("goes by stamp where nothing is numbered; equal stamps are no lateness", () => {
    const graph = new TwinGraph();
    const row = numberRow(graph, path);
    const at = (stampSec: number, stampNanosec: number) =>
      sampleOf(graph, "ros:/joint_states", 0, { hasStamp: true, stampSec, stampNanosec });
    expect(graph.setNumber(row, 1, at(10, 500))).toBe("taken");
    expect(graph.setNumber(row, 2, at(10, 500))).toBe("taken");
    expect(graph.setNumber(row, 3, at(10, 499))).toBe("late");
    expect(graph.setNumber(row, 4, at(9, 999_999_999))).toBe("late");
    expect(graph.setNumber(row, 5, at(11, 0))).toBe("taken");
    expect(numberOf(graph, row)).toBe(5);
  });

  it("takes everything from senders that neither number nor stamp, and from another source", () => {
    const graph = new TwinGraph();
    const row = numberRow(graph, path);
    expect(graph.setNumber(row, 1, sampleOf(graph, "a", 5))).toBe("taken");
    expect(graph.setNumber(row, 2, sampleOf(graph, "a", 4))).toBe("taken");
    graph.setNumber(row, 3, sampleOf(graph, "a", 6, { hasStamp: true, stampSec: 100 }));
    expect(graph.setNumber(row, 4, sampleOf(graph, "b", 7, { hasStamp: true, stampSec: 1 }))).toBe("taken");
  });

  it("keeps value, stamp and revision when a sample is late", () => {
    const graph = new TwinGraph();
    const row = numberRow(graph, path);
    graph.beginRevision();
    graph.setNumber(row, 1, sampleOf(graph, "a", 5, { hasStamp: true, stampSec: 10 }));
    const revision = graph.things.get("robot")?.properties.get(path)?.revision;
    graph.beginRevision();
    graph.setNumber(row, 2, sampleOf(graph, "a", 9, { hasStamp: true, stampSec: 9 }));
    expect([numberOf(graph, row), graph.table.received[row], graph.table.stampSec[row]]).toEqual([1, 5, 10]);
    expect(graph.things.get("robot")?.properties.get(path)?.revision).toBe(revision);
  });

  it("keeps poses and twists apart from their neighbours while the table grows", () => {
    const graph = new TwinGraph();
    const thing = graph.define("robot", "robot", {});
    const rows = Array.from({ length: 300 }, (_, i) =>
      graph.row(graph.property(thing, `frame${i}`, i % 2 === 0 ? "pose" : "twist", "m"), "reported"),
    );
    for (const [i, row] of rows.entries()) {
      graph.setNumbers(
        row,
        [i, i + 0.1, i + 0.2, i + 0.3, i + 0.4, i + 0.5, i + 0.6],
        sampleOf(graph, "a", 1),
      );
    }
    for (const [i, row] of rows.entries()) {
      const start = graph.table.offset[row] as number;
      const width = graph.table.width[row] as number;
      expect(width).toBe(i % 2 === 0 ? 7 : 6);
      expect(graph.table.numbers[start]).toBe(i);
      expect(graph.table.numbers[start + 5]).toBe(i + 0.5);
    }
  });
});

describe("a sender whose clock is set back", () => {
  const at = (graph: TwinGraph, received: number, stampSec: number) =>
    sampleOf(graph, "ros:/joint_states", received, { hasStamp: true, stampSec, staleAfterMs: 0 });

  it("is late while its value is fresh, and believed again once that is stale", () => {
    const graph = new TwinGraph();
    const row = numberRow(graph, path);
    for (let i = 0; i < 50; i++) graph.setNumber(row, 1, at(graph, 1000 + 20 * i, 5000));
    expect(graph.setNumber(row, 2, at(graph, 2000, 100))).toBe("late");
    expect(graph.setNumber(row, 2, at(graph, 2300, 100))).toBe("taken");
    expect(graph.setNumber(row, 3, at(graph, 2320, 101))).toBe("taken");
    expect(numberOf(graph, row)).toBe(3);
  });

  it("does not outdo another that goes on", () => {
    const graph = new TwinGraph();
    const row = numberRow(graph, path);
    for (let i = 0; i < 100; i++) {
      graph.setNumber(row, 1, at(graph, 1000 + 20 * i, 5000 + i));
      expect(graph.setNumber(row, 2, at(graph, 1010 + 20 * i, 100 + i))).toBe("late");
    }
  });
});

describe("two senders on one topic", () => {
  it("each have a rhythm: the slow one's values are not stale between its messages", () => {
    const graph = new TwinGraph();
    const arm = numberRow(graph, "joint/arm/position");
    const gripper = numberRow(graph, "joint/gripper/position");
    const sample = (received: number) => sampleOf(graph, "ros:/joint_states", received, { staleAfterMs: 0 });
    for (let ms = 0; ms < 5000; ms += 10) {
      graph.setNumber(arm, 1, sample(ms));
      if (ms % 500 === 0) graph.setNumber(gripper, 1, sample(ms));
      graph.judgeStaleness(ms);
      expect(graph.table.quality[gripper]).toBe(0);
    }
    graph.judgeStaleness(5400);
    expect([graph.table.quality[arm], graph.table.quality[gripper]]).toEqual([1, 0]);
  });
});

describe("quality", () => {
  it("turns uncertain/stale when a value outlives its habit, and good with the next sample", () => {
    const graph = new TwinGraph();
    const row = numberRow(graph, path);
    graph.setNumber(row, 1.5, sampleOf(graph, "a", 1000, { staleAfterMs: 300 }));
    graph.judgeStaleness(1300);
    expect(graph.table.quality[row]).toBe(0);
    const before = graph.revision;
    graph.judgeStaleness(1301);
    expect([graph.table.quality[row], graph.table.reason[row], numberOf(graph, row)]).toEqual([
      1,
      "stale",
      1.5,
    ]);
    expect(graph.revision).toBe(before + 1);
    graph.judgeStaleness(1400);
    expect(graph.revision).toBe(before + 1);
    graph.setNumber(row, 2, sampleOf(graph, "a", 1500, { staleAfterMs: 300 }));
    expect([graph.table.quality[row], graph.table.reason[row]]).toEqual([0, ""]);
  });

  it("turns bad for all values of a source that is lost, and for no other; numbers stay", () => {
    const graph = new TwinGraph();
    const mine = numberRow(graph, "joint/a/position");
    const other = numberRow(graph, "joint/b/position");
    graph.setNumber(mine, 1, sampleOf(graph, "mqtt:dead", 1));
    graph.setNumber(other, 2, sampleOf(graph, "mqtt:alive", 1));
    graph.lose(graph.source("mqtt:dead"), "no-communication");
    expect([graph.table.quality[mine], graph.table.reason[mine], numberOf(graph, mine)]).toEqual([
      2,
      "no-communication",
      1,
    ]);
    expect(graph.table.quality[other]).toBe(0);
    graph.judgeStaleness(1e12);
    expect(graph.table.reason[mine]).toBe("no-communication");
  });
});

describe("a command", () => {
  it("has a life that is told once for each change and cleared by absence", () => {
    const graph = new TwinGraph();
    const thing = graph.define("robot", "robot", {});
    const property = graph.property(thing, path, "number", "rad");
    const row = graph.row(property, "desired");
    graph.setNumber(row, 1, sampleOf(graph, "command:robot", 1));
    graph.setDesiredState(row, "sent");
    const { revision } = graph;
    graph.setDesiredState(row, "sent");
    expect(graph.revision).toBe(revision);
    graph.setDesiredState(row, "refused", "replaced");
    expect(graph.revision).toBe(revision + 1);
    expect([graph.table.desiredState[row], graph.table.reason[row]]).toEqual(["refused", "replaced"]);
    graph.clear(row);
    expect([graph.table.filled[row], graph.table.desiredState[row]]).toEqual([0, null]);
  });
});

describe("things", () => {
  it("are found again by id with their properties when they are defined anew", () => {
    const graph = new TwinGraph();
    const first = graph.define("robot", "robot", { name: "a" });
    graph.property(first, path, "number", "rad");
    const again = graph.define("robot", "robot", { name: "b" });
    expect(again).toBe(first);
    expect(again.definition).toEqual({ name: "b" });
    expect(again.properties.size).toBe(1);
  });

  it("tell by `structure` that a column of motion came or went, and by nothing else", () => {
    const graph = new TwinGraph();
    const robot = graph.define("robot", "robot", {});
    const link = graph.define("robot/link/tool", "link", {});
    const changes = (act: () => void): boolean => {
      const before = graph.structure;
      act();
      return graph.structure !== before;
    };
    const property = graph.property(robot, path, "number", "rad");
    expect(changes(() => graph.row(property, "reported"))).toBe(true);
    expect(changes(() => graph.row(property, "predicted"))).toBe(true);
    expect(changes(() => graph.row(property, "reported"))).toBe(false);
    const lamp = graph.property(robot, "lamp", "number", "");
    const device = graph.define("device/d", "device", {});
    const signal = graph.property(device, "device/d/force", "number", "N");
    for (const act of [
      () => graph.row(lamp, "reported"),
      () => graph.changeKind(lamp, "other"),
      () => graph.drop(robot, "lamp"),
      () => graph.row(signal, "reported"),
      () => graph.share(signal, link),
      () => graph.drop(link, signal.path),
      () => graph.remove("device/d"),
      () => graph.remove("nothing"),
    ]) {
      expect(changes(act), String(act)).toBe(false);
    }
    expect(changes(() => graph.remove("robot"))).toBe(true);
  });
});
