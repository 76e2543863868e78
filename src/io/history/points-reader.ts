import { BucketSeries, bucketCount } from "../../history/bucket-series.ts";
import { HistoryFault, type PointSeries, type PointsQuery } from "../../history/history-query.ts";
import { RollUpChunk, rollUpSteps } from "../../history/roll-up.ts";
import { eachStanding, type SampleColumn } from "../../history/sample-column.ts";
import type { BlockWriter } from "./block-writer.ts";
import { Breather } from "./breather.ts";
import type { SeriesReader } from "./series-reader.ts";
import type { Statement } from "./sqlite.ts";
import type { HistoryStore } from "./store.ts";
import type { StoredSeries } from "./stored-series.ts";

const [second, minute] = rollUpSteps;
/** From this step on points are made of minutes, and the step is whole minutes. ms */
const minutesFrom = 10 * minute;
/** Up to this span a step that is no whole second is computed from samples. ms */
const exactSpan = 15 * minute;
const maxBuckets = 2_000_000;
export const maxSeries = 2000;

/** Answers queries for points: from roll-ups where the step allows it, else from samples. */
export class PointsReader {
  private readonly rolls: Statement;
  private readonly blocks: BlockWriter;

  constructor(
    store: HistoryStore,
    private readonly reader: SeriesReader,
  ) {
    this.blocks = store.blocks;
    this.rolls = store.db
      .prepare("SELECT t0, data FROM roll WHERE series = ? AND step = ? AND t0 >= ? AND t0 < ? ORDER BY t0")
      .raw(true);
  }

  /** Rejects with a `HistoryFault` where the query asks for too much. */
  async points(query: PointsQuery): Promise<PointSeries[]> {
    const chosen = this.reader.select(query.patterns, query.facet);
    const { from, to } = query;
    const step = stepOf(query);
    if (chosen.length > maxSeries) {
      throw new HistoryFault(413, `${chosen.length} series match; ask for at most ${maxSeries}`);
    }
    if (bucketCount(from, to, step) * chosen.length > maxBuckets) {
      throw new HistoryFault(413, "too many points: choose a larger step, fewer series or a shorter time");
    }
    const answer: PointSeries[] = [];
    const breather = new Breather();
    for (const series of chosen) {
      const buckets = new BucketSeries(from, to, step);
      if (query.clock === "stamp" || step % second !== 0) {
        await this.fromSamples(series, query, buckets, breather);
      } else await this.fromRollUps(series, from, to, step, buckets, breather);
      const points = buckets.points(series.info);
      if (points.time.length > 0) answer.push(points);
    }
    return answer;
  }

  private async fromSamples(
    series: StoredSeries,
    { from, to, clock }: PointsQuery,
    buckets: BucketSeries,
    breather: Breather,
  ): Promise<void> {
    for (const { column, count } of this.reader.pieces(series, from, to, clock)) {
      addSamples(buckets, column, count, clock === "stamp");
      await breather.pause();
    }
  }

  private async fromRollUps(
    series: StoredSeries,
    from: number,
    to: number,
    step: number,
    buckets: BucketSeries,
    breather: Breather,
  ): Promise<void> {
    // What is in memory belongs to no roll-up yet; both are read in one go, so that nothing is in both or in none.
    for (const { column } of series.full) addSamples(buckets, column, column.count, false);
    addSamples(buckets, series.open, series.open.count, false);
    const current = this.blocks.currentChunk(series);
    const first = Math.floor(from / step) * step;
    const end = Math.ceil(to / step) * step;
    if (current !== null) addChunk(buckets, current);
    const byMinutes = step % minute === 0;
    const border = byMinutes ? (current?.begin ?? 0) : first;
    const chunks = [
      ...(byMinutes ? this.list(series, minute, first, Math.min(end, border)) : []),
      ...this.list(series, second, Math.max(first, border), end),
    ];
    for (const { begin, of, data } of chunks) {
      if (of === second && begin === current?.begin) continue;
      const chunk = new RollUpChunk(begin, of);
      chunk.decode(data);
      // Minutes of the time that is read as seconds would count twice.
      addChunk(buckets, chunk, of === minute ? border : Number.POSITIVE_INFINITY);
      await breather.pause();
    }
  }

  private list(
    { info }: StoredSeries,
    step: number,
    from: number,
    to: number,
  ): { begin: number; of: number; data: Uint8Array }[] {
    const rows = this.rolls.all(info.id, step, RollUpChunk.beginOf(from, step), to) as [number, Uint8Array][];
    return rows.map(([begin, data]) => ({ begin, of: step, data }));
  }
}

/** The step of a query, rounded up to what is stored. */
export function stepOf(query: PointsQuery): number {
  const span = query.to - query.from;
  const asked = "step" in query ? query.step : span / query.points;
  if (!(asked > 0) || !(span > 0)) {
    throw new HistoryFault(400, "from must be before to, and step or points above 0");
  }
  if (asked < second || (query.clock === "stamp" && "step" in query)) return asked;
  if ("step" in query && span <= exactSpan) return asked;
  const unit = asked >= minutesFrom ? minute : second;
  return Math.ceil(asked / unit - 1e-9) * unit;
}

function addChunk(buckets: BucketSeries, chunk: RollUpChunk, before = Number.POSITIVE_INFINITY): void {
  const { begin, step, count } = chunk;
  for (let i = 0; i < count.length; i++) {
    const n = count[i] as number;
    const time = begin + i * step;
    if (n === 0 || time >= before) continue;
    buckets.add(
      time,
      chunk.lastTime[i] as number,
      chunk.min[i] as number,
      chunk.max[i] as number,
      chunk.sum[i] as number,
      chunk.last[i] as number,
      n,
      chunk.quality[i] as number,
    );
  }
}

function addSamples(buckets: BucketSeries, column: SampleColumn, count: number, byStamp: boolean): void {
  eachStanding(column, (at, { code }) => {
    // Measurements of now; by the sender's time also those of the past.
    const kind = (code >> 2) & 7;
    if (at >= count || (kind > 1 && !(byStamp && kind === 3))) return;
    const time = byStamp
      ? (column.stampSec[at] as number) * 1000 + (column.stampNanosec[at] as number) / 1e6
      : (column.time[at] as number);
    buckets.sample(time, column.value[at] as number, code & 3);
  });
}
