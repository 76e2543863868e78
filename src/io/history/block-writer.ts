import { chunkBuckets, RollUpChunk, rollUpSteps } from "../../history/roll-up.ts";
import { eachStanding, type SampleColumn } from "../../history/sample-column.ts";
import { encodeData, encodeTimes } from "./block-codec.ts";
import type { Database, Statement } from "./sqlite.ts";
import type { StoredSeries } from "./stored-series.ts";

const [second, minute] = rollUpSteps;
const minuteBuckets = minute / second;
/** Kinds of sample that roll-ups count: those that are measurements of now (`taken`, `late`). */
const counted = [true, true, false, false, false, false, false, false];
/** Times of the newest blocks, which the next blocks may share. */
const sharedTimes = 64;

type Shared = { id: number; column: SampleColumn };

/** Makes blocks and roll-ups of full columns. It is called within a transaction. */
export class BlockWriter {
  private readonly insertBlock: Statement;
  private readonly insertTimes: Statement;
  private readonly updateSeries: Statement;
  private readonly putRoll: Statement;
  private readonly getRoll: Statement;
  private readonly newestRoll: Statement;
  private readonly shared = new Map<string, Shared>();
  /** Series whose seconds are not written yet. */
  private readonly touched = new Set<StoredSeries>();

  constructor(db: Database) {
    this.insertBlock = db.prepare(
      "INSERT INTO block (series, t0, t1, s0, s1, n, last, times, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    this.insertTimes = db.prepare("INSERT INTO times (t1, data) VALUES (?, ?)");
    this.updateSeries = db.prepare(
      "UPDATE series SET first = ?, last = ?, samples = ?, stored = ?, span = ? WHERE id = ?",
    );
    this.putRoll = db.prepare("INSERT OR REPLACE INTO roll (series, step, t0, data) VALUES (?, ?, ?, ?)");
    this.getRoll = db.prepare("SELECT data FROM roll WHERE series = ? AND step = ? AND t0 = ?").raw(true);
    this.newestRoll = db.prepare("SELECT MAX(t0) FROM roll WHERE series = ? AND step = ?").raw(true);
  }

  /** Writes the first full column of a series. */
  writeBlock(series: StoredSeries): void {
    const full = series.full[0];
    if (full === undefined) return;
    const { column, last } = full;
    const { time, stampSec, stampNanosec, count } = column;
    let [t0, t1] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    let [s0, s1] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = 0; i < count; i++) {
      const t = time[i] as number;
      if (t < t0) t0 = t;
      if (t > t1) t1 = t;
      // NaN, of a sample without a stamp, is in no comparison.
      const s = (stampSec[i] as number) * 1000 + (stampNanosec[i] as number) / 1e6;
      if (s < s0) s0 = s;
      if (s > s1) s1 = s;
    }
    const times = this.timesOf(column, t1);
    const stamped = s0 <= s1;
    const { id } = series.info;
    this.insertBlock.run(
      id,
      t0,
      t1,
      stamped ? s0 : null,
      stamped ? s1 : null,
      count,
      last,
      times,
      encodeData(column),
    );
    this.rollUp(series, column);
    series.full.shift();
    series.stored = last;
    const { first, last: newest } = series.info;
    series.span = Math.max(series.span, t1 - t0);
    this.updateSeries.run(first, newest, series.samples, last, series.span, id);
  }

  /** Writes what the blocks since the last time changed in roll-ups. */
  writeRollUps(): void {
    for (const series of this.touched) this.writeChunk(series);
    this.touched.clear();
  }

  /** The seconds of `series` that are written last. */
  currentChunk(series: StoredSeries): RollUpChunk | null {
    if (series.chunk !== null) return series.chunk;
    const newest = (this.newestRoll.get(series.info.id, second) as [number | null])[0];
    if (newest !== null) series.chunk = this.load(series, second, newest);
    return series.chunk;
  }

  /** Series that arrive in the same messages have the same times: those are kept once. */
  private timesOf(column: SampleColumn, t1: number): number {
    const { count, time, stampNanosec } = column;
    const key = `${count} ${time[0]} ${time[count - 1]} ${stampNanosec[0]} ${stampNanosec[count - 1]}`;
    const known = this.shared.get(key);
    if (known !== undefined && hasSameTimes(known.column, column)) return known.id;
    const id = Number(this.insertTimes.run(t1, encodeTimes(column)).lastInsertRowid);
    if (this.shared.size >= sharedTimes) {
      const [oldest] = this.shared.keys();
      if (oldest !== undefined) this.shared.delete(oldest);
    }
    this.shared.set(key, { id, column });
    return id;
  }

  private rollUp(series: StoredSeries, column: SampleColumn): void {
    let chunk = this.currentChunk(series);
    eachStanding(column, (at, { code }) => {
      if (counted[(code >> 2) & 7] !== true) return;
      const time = column.time[at] as number;
      if (chunk === null || time < chunk.begin || time >= chunk.begin + chunkBuckets * second) {
        if (chunk !== null) this.finishChunk(series);
        chunk = this.load(series, second, RollUpChunk.beginOf(time, second));
        series.chunk = chunk;
      }
      chunk.add(time, column.value[at] as number, code & 3);
    });
    this.touched.add(series);
  }

  /** Another chunk follows: this one is written, and its minutes are made of it. */
  private finishChunk(series: StoredSeries): void {
    const { chunk } = series;
    if (chunk === null) return;
    this.writeChunk(series);
    const begin = RollUpChunk.beginOf(chunk.begin, minute);
    const minutes = this.load(series, minute, begin);
    for (let from = 0; from < chunkBuckets; from += minuteBuckets) {
      const at = (chunk.begin + from * second - begin) / minute;
      minutes.clear(at);
      for (let i = from; i < from + minuteBuckets; i++) minutes.merge(at, chunk, i);
    }
    this.putRoll.run(series.info.id, minute, begin, minutes.encode());
  }

  private writeChunk({ info, chunk }: StoredSeries): void {
    if (chunk !== null) this.putRoll.run(info.id, second, chunk.begin, chunk.encode());
  }

  private load(series: StoredSeries, step: number, begin: number): RollUpChunk {
    const chunk = new RollUpChunk(begin, step);
    const row = this.getRoll.get(series.info.id, step, begin) as [Uint8Array] | undefined;
    if (row !== undefined) chunk.decode(row[0]);
    return chunk;
  }
}

function hasSameTimes(a: SampleColumn, b: SampleColumn): boolean {
  if (a.count !== b.count) return false;
  for (let i = 0; i < a.count; i++) {
    if (a.time[i] !== b.time[i] || a.stampNanosec[i] !== b.stampNanosec[i]) return false;
    if (!Object.is(a.stampSec[i], b.stampSec[i])) return false;
  }
  return true;
}
