import { type SampleKind, sampleKinds } from "../../history/history-query.ts";
import type { SampleColumn, StandingRun } from "../../history/sample-column.ts";
import type { SeriesReader } from "./series-reader.ts";
import type { StoredSeries } from "./stored-series.ts";

/** How many blocks are looked through for a sample that was taken. */
const maxBack = 16;

/** What a series was at a moment. `at` is the place of the sample in `column`. */
export type Moment = {
  column: SampleColumn;
  at: number;
  run: StandingRun;
  /** The value's quality at the moment, which may have changed since its sample. */
  quality: number;
  reason: number;
  /** A desired value's progress: the store's word, as `sent` or `refused: why`; 0: none. */
  state: number;
};

/** The part of a series in which the moments asked for last lie: while they stay in it nothing is read. */
type Window = { column: SampleColumn; count: number; runs: StandingRun[]; from: number; to: number };

const codeOf = new Map<SampleKind, number>(sampleKinds.map((kind, i) => [kind, i]));
const [taken, quality, state, cleared] = (["taken", "quality", "state", "cleared"] as const).map((kind) =>
  codeOf.get(kind),
) as [number, number, number, number];

/** Finds what series were at moments: fast where the next moment is near the last one. */
export class MomentReader {
  private readonly windows = new Map<StoredSeries, Window>();

  constructor(private readonly reader: SeriesReader) {}

  /** The newest sample that was taken at or before server ms `at`, and not before `since`; null where there is none. */
  at(series: StoredSeries, at: number, since: number): Moment | null {
    if (!(series.info.first <= at) || !(series.info.last >= since)) return null;
    const wantsState = series.info.facet === "desired";
    const found: Search = { wantsState, quality: -1, reason: 0, state: -1, moment: null, isOver: false };
    for (const { column, count } of this.memory(series, at)) {
      search(column, count, column.runs, at, since, found);
      if (found.isOver) return found.moment;
    }
    for (let skip = 0; skip < maxBack; skip++) {
      const window = this.window(series, at, skip);
      if (window === null) break;
      search(window.column, window.count, window.runs, at, since, found);
      if (found.isOver) return found.moment;
    }
    return found.moment;
  }

  /** By the senders' stamps: the sample with the newest stamp at or before `at` among those that arrived around then. */
  atStamp(series: StoredSeries, at: number): Moment | null {
    let best: Moment | null = null;
    let bestStamp = Number.NEGATIVE_INFINITY;
    const slack = 10_000;
    for (const { column, count } of this.reader.pieces(series, at - 3_600_000, at + slack, "stamp")) {
      let place = 0;
      for (const run of column.runs) {
        const end = place + run.count;
        for (; place < end && place < count; place++) {
          const kind = (run.code >> 2) & 7;
          const stamp =
            (column.stampSec[place] as number) * 1000 + (column.stampNanosec[place] as number) / 1e6;
          if (kind > 3 || kind === 2 || !(stamp <= at) || stamp < bestStamp) continue;
          bestStamp = stamp;
          best = { column, at: place, run, quality: run.code & 3, reason: run.reason, state: 0 };
        }
        place = end;
      }
    }
    return best;
  }

  forget(): void {
    this.windows.clear();
  }

  /** What is in no block yet, newest first. */
  private *memory(series: StoredSeries, at: number): Generator<{ column: SampleColumn; count: number }> {
    const { open, full } = series;
    if (open.count > 0 && (open.time[0] as number) <= at) yield { column: open, count: open.count };
    for (let i = full.length - 1; i >= 0; i--) {
      const { column } = full[i] as { column: SampleColumn };
      if ((column.time[0] as number) <= at) yield { column, count: column.count };
    }
  }

  private window(series: StoredSeries, at: number, skip: number): Window | null {
    if (skip === 0) {
      const known = this.windows.get(series);
      if (known !== undefined && at >= known.from && at < known.to) return known;
    }
    const { id } = series.info;
    const block = this.reader.blockBefore(id, at, skip);
    if (block === null) return null;
    const column = this.reader.read(block.id);
    if (column === null) return null;
    const window = {
      column,
      count: column.count,
      runs: column.runs,
      from: block.t0,
      to: skip === 0 ? this.reader.blockAfter(id, at) : at,
    };
    // A block that is written later may begin in what is now after the last one.
    if (skip === 0 && window.to < Number.POSITIVE_INFINITY) this.windows.set(series, window);
    return window;
  }
}

/** What a search found so far. A desired value's progress may have changed long before the value did. */
type Search = {
  wantsState: boolean;
  quality: number;
  reason: number;
  state: number;
  moment: Moment | null;
  isOver: boolean;
};

/** Looks backwards from `limit` for the newest sample that was taken, and for what changed about it since. */
function search(
  column: SampleColumn,
  count: number,
  runs: readonly StandingRun[],
  limit: number,
  since: number,
  found: Search,
): void {
  let end = column.count;
  for (let r = runs.length - 1; r >= 0; r--) {
    const run = runs[r] as StandingRun;
    const begin = end - run.count;
    const kind = (run.code >> 2) & 7;
    for (let i = Math.min(end, count) - 1; i >= begin; i--) {
      const time = column.time[i] as number;
      if (time > limit) continue;
      if (time < since) {
        found.isOver = true;
        return;
      }
      if (kind === taken) {
        if (found.moment === null) {
          const isChanged = found.quality >= 0;
          found.moment = {
            column,
            at: i,
            run,
            quality: isChanged ? found.quality : run.code & 3,
            reason: isChanged ? found.reason : run.reason,
            state: Math.max(0, found.state),
          };
          found.isOver = !found.wantsState || found.state >= 0;
        }
        break;
      }
      if (kind === cleared) {
        found.isOver = true;
        return;
      }
      if (kind === state && found.state < 0) {
        found.state = run.reason;
        if (found.moment !== null) {
          found.moment.state = run.reason;
          found.isOver = true;
        }
      } else if (kind === quality && found.quality < 0 && found.moment === null) {
        found.quality = run.code & 3;
        found.reason = run.reason;
      }
      if (found.isOver) return;
    }
    if (found.isOver) return;
    end = begin;
  }
}
