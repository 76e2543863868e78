import { globOf } from "../../src/core/glob.ts";
import type { Facet } from "../../src/core/quality.ts";
import type {
  EventsQuery,
  History,
  HistoryEvent,
  HistoryStatus,
  PointSeries,
  PointsQuery,
  SampleChunk,
  SeriesInfo,
  SeriesSelection,
} from "../../src/history/history-query.ts";

type Row = { info: SeriesInfo; time: number[]; value: number[]; kind: number[] };

/** A history in memory: what a query gets is written down by the test. */
export class MemoryHistory implements History {
  private readonly rows: Row[] = [];
  readonly happened: HistoryEvent[] = [];
  /** The calls that were made, by name. */
  readonly calls: string[] = [];

  /** Adds a series of samples, `[ms, value]` each; NaN clears the facet. */
  add(
    thing: string,
    path: string,
    samples: readonly (readonly [number, number])[],
    { facet = "reported", unit = "" }: { facet?: Facet; unit?: string } = {},
  ): this {
    const time = samples.map(([at]) => at);
    const info: SeriesInfo = {
      id: this.rows.length + 1,
      name: `${thing}/${path}`,
      thing,
      path: path.split(".")[0] as string,
      facet,
      kind: "number",
      valueKind: "number",
      component: 0,
      unit,
      first: time[0] ?? Number.NaN,
      last: time[time.length - 1] ?? Number.NaN,
    };
    const value = samples.map(([, x]) => x);
    this.rows.push({ info, time, value, kind: value.map((x) => (Number.isNaN(x) ? 7 : 0)) });
    return this;
  }

  status(): HistoryStatus {
    const times = this.rows.flatMap(({ time }) => time);
    return {
      state: "recording",
      reason: "",
      remedy: "",
      directory: "",
      from: Math.min(...times),
      to: Math.max(...times),
      bytes: 0,
      series: this.rows.length,
      stored: times.length,
      dropped: 0,
    };
  }

  async series(patterns: readonly string[], facet: Facet | "*"): Promise<SeriesInfo[]> {
    this.calls.push("series");
    return this.select(patterns, facet).map(({ info }) => info);
  }

  async points(query: PointsQuery): Promise<PointSeries[]> {
    this.calls.push("points");
    const step = "step" in query ? query.step : Math.ceil((query.to - query.from) / query.points);
    return this.select(query.patterns, query.facet).map(({ info, time, value }) => {
      const buckets = new Map<number, number[]>();
      for (const [i, at] of time.entries()) {
        if (at < query.from || at >= query.to || Number.isNaN(value[i])) continue;
        const begin = Math.floor(at / step) * step;
        const bucket = buckets.get(begin);
        if (bucket === undefined) buckets.set(begin, [value[i] as number]);
        else bucket.push(value[i] as number);
      }
      const all = [...buckets.values()];
      const of = (pick: (values: number[]) => number) => Float64Array.from(all, pick);
      return {
        series: info,
        step,
        time: Float64Array.from(buckets.keys()),
        min: of((values) => Math.min(...values)),
        max: of((values) => Math.max(...values)),
        mean: of((values) => values.reduce((a, b) => a + b, 0) / values.length),
        last: of((values) => values[values.length - 1] as number),
        count: Uint32Array.from(all, (values) => values.length),
        quality: new Uint8Array(all.length),
      };
    });
  }

  async *samples({ patterns, facet, from, to }: SeriesSelection): AsyncGenerator<SampleChunk> {
    this.calls.push("samples");
    for (const { info, time, value, kind } of this.select(patterns, facet)) {
      const chosen = [...time.keys()].filter((i) => (time[i] as number) >= from && (time[i] as number) < to);
      const n = chosen.length;
      yield {
        series: info,
        time: Float64Array.from(chosen, (i) => time[i] as number),
        stampSec: new Float64Array(n).fill(Number.NaN),
        stampNanosec: new Uint32Array(n),
        value: Float64Array.from(chosen, (i) => value[i] as number),
        other: [],
        quality: new Uint8Array(n),
        kind: Uint8Array.from(chosen, (i) => kind[i] as number),
        reason: new Uint32Array(n),
        source: new Uint32Array(n),
        words: [""],
      };
    }
  }

  async count({ patterns, facet, from, to }: SeriesSelection): Promise<number> {
    let count = 0;
    for (const { time } of this.select(patterns, facet)) {
      for (const at of time) if (at >= from && at < to) count++;
    }
    return count;
  }

  async lastValues(patterns: readonly string[], facet: Facet | "*", at: number, maxAgeMs: number) {
    this.calls.push("lastValues");
    return this.select(patterns, facet).flatMap(({ info, time, value }) => {
      const i = time.findLastIndex((one) => one <= at);
      if (i < 0 || (time[i] as number) < at - maxAgeMs || Number.isNaN(value[i])) return [];
      return [{ series: info, time: time[i] as number, value: value[i] as number, quality: "good" as const }];
    });
  }

  async twinAt(): Promise<string> {
    return "{}";
  }

  async events({ from, to, kind, limit }: EventsQuery): Promise<HistoryEvent[]> {
    const matches = globOf(kind);
    return this.happened
      .filter((one) => one.time >= from && one.time < to && matches.test(one.kind))
      .slice(-limit);
  }

  async gaps(): Promise<{ from: number; to: number }[]> {
    return [];
  }

  async description(): Promise<string | null> {
    return null;
  }

  private select(patterns: readonly string[], facet: Facet | "*"): Row[] {
    return this.rows
      .filter(({ info }) => facet === "*" || info.facet === facet)
      .filter(({ info }) =>
        patterns.some((one) => globOf(one).test(info.name) || globOf(one).test(`${info.thing}/${info.path}`)),
      )
      .sort((a, b) => (a.info.name < b.info.name ? -1 : 1));
  }
}
