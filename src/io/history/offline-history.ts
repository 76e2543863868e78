import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Facet } from "../../core/quality.ts";
import type {
  EventsQuery,
  History,
  HistoryClock,
  HistoryEvent,
  HistoryStatus,
  PointSeries,
  PointsQuery,
  SampleChunk,
  SeriesInfo,
  SeriesSelection,
} from "../../history/history-query.ts";
import { databaseName, HistoryStore } from "./store.ts";
import { type LastValue, StoreQueries } from "./store-queries.ts";
import { StoreFault } from "./store-schema.ts";

/** The history of a folder to which no twin writes now, read by this thread. */
export class OfflineHistory implements History {
  private readonly queries: StoreQueries;

  private constructor(readonly store: HistoryStore) {
    this.queries = new StoreQueries(store);
  }

  /** Throws a `StoreFault` where there is none, or where a twin writes to it. */
  static open(directory: string): OfflineHistory {
    if (!existsSync(join(directory, databaseName))) {
      throw new StoreFault(`there is no history in ${directory}`, "Name its folder with --dir.");
    }
    return new OfflineHistory(HistoryStore.open(directory, null, 0));
  }

  close(): void {
    this.store.abandon();
  }

  status(): HistoryStatus {
    const times = this.store.series.all.map(({ info }) => info).filter(({ first }) => !Number.isNaN(first));
    return {
      state: "off",
      reason: "",
      remedy: "",
      directory: this.store.directory,
      from:
        times.length === 0
          ? Number.NaN
          : times.reduce((least, { first }) => Math.min(least, first), Number.POSITIVE_INFINITY),
      to:
        times.length === 0
          ? Number.NaN
          : times.reduce((most, { last }) => Math.max(most, last), Number.NEGATIVE_INFINITY),
      bytes: 0,
      series: this.store.series.all.length,
      stored: 0,
      dropped: 0,
    };
  }

  async series(patterns: readonly string[], facet: Facet | "*"): Promise<SeriesInfo[]> {
    return this.queries.series(patterns, facet);
  }

  points(query: PointsQuery): Promise<PointSeries[]> {
    return this.queries.points(query);
  }

  async *samples(query: SeriesSelection): AsyncGenerator<SampleChunk> {
    yield* this.queries.samples(query);
  }

  async count(query: SeriesSelection): Promise<number> {
    return this.queries.count(query);
  }

  async lastValues(
    patterns: readonly string[],
    facet: Facet | "*",
    at: number,
    maxAgeMs: number,
  ): Promise<LastValue[]> {
    return this.queries.lastValues(patterns, facet, at, maxAgeMs);
  }

  async twinAt(at: number, clock: HistoryClock): Promise<string> {
    return this.queries.twinAt(at, clock);
  }

  async events(query: EventsQuery): Promise<HistoryEvent[]> {
    return this.queries.events(query);
  }

  async gaps(from: number, to: number): Promise<{ from: number; to: number }[]> {
    return this.queries.gaps(from, to);
  }

  async description(hash: string): Promise<string | null> {
    return this.queries.description(hash);
  }
}
