import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { PointsQuery, SampleChunk } from "../../../../src/history/history-query.ts";
import { backupStore } from "../../../../src/io/history/backup.ts";
import { listSegments } from "../../../../src/io/history/journal-segment.ts";
import { Retention } from "../../../../src/io/history/retention.ts";
import { openDatabase } from "../../../../src/io/history/sqlite.ts";
import { HistoryStore } from "../../../../src/io/history/store.ts";
import { StoreQueries } from "../../../../src/io/history/store-queries.ts";
import { randomFrom } from "../../robot/random-from.ts";
import { batchOf, type Given, openStore, ownFolder, seriesRecord, settleAll } from "./store-at-hand.ts";

const start = 1_795_795_309_910.25;

function everything(store: HistoryStore, pattern = "*"): SampleChunk[] {
  const query = { patterns: [pattern], facet: "*", from: 0, to: Number.MAX_VALUE, clock: "arrival" } as const;
  return [...new StoreQueries(store).samples(query)];
}

function values(store: HistoryStore, pattern = "*"): number[] {
  return everything(store, pattern).flatMap(({ value }) => [...value]);
}

/** Samples of one joint, 20 ms apart, with values that no two share. */
function joint(from: number, to: number): Given[] {
  return Array.from({ length: to - from }, (_, i) => ({
    property: 1,
    received: start + (from + i) * 20,
    value: from + i + 0.1,
    stampSec: 100 + from + i,
    stampNanosec: 7,
  }));
}

describe("a store", () => {
  it("gives back every sample with its times, from blocks, from memory and after it was opened again", () => {
    const folder = ownFolder();
    const store = openStore(folder, "a", start);
    store.write(batchOf([seriesRecord(1, "joint/elbow/position")], joint(0, 700)), start);
    settleAll(store);
    store.write(batchOf([], joint(700, 1300)), start + 1);
    const expected = joint(0, 1300);
    const check = (one: HistoryStore): void => {
      const chunks = everything(one);
      expect(chunks.flatMap(({ value }) => [...value])).toEqual(expected.map(({ value }) => value));
      expect(chunks.flatMap(({ time }) => [...time])).toEqual(expected.map(({ received }) => received));
      expect(chunks.flatMap(({ stampSec }) => [...stampSec])).toEqual(
        expected.map(({ stampSec }) => stampSec),
      );
    };
    check(store);
    store.abandon();
    const again = openStore(folder, "b", start + 60_000);
    expect(again.recovery.samples).toBeGreaterThan(0);
    check(again);
    again.close(start + 61_000);
    check(openStore(folder, "c", start + 70_000));
  });

  it("has a sample once, wherever the program died between the journal, the blocks and the deletion of segments", () => {
    const random = randomFrom(7);
    const folder = ownFolder();
    let written = 0;
    for (let life = 0; life < 25; life++) {
      const store = openStore(folder, `life ${life}`, start + life * 1_000_000);
      store.write(batchOf([seriesRecord(1, "joint/elbow/position")], []), start);
      for (let i = 0; i < 8; i++) {
        const count = Math.floor(random.next() * 400);
        store.write(batchOf([], joint(written, written + count)), start);
        written += count;
        if (random.next() < 0.3) settleAll(store);
        if (random.next() < 0.2) store.checkpoint(Number.POSITIVE_INFINITY);
      }
      if (random.next() < 0.2) store.close(start);
      else store.abandon();
      expect(store.end).toBe(written);
    }
    const store = openStore(folder, "last", start);
    expect(values(store)).toEqual(joint(0, written).map(({ value }) => value));
  });

  it("leaves out what was being written when it died, and goes on behind it", () => {
    const folder = ownFolder();
    const store = openStore(folder, "a", start);
    store.write(batchOf([seriesRecord(1, "joint/elbow/position")], joint(0, 10)), start);
    store.abandon();
    const [segment] = listSegments(join(folder, "journal"));
    const whole = readFileSync(segment?.path as string);
    // Half a frame more, as a power cut leaves it.
    appendFileSync(segment?.path as string, whole.subarray(-200, -50));
    const again = openStore(folder, "b", start);
    expect(again.recovery).toMatchObject({ samples: 10, tornBytes: 150 });
    again.write(batchOf([seriesRecord(1, "joint/elbow/position")], joint(10, 20)), start);
    expect(values(again)).toEqual(joint(0, 20).map(({ value }) => value));
  });

  it("is opened however much of its last segment is there", () => {
    const folder = ownFolder();
    const store = openStore(folder, "a", start);
    store.write(batchOf([seriesRecord(1, "joint/elbow/position")], joint(0, 3)), start);
    store.write(batchOf([], joint(3, 5)), start);
    store.abandon();
    const [segment] = listSegments(join(folder, "journal"));
    const whole = readFileSync(segment?.path as string);
    let most = 0;
    for (let length = 0; length < whole.length; length += 3) {
      const other = ownFolder();
      mkdirSync(join(other, "journal"));
      writeFileSync(join(other, "journal", "0000000000.seg"), whole.subarray(0, length));
      const cut = HistoryStore.open(other, "b", start);
      const got = values(cut);
      expect(got).toEqual(joint(0, got.length).map(({ value }) => value));
      expect([0, 3, 5]).toContain(got.length);
      expect(got.length).toBeGreaterThanOrEqual(most);
      most = got.length;
      cut.abandon();
    }
  });

  it("has the moments of samples that arrived while it was being opened", () => {
    const folder = ownFolder();
    const store = openStore(folder, "a", start + 500);
    store.write(batchOf([seriesRecord(1, "joint/elbow/position")], joint(0, 5)), start + 600);
    expect(JSON.parse(new StoreQueries(store).twinAt(start, "arrival")).time).toBe(start);
    expect(() => new StoreQueries(store).twinAt(start - 1, "arrival")).toThrow(/the history begins later/);
    store.abandon();
    const again = openStore(folder, "b", start + 9000);
    expect(JSON.parse(new StoreQueries(again).twinAt(start, "arrival")).time).toBe(start);
  });

  it("sets aside a file of the journal that is no segment, and says which", () => {
    const folder = ownFolder();
    mkdirSync(join(folder, "journal"));
    const path = join(folder, "journal", "0000000004.seg");
    writeFileSync(path, "no segment, but something that somebody may want to look at");
    writeFileSync(join(folder, "journal", "0000000005.seg"), "");
    const store = openStore(folder, "a", start);
    expect(store.recovery.damaged).toEqual([`${path}.damaged`]);
    store.write(batchOf([seriesRecord(1, "joint/elbow/position")], joint(0, 5)), start);
    expect(values(store)).toHaveLength(5);
    expect(readFileSync(`${path}.damaged`, "utf8")).toContain("somebody may want");
  });

  it("is refused to a second program, and taken when the first is gone", () => {
    const folder = ownFolder();
    const store = openStore(folder, "a", start);
    expect(() => HistoryStore.open(folder, "b", start)).toThrow(/another twin writes to/);
    store.close(start);
    openStore(folder, "b", start).close(start);
  });

  it("refuses one of a newer version, and leaves it as it is", () => {
    const folder = ownFolder();
    openStore(folder, "a", start).close(start);
    const db = openDatabase(join(folder, "history.db"));
    db.exec("PRAGMA user_version = 99");
    db.close();
    expect(() => HistoryStore.open(folder, "b", start)).toThrow(/newer twinbridge \(schema 99/);
    const after = openDatabase(join(folder, "history.db"));
    expect(after.prepare("PRAGMA user_version").raw(true).get()).toEqual([99]);
    after.close();
  });

  it("keeps numbers that are none, texts, poses, a changed unit and equal stamps apart", () => {
    const store = openStore(ownFolder(), "a", start);
    const pose = { kind: "series", id: 2, thing: "robot", path: "base/pose", facet: "reported" } as const;
    const mode = { ...pose, id: 3, path: "mode", valueKind: "other", unit: "" } as const;
    const records = [
      seriesRecord(1, "joint/elbow/position"),
      { ...pose, valueKind: "pose", unit: "m" } as const,
      mode,
      seriesRecord(4, "joint/elbow/position", "deg"),
    ];
    const big = "9007199254740993";
    store.write(
      batchOf(records, [
        { property: 1, received: start, value: Number.POSITIVE_INFINITY, stampSec: 5, stampNanosec: 1 },
        { property: 1, received: start, value: Number.NaN, stampSec: 5, stampNanosec: 1 },
        { property: 1, received: start + 1, value: 1, stampSec: 5, stampNanosec: 1 },
        { property: 2, received: start + 2, value: [1, 2, 3, 0, 0, 0.6, 0.8] },
        { property: 3, received: start + 3, value: '"auto\\n\\"x\\""' },
        { property: 3, received: start + 4, value: "true" },
        { property: 3, received: start + 5, value: `"${big}"` },
        { property: 4, received: start + 6, value: 57.3 },
      ]),
      start,
    );
    settleAll(store);
    const names = everything(store).map(({ series }) => `${series.name} ${series.unit}`);
    expect(names).toEqual([
      "robot/base/pose.qw m",
      "robot/base/pose.qx m",
      "robot/base/pose.qy m",
      "robot/base/pose.qz m",
      "robot/base/pose.x m",
      "robot/base/pose.y m",
      "robot/base/pose.z m",
      "robot/joint/elbow/position rad",
      "robot/joint/elbow/position deg",
      "robot/mode ",
    ]);
    expect(values(store, "robot/joint/elbow/position")).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NaN,
      1,
      57.3,
    ]);
    expect(everything(store, "robot/mode")[0]?.other).toEqual(['auto\n"x"', true, big]);
    expect(values(store, "robot/base/pose.qz")).toEqual([0.6]);
  });
});

describe("a clock that was set back between two runs", () => {
  it("loses nothing: both runs are there, each with its own moments", async () => {
    const folder = ownFolder();
    const first = openStore(folder, "first", start);
    first.write(batchOf([seriesRecord(1, "joint/elbow/position")], joint(0, 1000)), start);
    first.close(start + 20_000);
    // An hour back, and half a minute of it once more.
    const back = start - 3_600_000;
    const second = openStore(folder, "second", back);
    const late = joint(0, 600).map((one) => ({ ...one, received: one.received - 3_600_000, value: 5 }));
    second.write(batchOf([seriesRecord(1, "joint/elbow/position")], late), back);
    settleAll(second);
    const query = { patterns: ["*"], facet: "*", from: 0, to: 1e15, clock: "arrival" } as const;
    const queries = new StoreQueries(second);
    expect(values(second)).toHaveLength(1600);
    const [points] = await queries.points({
      ...query,
      step: 3_600_000,
      from: back - 1000,
      to: start + 60_000,
    });
    expect([...(points?.count ?? [])].reduce((sum, count) => sum + count, 0)).toBe(1600);
    expect(queries.lastValues(["*"], "*", back + 5000, 60_000).map(({ value }) => value)).toEqual([5]);
    expect(queries.lastValues(["*"], "*", start + 5000, 60_000)[0]?.value).toBeGreaterThan(200);
    second.close(back + 30_000);
    const third = openStore(folder, "third", start + 60_000);
    expect(values(third)).toHaveLength(1600);
  });
});

/** Points as they follow from the samples, one after the other. */
function pointsOf(samples: readonly Given[], { from, to }: PointsQuery, step: number) {
  const buckets = new Map<number, number[]>();
  const begin = Math.floor(from / step) * step;
  const end = Math.ceil(to / step) * step;
  for (const { received, value } of samples) {
    if (received < begin || received >= end) continue;
    const at = Math.floor(received / step) * step;
    buckets.set(at, [...(buckets.get(at) ?? []), value as number]);
  }
  return [...buckets].map(([time, list]) => ({
    time,
    min: Math.min(...list),
    max: Math.max(...list),
    last: list.at(-1),
    count: list.length,
  }));
}

describe("points", () => {
  it("are those of the samples, for every step: from blocks, seconds, minutes and memory", async () => {
    const random = randomFrom(3);
    const folder = ownFolder();
    const store = openStore(folder, "a", start);
    store.write(batchOf([seriesRecord(1, "joint/elbow/position")], []), start);
    const samples: Given[] = [];
    let time = start;
    // Three hours, with a gap of ten minutes in them.
    for (let i = 0; i < 20_000; i++) {
      time += Math.round(4096 * random.next() * 1000) / 4096 + (i === 9000 ? 600_000 : 0);
      samples.push({ property: 1, received: time, value: Math.sin(i / 50) + random.next() });
      if (i % 1000 !== 999) continue;
      store.write(batchOf([], samples.slice(-1000)), time);
      if (i < 18_000) settleAll(store);
    }
    const check = async (one: HistoryStore): Promise<void> => {
      const queries = new StoreQueries(one);
      for (const asked of [250, 1000, 7000, 60_000, 87_000, 600_000, 1_800_000]) {
        for (const [from, to] of [
          [start, time + 1],
          [start + 1_234_567.5, time - 765_432],
          [time - 100_000, time + 100_000],
        ] as const) {
          if (asked === 250 && to - from > 1_000_000) continue;
          const query = { patterns: ["*"], facet: "*", from, to, clock: "arrival", step: asked } as const;
          const [points] = await queries.points(query);
          const expected = pointsOf(samples, query, asked);
          const got = Array.from(points?.time ?? [], (at, i) => ({
            time: at,
            min: points?.min[i],
            max: points?.max[i],
            last: points?.last[i],
            count: points?.count[i],
          }));
          expect(got).toEqual(expected);
        }
      }
    };
    await check(store);
    store.abandon();
    const again = openStore(folder, "b", time + 10_000);
    await check(again);
    again.close(time + 20_000);
    await check(openStore(folder, "c", time + 30_000));
  });

  it("are refused where there would be too many", async () => {
    const store = openStore(ownFolder(), "a", start);
    store.write(batchOf([seriesRecord(1, "joint/elbow/position")], joint(0, 5)), start);
    const query = { patterns: ["*"], facet: "*", from: 0, to: start, clock: "arrival", step: 1 } as const;
    await expect(new StoreQueries(store).points(query)).rejects.toThrow(/too many points/);
  });
});

describe("retention", () => {
  it("deletes what is too old, but for the value that a series had then", () => {
    const store = openStore(ownFolder(), "a", start);
    const records = [seriesRecord(1, "joint/elbow/position"), seriesRecord(2, "rare")];
    store.write(batchOf(records, [{ property: 2, received: start, value: 5 }]), start);
    store.write(batchOf([], joint(0, 20_000)), start);
    settleAll(store);
    const end = start + 20_000 * 20;
    const retention = new Retention(store, { rawMs: 100_000, maxBytes: 1e12, minFreeBytes: 0 });
    while (retention.step(end));
    const left = values(store, "*elbow*");
    expect(left.length).toBeLessThan(6200);
    expect(left.at(-1)).toBe(19_999.1);
    expect(left[0] as number).toBeGreaterThan(14_000 - 700);
    // The rare one stays, and is what the graph has at any moment since.
    const found = new StoreQueries(store).lastValues(["robot/rare"], "*", end, Number.POSITIVE_INFINITY);
    expect(found.map(({ value }) => value)).toEqual([5]);
    expect(values(store, "*rare")).toEqual([5]);
  });

  it("keeps the size below its limit by giving up the oldest", () => {
    const store = openStore(ownFolder(), "a", start);
    store.write(batchOf([seriesRecord(1, "joint/elbow/position")], joint(0, 50_000)), start);
    settleAll(store);
    store.checkpoint(Number.POSITIVE_INFINITY);
    const retention = new Retention(store, { rawMs: 1e12, maxBytes: 1_000_000, minFreeBytes: 0 });
    const before = values(store).length;
    const now = start + 50_000 * 20;
    for (let i = 0; i < 3; i++) {
      expect(retention.judge(now)).toBe(true);
      while (retention.step(now));
    }
    const left = values(store);
    expect(left.length).toBeLessThan(before * 0.95);
    expect(left.at(-1)).toBe(49_999.1);
  });
});

describe("a reader of the journal", () => {
  const segments = (folder: string) => listSegments(join(folder, "journal")).length;

  it("finds the segments that it needs after the program ended, and the others are deleted", () => {
    const folder = ownFolder();
    const runs = ["a", "b", "c"];
    runs.forEach((run, i) => {
      const store = openStore(folder, run, start);
      store.write(batchOf([seriesRecord(1, "joint/elbow/position")], joint(i * 100, i * 100 + 100)), start);
      store.close(start, 0);
    });
    expect(segments(folder)).toBe(3);
    const store = openStore(folder, "d", start);
    expect(values(store)).toEqual(joint(0, 300).map(({ value }) => value));
    store.close(start, 150);
    expect(segments(folder)).toBe(2);
    openStore(folder, "e", start).close(start);
    expect(segments(folder)).toBe(1);
  });
});

describe("a backup", () => {
  it("of a store that is written has everything that was written before it, once", () => {
    const folder = ownFolder();
    const store = openStore(folder, "a", start);
    store.write(batchOf([seriesRecord(1, "joint/elbow/position")], joint(0, 1500)), start);
    settleAll(store);
    store.write(batchOf([], joint(1500, 1700)), start);
    const copy = join(ownFolder(), "copy");
    backupStore(folder, copy);
    store.write(batchOf([], joint(1700, 1900)), start);
    const restored = openStore(copy, "b", start);
    expect(values(restored)).toEqual(joint(0, 1700).map(({ value }) => value));
    expect(() => backupStore(folder, copy)).toThrow(/is not empty/);
    expect(() => backupStore(ownFolder(), join(copy, "x"))).toThrow(/there is no history/);
  });
});
