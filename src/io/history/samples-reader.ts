import { HistoryFault, type SampleChunk, type SeriesSelection } from "../../history/history-query.ts";
import { eachStanding } from "../../history/sample-column.ts";
import { maxSeries } from "./points-reader.ts";
import type { Piece, SeriesReader } from "./series-reader.ts";
import type { StoredSeries } from "./stored-series.ts";
import type { WordBook } from "./word-book.ts";

/** Reads raw samples, series after series. */
export class SamplesReader {
  constructor(
    private readonly words: WordBook,
    private readonly reader: SeriesReader,
  ) {}

  /** Chunks of at most one block each. Throws a `HistoryFault` where too many series match. */
  *chunks(query: SeriesSelection): Generator<SampleChunk> {
    const chosen = this.reader.select(query.patterns, query.facet);
    if (chosen.length > maxSeries) {
      throw new HistoryFault(413, `${chosen.length} series match; ask for at most ${maxSeries}`);
    }
    for (const series of chosen) {
      for (const piece of this.reader.pieces(series, query.from, query.to, query.clock)) {
        const chunk = this.chunk(series, piece, query);
        if (chunk !== null) yield chunk;
      }
    }
  }

  private chunk(series: StoredSeries, { column, count }: Piece, query: SeriesSelection): SampleChunk | null {
    const { from, to, clock } = query;
    const places: number[] = [];
    for (let i = 0; i < count; i++) {
      const time =
        clock === "arrival"
          ? (column.time[i] as number)
          : (column.stampSec[i] as number) * 1000 + (column.stampNanosec[i] as number) / 1e6;
      if (time >= from && time < to) places.push(i);
    }
    if (places.length === 0) return null;
    const quality = new Uint8Array(column.count);
    const kind = new Uint8Array(column.count);
    const reason = new Uint32Array(column.count);
    const source = new Uint32Array(column.count);
    const words: string[] = [];
    const local = new Map<number, number>();
    const word = (id: number): number => {
      const known = local.get(id);
      if (known !== undefined) return known;
      local.set(id, words.length);
      return words.push(this.words.texts[id] ?? "") - 1;
    };
    eachStanding(column, (at, run) => {
      quality[at] = run.code & 3;
      kind[at] = (run.code >> 2) & 7;
      reason[at] = word(run.reason);
      source[at] = word(run.source);
    });
    const { text } = column;
    return {
      series: series.info,
      time: Float64Array.from(places, (i) => column.time[i] as number),
      stampSec: Float64Array.from(places, (i) => column.stampSec[i] as number),
      stampNanosec: Uint32Array.from(places, (i) => column.stampNanosec[i] as number),
      value: Float64Array.from(places, (i) => column.value[i] as number),
      other: text === null ? [] : places.map((i) => parsedValue(text[i] ?? null)),
      quality: Uint8Array.from(places, (i) => quality[i] as number),
      kind: Uint8Array.from(places, (i) => kind[i] as number),
      reason: Uint32Array.from(places, (i) => reason[i] as number),
      source: Uint32Array.from(places, (i) => source[i] as number),
      words,
    };
  }
}

/** The value of a JSON text; null where there is none. */
export function parsedValue(text: string | null): unknown {
  return text === null ? null : (JSON.parse(text) as unknown);
}
