import { type SampleKind, sampleKinds } from "../../history/history-query.ts";
import type { SampleColumn, StandingRun } from "../../history/sample-column.ts";
import type { SeriesReader } from "./series-reader.ts";
import type { StoredSeries } from "./stored-series.ts";

/** Blocks that are kept decoded, one a series. */
const maxWindows = 4096;
/** Samples of several sources may arrive a little out of order. */
const clockSlackMs = 10_000;
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
type Window = {
  column: SampleColumn;
  count: number;
  runs: StandingRun[];
  /** Its first and last sample, and the begin of the block after it where that was looked up. Server ms. */
  from: number;
  to: number;
  next: number | null;
};

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
    const found = emptySearch(series);
    for (const { column, count } of this.memory(series, at)) {
      search(column, count, column.runs, at, since, found);
      if (found.isOver) break;
    }
    if (!isBehind(series)) return found.isOver ? found.moment : this.inBlocks(series, at, since, found);
    // The clock was set back: what was stored first may be newer than what came last.
    const stored = this.inBlocks(series, at, since, emptySearch(series));
    const inMemory = found.moment;
    if (stored === null || inMemory === null) return stored ?? inMemory;
    const isNewer =
      (inMemory.column.time[inMemory.at] as number) >= (stored.column.time[stored.at] as number);
    return isNewer ? inMemory : stored;
  }

  /** Goes on with a search in the blocks, newest first. */
  private inBlocks(series: StoredSeries, at: number, since: number, found: Search): Moment | null {
    for (let skip = 0; skip < maxBack; skip++) {
      const window = this.window(series, at, skip);
      if (window === null) break;
      search(window.column, window.count, window.runs, at, since, found);
      if (found.isOver) return found.moment;
    }
    return found.moment;
  }

  /** By the senders' stamps: the sample with the newest stamp at or before `at`, late ones and those of the past included. */
  atStamp(series: StoredSeries, at: number): Moment | null {
    let best: Moment | null = null;
    let bestStamp = Number.NEGATIVE_INFINITY;
    for (const { column, count } of this.reader.byStamp(series, at)) {
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
    const known = this.windows.get(series);
    if (skip === 0 && known !== undefined && at >= known.from) {
      if (at < known.to) return known;
      // Behind its last sample, and before the next block.
      const next = known.next ?? this.reader.blockAfter(series.info.id, known.from);
      // One that is written later on may begin where there is none yet.
      if (next < Number.POSITIVE_INFINITY) known.next = next;
      if (at < next) return known;
    }
    const block = this.reader.blockBefore(series.info.id, at, skip);
    if (block === null) return null;
    const { column, t0: from, t1: to } = block;
    const window = { column, count: column.count, runs: column.runs, from, to, next: null };
    if (this.windows.size >= maxWindows) this.windows.clear();
    if (skip === 0) this.windows.set(series, window);
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

function emptySearch({ info }: StoredSeries): Search {
  const wantsState = info.facet === "desired";
  return { wantsState, quality: -1, reason: 0, state: -1, moment: null, isOver: false };
}

/** Whether what is in no block yet is older than what is in one. */
function isBehind({ info, open, full }: StoredSeries): boolean {
  const last = full.at(-1)?.column;
  const newest = open.count > 0 ? open.time[open.count - 1] : last?.time[last.count - 1];
  return newest !== undefined && newest < info.last - clockSlackMs;
}

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
