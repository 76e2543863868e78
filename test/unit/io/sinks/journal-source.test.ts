import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listSegments, segmentPath } from "../../../../src/io/history/journal-segment.ts";
import { JournalSource } from "../../../../src/io/sinks/journal-source.ts";
import { neededFrom } from "../../../../src/io/sinks/spool-bound.ts";
import { JournalMaker, type MadeRow } from "../../../support/journal-maker.ts";

const all = { series: ["*"], facets: ["reported", "desired", "estimated", "predicted"] };
const numbered = (from: number, to: number, row: Partial<MadeRow> = {}): MadeRow[] =>
  Array.from({ length: to - from }, (_, i) => ({ received: from + i, numbers: [from + i], ...row }));

describe("the rows of a journal", () => {
  let folder = "";
  let source: JournalSource;
  const values = async (cursor: number, most = 10_000) => {
    const batch = await source.next(cursor, most);
    return { ...batch, rows: batch.rows.map(({ numbers }) => numbers[0]) };
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twin-journal-"));
    source = new JournalSource(folder, "store", all);
  });
  afterEach(async () => {
    await source.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("come in order, as they are written", async () => {
    expect((await values(0)).rows).toEqual([]);
    const maker = new JournalMaker(folder);
    maker.add(numbered(0, 3));
    expect(await values(0)).toEqual({ rows: [0, 1, 2], cursor: 3, lost: 0, waiting: 0 });
    expect((await values(3)).rows).toEqual([]);
    maker.add(numbered(3, 5));
    expect((await values(3)).rows).toEqual([3, 4]);
    maker.close();
  });

  it("have all that was written of them", async () => {
    const maker = new JournalMaker(folder);
    maker.add([
      {
        thing: "arm",
        path: "a/b",
        facet: "desired",
        unit: "m",
        source: "mqtt:x",
        kind: "late",
        quality: "uncertain",
        reason: "stale",
        received: 12.5,
        stamp: [7, 9],
        numbers: [1.5],
      },
      { path: "text", received: 13, json: '"a"' },
      { path: "none", kind: "quality", quality: "bad", received: 14 },
    ]);
    const { rows } = await source.next(0, 10);
    expect(rows).toMatchObject([
      {
        number: 1,
        series: {
          thing: "arm",
          path: "a/b",
          facet: "desired",
          valueKind: "number",
          unit: "m",
          source: "mqtt:x",
          kind: "late",
        },
        quality: 1,
        reason: "stale",
        received: 12.5,
        hasStamp: true,
        stampSec: 7,
        stampNanosec: 9,
        numbers: [1.5],
        text: null,
      },
      { number: 2, series: { path: "text", valueKind: "other" }, numbers: [], text: '"a"' },
      {
        number: 3,
        series: { path: "none", kind: "quality" },
        quality: 2,
        numbers: [],
        text: null,
        hasStamp: false,
      },
    ]);
    maker.close();
  });

  it("go on in the next segment and in the next run, whose numbers are others", async () => {
    const first = new JournalMaker(folder, "run-1");
    first.add(numbered(0, 3, { path: "a" }));
    first.close();
    const second = new JournalMaker(folder, "run-2", 500, first.end);
    second.add(numbered(3, 5, { path: "b" }));
    second.close();
    const third = new JournalMaker(folder, "run-3", 500, second.end);
    third.add(numbered(5, 6, { path: "a" }));
    const { rows } = await source.next(0, 100);
    expect(rows.map(({ number, series, numbers }) => [number, series.path, numbers[0]])).toEqual([
      [1, "a", 0],
      [2, "a", 1],
      [3, "a", 2],
      [4, "b", 3],
      [5, "b", 4],
      [6, "a", 5],
    ]);
    // One series, whatever the run.
    expect(rows[0]?.series).toBe(rows[5]?.series);
    third.close();
  });

  it("can be had from anywhere, and again", async () => {
    const maker = new JournalMaker(folder, "run", 10);
    maker.add(numbered(0, 35));
    expect((await values(0, 1)).rows).toEqual(numbered(0, 10).map(({ received }) => received));
    expect((await values(23)).rows).toEqual(numbered(23, 35).map(({ received }) => received));
    expect((await values(5, 10)).rows[0]).toBe(5);
    maker.close();
  });

  it("are counted where they were deleted", async () => {
    const first = new JournalMaker(folder);
    first.add(numbered(0, 8));
    first.close();
    const second = new JournalMaker(folder, "run-2", 500, first.end);
    second.add(numbered(8, 10));
    rmSync(segmentPath(folder, 0));
    expect(await values(2)).toEqual({ rows: [8, 9], cursor: 10, lost: 6, waiting: 0 });
    second.close();
  });

  it("end before a torn frame, and go on in the next segment", async () => {
    const first = new JournalMaker(folder);
    first.add(numbered(0, 4));
    first.close();
    appendFileSync(segmentPath(folder, 0), Buffer.alloc(100, 7));
    expect((await values(0)).rows).toEqual([0, 1, 2, 3]);
    expect((await values(4)).rows).toEqual([]);
    const second = new JournalMaker(folder, "run-2", 500, first.end);
    second.add(numbered(4, 6));
    expect((await values(4)).rows).toEqual([4, 5]);
    second.close();
  });

  it("are only those that are wanted", async () => {
    await source.close();
    source = new JournalSource(folder, "store", {
      series: ["robot/joint/*", "*/battery"],
      facets: ["reported"],
    });
    const maker = new JournalMaker(folder);
    maker.add([
      { received: 1, path: "joint/a", numbers: [1] },
      { received: 2, path: "joint/a", facet: "desired", numbers: [2] },
      { received: 3, path: "base", numbers: [3] },
      { received: 4, thing: "pack", path: "battery", numbers: [4] },
    ]);
    expect(await values(0)).toEqual({ rows: [1, 4], cursor: 4, lost: 0, waiting: 0 });
    maker.close();
  });

  it("go on at the end of a journal that was replaced by an older one", async () => {
    const maker = new JournalMaker(folder);
    maker.add(numbered(0, 4));
    expect((await values(100)).cursor).toBe(4);
    maker.add(numbered(4, 6));
    expect((await values(4)).rows).toEqual([4, 5]);
    maker.close();
  });

  it("survive a segment without a whole head", async () => {
    const maker = new JournalMaker(folder);
    maker.add(numbered(0, 2));
    maker.close();
    writeFileSync(segmentPath(folder, 1), "");
    expect((await values(0)).rows).toEqual([0, 1]);
    expect(listSegments(folder)).toHaveLength(2);
  });
});

describe("the bound of what is kept for sinks", () => {
  const segments = [
    { first: 0, bytes: 100 },
    { first: 10, bytes: 100 },
    { first: 20, bytes: 100 },
  ];

  it("is what they need, as long as it fits", () => {
    expect(neededFrom(segments, 5, 300)).toBe(5);
    expect(neededFrom([], 5, 300)).toBe(5);
  });

  it("gives up the oldest segments beyond it, never the newest", () => {
    expect(neededFrom(segments, 5, 299)).toBe(10);
    expect(neededFrom(segments, 5, 150)).toBe(20);
    expect(neededFrom(segments, 5, 10)).toBe(20);
    expect(neededFrom(segments, 25, 10)).toBe(25);
  });
});
