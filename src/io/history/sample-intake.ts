import {
  blockSamples,
  emptyColumn,
  nextPlace,
  noteStanding,
  noteVariance,
} from "../../history/sample-column.ts";
import type { RecordReader } from "../../history/sample-record.ts";
import { numberOf } from "./block-codec.ts";
import type { SeriesBook, StoredSeries } from "./stored-series.ts";
import type { WordBook } from "./word-book.ts";

/** Sorts samples into the columns of their series, until they are full. */
export class SampleIntake {
  /** Series with full columns, in the order in which they became full. */
  readonly waiting: StoredSeries[] = [];
  /** Arrival of the newest sample, server ms. */
  newest = Number.NEGATIVE_INFINITY;
  /** Arrival of the oldest sample of the run, server ms. */
  oldest = Number.POSITIVE_INFINITY;

  constructor(
    private readonly series: SeriesBook,
    private readonly words: WordBook,
  ) {}

  /** Adds the samples that are in no block yet; `first` is the running number of the first. Returns how many. */
  take(reader: RecordReader, texts: readonly string[], first: number): number {
    let taken = 0;
    for (let number = first; reader.next(); number++) {
      const parts = this.series.of(reader.property);
      if (parts === undefined) continue;
      const source = reader.source === 0 ? 0 : this.words.of(reader.source);
      const reason = reader.reason === 0 ? 0 : this.words.of(reader.reason);
      const code = reader.quality | (reader.kind << 2);
      if (reader.received > this.newest) this.newest = reader.received;
      if (reader.received < this.oldest) this.oldest = reader.received;
      for (let i = 0; i < parts.length; i++) {
        const series = parts[i] as StoredSeries;
        if (number <= series.stored) continue;
        taken++;
        const { open } = series;
        const at = nextPlace(open);
        if (at === 0) series.openFirst = number;
        series.openLast = number;
        open.time[at] = reader.received;
        open.stampSec[at] = reader.hasStamp ? reader.stampSec : Number.NaN;
        open.stampNanosec[at] = reader.stampNanosec;
        if (reader.text >= 0) {
          const text = texts[reader.text] ?? null;
          open.value[at] = numberOf(text);
          if (open.text !== null) open.text[at] = text;
        } else {
          open.value[at] = i < reader.width ? (reader.floats[reader.at + i] as number) : Number.NaN;
          if (open.text !== null) open.text[at] = null;
        }
        noteVariance(open, at, reader.variance);
        noteStanding(open, code, source, reason);
        noteTime(series, reader.received);
        if (open.count === blockSamples) this.close(series);
      }
    }
    return taken;
  }

  /** Ends the open column of a series, to be made a block. */
  close(series: StoredSeries): void {
    if (series.open.count === 0) return;
    series.full.push({ column: series.open, last: series.openLast });
    this.waiting.push(series);
    series.open = emptyColumn(series.info.kind === "other");
    series.openFirst = -1;
  }

  closeAll(): void {
    for (const series of this.series.all) this.close(series);
  }

  /** Ends the open columns with a sample before the running number `first`. */
  closeBefore(first: number): void {
    for (const series of this.series.all) {
      if (series.open.count > 0 && series.openFirst < first) this.close(series);
    }
  }

  /** Running number of the first sample that is in no block; `end` where there is none. */
  firstUnstored(end: number): number {
    let first = end;
    for (const { full, open, openFirst, stored } of this.series.all) {
      if (full.length > 0) first = Math.min(first, stored + 1);
      else if (open.count > 0) first = Math.min(first, openFirst);
    }
    return first;
  }
}

function noteTime(series: StoredSeries, time: number): void {
  const { info } = series;
  series.samples++;
  if (!(time >= info.first)) info.first = time;
  if (!(time <= info.last)) info.last = time;
}
