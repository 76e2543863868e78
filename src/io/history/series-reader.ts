import { matchesGlob } from "../../core/glob.ts";
import type { Facet } from "../../core/quality.ts";
import type { HistoryClock } from "../../history/history-query.ts";
import type { SampleColumn } from "../../history/sample-column.ts";
import { decodeData, decodeTimes, type Times } from "./block-codec.ts";
import type { Statement } from "./sqlite.ts";
import type { HistoryStore } from "./store.ts";
import type { StoredSeries } from "./stored-series.ts";

/** Decoded times that are kept: series that arrive together share them. */
const keptTimes = 256;

type BlockRow = [n: number, times: number, data: Uint8Array];

/** A piece of a series. It belongs to the reader; only its first `count` samples count. */
export type Piece = { column: SampleColumn; count: number };

/** Reads what a store holds of its series: blocks from the database, and what is not in a block yet from memory. */
export class SeriesReader {
  private readonly list: Statement;
  private readonly listByStamp: Statement;
  private readonly counts: Statement;
  private readonly countsByStamp: Statement;
  private readonly block: Statement;
  private readonly times: Statement;
  private readonly before: Statement;
  private readonly after: Statement;
  private readonly stamped: Statement;
  private readonly decoded = new Map<number, Times>();

  constructor(private readonly store: HistoryStore) {
    const { db } = store;
    this.list = db
      .prepare(
        "SELECT id FROM block WHERE series = ? AND t0 < ? AND t0 >= ? AND t1 >= ? AND last <= ? ORDER BY last",
      )
      .raw(true);
    this.listByStamp = db
      .prepare("SELECT id FROM block WHERE series = ? AND s0 < ? AND s1 >= ? AND last <= ? ORDER BY last")
      .raw(true);
    this.counts = db
      .prepare("SELECT SUM(n) FROM block WHERE series = ? AND t0 < ? AND t0 >= ? AND t1 >= ?")
      .raw(true);
    this.countsByStamp = db
      .prepare("SELECT SUM(n) FROM block WHERE series = ? AND s0 < ? AND s1 >= ?")
      .raw(true);
    this.block = db.prepare("SELECT n, times, data FROM block WHERE id = ?").raw(true);
    this.times = db.prepare("SELECT data FROM times WHERE id = ?").raw(true);
    this.before = db
      .prepare(
        "SELECT n, times, data, t0, t1 FROM block WHERE series = ? AND t0 <= ? ORDER BY t0 DESC LIMIT 1 OFFSET ?",
      )
      .raw(true);
    this.stamped = db
      .prepare("SELECT n, times, data FROM block WHERE series = ? AND s0 <= ? ORDER BY s0 DESC LIMIT 3")
      .raw(true);
    this.after = db.prepare("SELECT MIN(t0) FROM block WHERE series = ? AND t0 > ?").raw(true);
  }

  /** Series by name, sorted; a pose or twist by the name of the whole selects all its numbers. */
  select(patterns: readonly string[], facet: Facet | "*"): StoredSeries[] {
    const isChosen = ({ info }: StoredSeries): boolean => {
      if (facet !== "*" && info.facet !== facet) return false;
      const whole = `${info.thing}/${info.path}`;
      return patterns.some((pattern) => matchesGlob(pattern, info.name) || matchesGlob(pattern, whole));
    };
    return this.store.series.all
      .filter(isChosen)
      .sort((a, b) =>
        a.info.name < b.info.name ? -1 : a.info.name > b.info.name ? 1 : a.info.id - b.info.id,
      );
  }

  /** The pieces that overlap `from` … `to`, in the order of storing. What is written meanwhile is not among them. */
  *pieces(series: StoredSeries, from: number, to: number, clock: HistoryClock): Generator<Piece> {
    // Before the first yield: what is a block later on must not come twice.
    const { stored } = series;
    const memory = [
      ...series.full.map(({ column }) => ({ column, count: column.count })),
      { column: series.open, count: series.open.count },
    ];
    const { id: own } = series.info;
    // No block that begins earlier reaches `from`: the others of a long time need not be looked at.
    const blocks = (
      clock === "arrival"
        ? this.list.all(own, to, from - series.span, from, stored)
        : this.listByStamp.all(own, to, from, stored)
    ) as [number][];
    for (const [id] of blocks) {
      const column = this.read(id);
      if (column !== null) yield { column, count: column.count };
    }
    for (const piece of memory) if (piece.count > 0) yield piece;
  }

  /** Samples of the blocks that `pieces` reads, at most. */
  count(series: StoredSeries, from: number, to: number, clock: HistoryClock): number {
    const { id } = series.info;
    const row =
      clock === "arrival"
        ? this.counts.get(id, to, from - series.span, from)
        : this.countsByStamp.get(id, to, from);
    const inBlocks = (row as [number | null])[0] ?? 0;
    return series.full.reduce((sum, { column }) => sum + column.count, inBlocks + series.open.count);
  }

  /** The block `id`; null where it was deleted meanwhile. */
  read(id: number): SampleColumn | null {
    const row = this.block.get(id) as BlockRow | undefined;
    return row === undefined ? null : this.decode(row);
  }

  /** The block of a series that begins last at or before server ms `at`; `skip` earlier ones are passed over. */
  blockBefore(
    series: number,
    at: number,
    skip: number,
  ): { column: SampleColumn; t0: number; t1: number } | null {
    const row = this.before.get(series, at, skip) as [...BlockRow, number, number] | undefined;
    if (row === undefined) return null;
    const [n, times, data, t0, t1] = row;
    const column = this.decode([n, times, data]);
    return column === null ? null : { column, t0, t1 };
  }

  /** Where the newest stamp at or before `at` can be: the last blocks that begin by then, and what is in no block yet. */
  byStamp(series: StoredSeries, at: number): Piece[] {
    const rows = this.stamped.all(series.info.id, at) as BlockRow[];
    const blocks = rows.map((row) => this.decode(row)).filter((column) => column !== null);
    const { open, full } = series;
    const memory = [...full.map(({ column }) => column), ...(open.count > 0 ? [open] : [])];
    return [...blocks, ...memory].map((column) => ({ column, count: column.count }));
  }

  private decode([count, timesId, data]: BlockRow): SampleColumn | null {
    let times = this.decoded.get(timesId);
    if (times === undefined) {
      const packed = this.times.get(timesId) as [Uint8Array] | undefined;
      if (packed === undefined) return null;
      times = decodeTimes(packed[0]);
      if (this.decoded.size >= keptTimes) {
        const [oldest] = this.decoded.keys();
        if (oldest !== undefined) this.decoded.delete(oldest);
      }
      this.decoded.set(timesId, times);
    }
    return { ...times, ...decodeData(data, count) };
  }

  /** Begin of the first block of a series after server ms `at`; Infinity where there is none. */
  blockAfter(series: number, at: number): number {
    return (this.after.get(series, at) as [number | null])[0] ?? Number.POSITIVE_INFINITY;
  }
}
