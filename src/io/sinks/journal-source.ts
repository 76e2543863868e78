import { fdatasync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { matchesGlob } from "../../core/glob.ts";
import { qualities } from "../../core/quality.ts";
import { sampleKinds } from "../../history/history-query.ts";
import { RecordReader, type SeriesDefinition } from "../../history/sample-record.ts";
import { type RowSeries, SeriesTable, type SinkRow } from "../../history/sink-row.ts";
import { listSegments, SegmentReader } from "../history/journal-segment.ts";
import type { RowBatch, RowSource } from "./row-source.ts";

/** Which rows of a journal are wanted. */
export type RowFilter = { series: readonly string[]; facets: readonly string[] };

/** A sample in the journal takes about so many bytes. */
const usualBytes = 44;
const kindOf = (code: number) => sampleKinds[code] as (typeof sampleKinds)[number];

/**
 * Reads the rows of a history's journal while it is written. A row's number is that of its sample plus one, so that a cursor
 * is how many samples are dealt with. Rows are given only when they are on the disk: what a loss of power could take from
 * the journal, and whose numbers it would give to others, is in no store.
 */
export class JournalSource implements RowSource {
  private reader: SegmentReader | null = null;
  private segment = -1;
  /** Frames up to here are known to be on the disk. */
  private synced = 0;
  private at = 0;
  private readonly table = new SeriesTable();
  /** Of the segment that is read: numbers are of one run. */
  private readonly definitions = new Map<number, SeriesDefinition>();
  private readonly words = new Map<number, string>();
  private readonly rowSeries = new Map<number, RowSeries | null>();

  constructor(
    private readonly directory: string,
    readonly store: string,
    private readonly filter: RowFilter,
  ) {}

  async next(cursor: number, most: number): Promise<RowBatch> {
    if (this.reader === null || this.at !== cursor) this.seek(cursor);
    let lost = 0;
    const rows: SinkRow[] = [];
    while (rows.length < most) {
      const { reader } = this;
      if (reader === null) break;
      const frame = reader.next() ?? (await this.following());
      if (frame === null) {
        // A journal that ends before the cursor was replaced by an older one of itself.
        if (reader.head !== null && reader.samplesEnd < this.at) this.at = reader.samplesEnd;
        break;
      }
      if (frame === "next segment") continue;
      if (frame.kind === "records") {
        for (const record of frame.records) {
          if (record.kind === "series") this.definitions.set(record.id, record);
          else if (record.kind === "word") this.words.set(record.id, record.text);
        }
        continue;
      }
      const { first, count } = frame;
      if (first > this.at) {
        lost += first - this.at;
        this.at = first;
      }
      this.rowsOf(frame, this.at, rows);
      this.at = Math.max(this.at, first + count);
    }
    await this.sync();
    return { rows, cursor: this.at, lost, waiting: this.waiting() };
  }

  async close(): Promise<void> {
    this.leave();
  }

  private leave(): void {
    this.reader?.close();
    this.reader = null;
    this.segment = -1;
    this.synced = 0;
  }

  /** Stands at the begin of the segment that has the sample; at the oldest one where it is gone. */
  private seek(cursor: number): void {
    this.leave();
    this.at = cursor;
    let chosen: { number: number; path: string } | null = null;
    for (const segment of this.list()) {
      const reader = this.openReader(segment.path);
      if (reader === null) continue;
      // The first frame is the head; the frame after it may not be there yet.
      reader.next();
      const first = reader.head?.first ?? Number.POSITIVE_INFINITY;
      reader.close();
      if (chosen !== null && first > cursor) break;
      chosen = segment;
    }
    if (chosen !== null) this.enter(chosen);
  }

  private enter({ number, path }: { number: number; path: string }): void {
    this.leave();
    this.reader = this.openReader(path);
    this.segment = number;
    this.definitions.clear();
    this.words.clear();
    this.rowSeries.clear();
  }

  /** What comes after the last whole frame of a segment: one that came just now, the next segment, or nothing yet. */
  private async following(): Promise<ReturnType<SegmentReader["next"]> | "next segment"> {
    const later = this.list().find(({ number }) => number > this.segment);
    if (later === undefined) return null;
    // It may have been written to until the later one was begun.
    const frame = this.reader?.next() ?? null;
    if (frame !== null) return frame;
    this.enter(later);
    return "next segment";
  }

  private rowsOf(
    frame: { first: number; bytes: Uint8Array; texts: string[] },
    from: number,
    into: SinkRow[],
  ): void {
    const { bytes, texts } = frame;
    const record = new RecordReader(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let number = frame.first; record.next(); number++) {
      if (number < from) continue;
      const series = this.seriesOf(record);
      if (series === null) continue;
      const numbers: number[] = [];
      if (record.text < 0)
        for (let i = 0; i < record.width; i++) numbers.push(record.floats[record.at + i] as number);
      into.push({
        number: number + 1,
        series,
        quality: Math.min(record.quality, qualities.length - 1),
        reason: record.reason === 0 ? "" : (this.words.get(record.reason) ?? ""),
        received: record.received,
        hasStamp: record.hasStamp,
        stampSec: record.stampSec,
        stampNanosec: record.stampNanosec,
        numbers,
        text: record.text < 0 ? null : (texts[record.text] ?? null),
      });
    }
  }

  /** The series of a record; null where it is not wanted. */
  private seriesOf({ property, source, kind }: RecordReader): RowSeries | null {
    // Each of the three has a number of its own: they share one, exact below 2^53.
    const key = (property * 0x10_0000 + (source & 0xf_ffff)) * 8 + kind;
    const known = this.rowSeries.get(key);
    if (known !== undefined) return known;
    const definition = this.definitions.get(property);
    let series: RowSeries | null = null;
    if (definition !== undefined && this.wants(definition)) {
      const { thing, path, facet, valueKind, unit } = definition;
      const from = source === 0 ? "" : (this.words.get(source) ?? "");
      series = this.table.get({ thing, path, facet, valueKind, unit, source: from, kind: kindOf(kind) });
    }
    this.rowSeries.set(key, series);
    return series;
  }

  private wants({ thing, path, facet }: SeriesDefinition): boolean {
    const { series, facets } = this.filter;
    return facets.includes(facet) && series.some((pattern) => matchesGlob(pattern, `${thing}/${path}`));
  }

  /** About how many samples come after those that were read. */
  private waiting(): number {
    const { reader, segment } = this;
    let bytes = 0;
    for (const { number, path } of this.list()) {
      if (number < segment) continue;
      const size = sizeOf(path);
      bytes += number === segment && reader !== null ? Math.max(0, size - reader.offset) : size;
    }
    return Math.ceil(bytes / usualBytes);
  }

  private async sync(): Promise<void> {
    const { reader } = this;
    if (reader === null || reader.offset <= this.synced) return;
    const { offset } = reader;
    const file = await open(reader.path).catch(() => null);
    if (file === null) return;
    try {
      await new Promise<void>((resolve, reject) => {
        fdatasync(file.fd, (error) => (error === null ? resolve() : reject(error)));
      });
    } finally {
      await file.close();
    }
    this.synced = offset;
  }

  private list(): { number: number; path: string }[] {
    try {
      return listSegments(this.directory);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }

  /** Null where the segment was deleted meanwhile. */
  private openReader(path: string): SegmentReader | null {
    try {
      return new SegmentReader(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
