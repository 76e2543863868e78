import { matchesGlob } from "../../core/glob.ts";
import { type Facet, type Quality, qualities } from "../../core/quality.ts";
import type {
  EventsQuery,
  HistoryClock,
  HistoryEvent,
  PointSeries,
  PointsQuery,
  SampleChunk,
  SeriesInfo,
  SeriesSelection,
} from "../../history/history-query.ts";
import { GraphReader } from "./graph-reader.ts";
import { MomentReader } from "./moment-reader.ts";
import { PastCursor } from "./past-cursor.ts";
import { PastThings } from "./past-things.ts";
import { PointsReader } from "./points-reader.ts";
import { SamplesReader } from "./samples-reader.ts";
import { SeriesReader } from "./series-reader.ts";
import type { HistoryStore } from "./store.ts";

const maxEvents = 10_000;
/** Rows that an events query looks at: its pattern is compared here, not by the database. */
const maxEventRows = 200_000;
const eventPage = 2000;

type EventRow = [number, number, HistoryEvent["severity"], string, string | null, string, string | null];

export type LastValue = { series: SeriesInfo; time: number; value: number; quality: Quality };

/** Everything that can be asked of an open store. */
export class StoreQueries {
  private readonly reader: SeriesReader;
  private readonly pointsReader: PointsReader;
  private readonly samplesReader: SamplesReader;
  private readonly graphs: GraphReader;
  private readonly moments: MomentReader;
  private readonly cursors = new Map<string, PastCursor>();

  constructor(private readonly store: HistoryStore) {
    this.reader = new SeriesReader(store);
    this.pointsReader = new PointsReader(store, this.reader);
    this.samplesReader = new SamplesReader(store.words, this.reader);
    this.graphs = new GraphReader(store, this.reader, new PastThings(store));
    this.moments = new MomentReader(this.reader);
  }

  series(patterns: readonly string[], facet: Facet | "*"): SeriesInfo[] {
    return this.reader.select(patterns, facet).map(({ info }) => info);
  }

  points(query: PointsQuery): Promise<PointSeries[]> {
    return this.pointsReader.points(query);
  }

  samples(query: SeriesSelection): Generator<SampleChunk> {
    return this.samplesReader.chunks(query);
  }

  count({ patterns, facet, from, to, clock }: SeriesSelection): number {
    const chosen = this.reader.select(patterns, facet);
    return chosen.reduce((sum, series) => sum + this.reader.count(series, from, to, clock), 0);
  }

  lastValues(patterns: readonly string[], facet: Facet | "*", at: number, maxAgeMs: number): LastValue[] {
    const values: LastValue[] = [];
    for (const series of this.reader.select(patterns, facet)) {
      const moment = this.moments.at(series, at, at - maxAgeMs);
      if (moment === null) continue;
      const value = moment.column.value[moment.at] as number;
      if (!Number.isFinite(value)) continue;
      const time = moment.column.time[moment.at] as number;
      values.push({ series: series.info, time, value, quality: qualities[moment.quality] as Quality });
    }
    return values;
  }

  twinAt(at: number, clock: HistoryClock): string {
    return JSON.stringify(this.graphs.at(at, clock).twin);
  }

  /** The messages that bring a viewer of the past to server ms `at`; each viewer has a name of its own. */
  moment(viewer: string, at: number): string[] {
    let cursor = this.cursors.get(viewer);
    if (cursor === undefined) {
      cursor = new PastCursor(this.graphs);
      this.cursors.set(viewer, cursor);
    }
    return cursor.moment(at);
  }

  forgetViewer(viewer: string): void {
    this.cursors.delete(viewer);
  }

  events({ from, to, kind, limit }: EventsQuery): HistoryEvent[] {
    this.store.commit();
    // In pages: a statement that is not read to its end would keep the database from being checkpointed.
    const page = this.store.db
      .prepare(
        `SELECT id, time, severity, kind, robot, message, data FROM event
         WHERE time >= ? AND (time < ? OR (time = ? AND id < ?)) ORDER BY time DESC, id DESC LIMIT ${eventPage}`,
      )
      .raw(true);
    const found: HistoryEvent[] = [];
    const most = Math.min(limit, maxEvents);
    let [before, beforeId] = [to, Number.NEGATIVE_INFINITY];
    for (let looked = 0; looked < maxEventRows; looked += eventPage) {
      const rows = page.all(from, before, before, beforeId) as EventRow[];
      for (const [id, time, severity, name, robot, message, data] of rows) {
        [before, beforeId] = [time, id];
        if (!matchesGlob(kind, name)) continue;
        const event: HistoryEvent = { time, severity, kind: name, message };
        if (robot !== null) event.robot = robot;
        if (data !== null) event.data = JSON.parse(data) as Record<string, unknown>;
        found.push(event);
        if (found.length >= most) return found.reverse();
      }
      if (rows.length < eventPage) break;
    }
    return found.reverse();
  }

  /** Times between `from` and `to` in which the program did not run. */
  gaps(from: number, to: number): { from: number; to: number }[] {
    this.store.commit();
    const runs = this.store.db
      .prepare("SELECT id, begin, end FROM run WHERE begin < ? ORDER BY begin, id")
      .raw(true)
      .all(to) as [number, number, number][];
    const gaps: { from: number; to: number }[] = [];
    let end = Number.NEGATIVE_INFINITY;
    for (const [id, begin, runEnd] of runs) {
      if (begin > end + 2000 && end > Number.NEGATIVE_INFINITY && begin > from && end < to) {
        gaps.push({ from: Math.max(from, end), to: Math.min(to, begin) });
      }
      end = Math.max(end, id === this.store.records.run ? Number.POSITIVE_INFINITY : runEnd);
    }
    if (end < to && end > Number.NEGATIVE_INFINITY) gaps.push({ from: Math.max(from, end), to });
    return gaps;
  }

  description(hash: string): string | null {
    this.store.commit();
    const row = this.store.db.prepare("SELECT text FROM description WHERE hash = ?").raw(true).get(hash);
    return (row as [string] | undefined)?.[0] ?? null;
  }
}
