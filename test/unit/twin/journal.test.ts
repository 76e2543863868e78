import { describe, expect, it } from "vitest";
import { TwinGraph } from "../../../src/twin/graph.ts";
import { type JournalRow, SampleJournal } from "../../../src/twin/journal.ts";
import { createSample, type Sample } from "../../../src/twin/sample.ts";
import { joined } from "../../../src/twin/verdict.ts";

function graphWith(bound?: number) {
  const graph = new TwinGraph((name) => (name === "first" ? 1 : 0));
  const thing = graph.define("r", "robot", {});
  const elbow = graph.row(graph.property(thing, "joint/elbow/position", "number", "rad"), "reported");
  const pose = graph.row(graph.property(thing, "base/pose", "pose", "m"), "reported");
  const mode = graph.row(graph.property(thing, "mode", "other", ""), "desired");
  const journal = new SampleJournal(bound);
  return { graph, elbow, pose, mode, journal };
}

function sample(graph: TwinGraph, source: string, received: number, stampSec: number): Sample {
  const one = createSample();
  return { ...one, source: graph.source(source).index, received, hasStamp: true, stampSec, stampNanosec: 7 };
}

function drained(journal: SampleJournal): JournalRow[] {
  const rows: JournalRow[] = [];
  journal.drain((row) => rows.push({ ...row, numbers: row.numbers.slice(0, row.width) }));
  return rows;
}

describe("a sample journal", () => {
  it("has every sample in order with its verdict, times, source and value, late and refused ones too", () => {
    const { graph, elbow, pose, mode, journal } = graphWith();
    graph.setNumber(elbow, 0, sample(graph, "first", 1, 1));
    graph.listen(journal);
    graph.beginRevision();
    graph.setNumber(elbow, 1.5, sample(graph, "first", 20, 11));
    graph.setNumber(elbow, 2.5, sample(graph, "first", 30, 10));
    graph.setNumber(elbow, 3.5, sample(graph, "second", 40, 12));
    graph.setNumbers(pose, [1, 2, 3, 0, 0, 0, 1], sample(graph, "second", 50, 13));
    graph.setOther(mode, "auto", sample(graph, "second", 60, 14));
    graph.pass(elbow, 9, sample(graph, "first", 70, 2), "historical");
    graph.pass(elbow, Number.POSITIVE_INFINITY, sample(graph, "first", 80, 15), "rejected", "not-finite");
    const rows = drained(journal);
    expect(rows.map(({ verdict, received, stampSec }) => [verdict, received, stampSec])).toEqual([
      ["taken", 20, 11],
      ["late", 30, 10],
      ["outranked", 40, 12],
      ["taken", 50, 13],
      ["taken", 60, 14],
      ["historical", 70, 2],
      ["rejected", 80, 15],
    ]);
    expect(rows.map(({ property, facet }) => `${property.path} ${facet}`).slice(2, 5)).toEqual([
      "joint/elbow/position reported",
      "base/pose reported",
      "mode desired",
    ]);
    expect(rows[1]).toMatchObject({ number: 2.5, hasStamp: true, stampNanosec: 7, quality: "good" });
    expect([...(rows[3]?.numbers ?? [])]).toEqual([1, 2, 3, 0, 0, 0, 1]);
    expect(rows[4]?.other).toBe("auto");
    expect(rows[6]).toMatchObject({ quality: "bad", reason: "not-finite" });
    expect(rows[0]?.revision).toBe(graph.revision);
    // What was refused changed nothing.
    expect(graph.table.numbers[graph.table.offset[elbow] as number]).toBe(1.5);
    expect(drained(journal)).toEqual([]);
  });

  it("drops and counts the oldest above its bound, and goes on", () => {
    const { graph, elbow, journal } = graphWith(4);
    graph.listen(journal);
    const put = (from: number, to: number) => {
      for (let i = from; i < to; i++) graph.setNumber(elbow, i, sample(graph, "first", i, i + 1));
    };
    put(0, 10);
    expect(journal).toMatchObject({ size: 4, dropped: 6 });
    expect(drained(journal).map(({ number }) => number)).toEqual([6, 7, 8, 9]);
    put(10, 13);
    expect(drained(journal).map(({ number }) => number)).toEqual([10, 11, 12]);
    expect(journal.dropped).toBe(6);
  });

  it("has nothing of the time before and after somebody listens", () => {
    const { graph, elbow, journal } = graphWith();
    graph.setNumber(elbow, 1, sample(graph, "first", 1, 1));
    graph.listen(journal);
    graph.setNumber(elbow, 2, sample(graph, "first", 2, 2));
    graph.listen(null);
    graph.setNumber(elbow, 3, sample(graph, "first", 3, 3));
    expect(drained(journal).map(({ number }) => number)).toEqual([2]);
  });
});

describe("the verdict on a message with several values", () => {
  it("is taken if one was, else outranked if one was, in any order", () => {
    expect(joined("late", "taken")).toBe("taken");
    expect(joined("taken", "outranked")).toBe("taken");
    expect(joined("late", "outranked")).toBe("outranked");
    expect(joined("outranked", "late")).toBe("outranked");
    expect(joined("rejected", "late")).toBe("late");
  });
});
