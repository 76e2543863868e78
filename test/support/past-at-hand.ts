import { matchesGlob } from "../../src/core/glob.ts";
import type { Facet, Quality } from "../../src/core/quality.ts";
import type { HistoryBodies } from "../../src/history/history-body.ts";
import {
  type EventsQuery,
  type History,
  type HistoryEvent,
  HistoryFault,
  type HistoryStatus,
  type PastMoments,
  type PointSeries,
  type SampleChunk,
  type SeriesInfo,
  type SeriesSelection,
} from "../../src/history/history-query.ts";
import type { ThingJson } from "../../src/protocol/state-messages.ts";

type Numbers = { series: SeriesInfo; times: number[]; values: number[] };

/**
 * A history in memory, written straight from what a query is: joints that move by a function of time, sampled every
 * `everyMs` ms from `from` to `to`.
 */
export class PastAtHand implements History, HistoryBodies, PastMoments {
  readonly asked: SeriesSelection[] = [];
  /** URDF by hash. */
  readonly descriptions = new Map<string, string>();
  readonly happened: HistoryEvent[] = [];
  private readonly all: Numbers[] = [];

  constructor(
    readonly from: number,
    readonly to: number,
    readonly everyMs: number,
    joints: Readonly<Record<string, (time: number) => number>>,
    private readonly definition: Record<string, unknown> = {},
  ) {
    for (const [joint, positionAt] of Object.entries(joints)) {
      const path = `joint/${joint}/position`;
      const series: SeriesInfo = {
        id: this.all.length + 1,
        name: `robot/${path}`,
        thing: "robot",
        path,
        facet: "reported",
        kind: "number",
        valueKind: "number",
        component: 0,
        unit: "rad",
        first: from,
        last: to,
      };
      const times: number[] = [];
      for (let time = from; time <= to; time += everyMs) times.push(time);
      this.all.push({ series, times, values: times.map(positionAt) });
    }
  }

  status(): HistoryStatus {
    const { from, to } = this;
    const stored = this.all.reduce((sum, { times }) => sum + times.length, 0);
    const series = this.all.length;
    return {
      state: "recording",
      reason: "",
      remedy: "",
      directory: "",
      from,
      to,
      bytes: 0,
      series,
      stored,
      dropped: 0,
    };
  }

  async series(patterns: readonly string[], facet: Facet | "*"): Promise<SeriesInfo[]> {
    return this.all
      .map(({ series }) => series)
      .filter((series) => facet === "*" || facet === series.facet)
      .filter(({ name }) => patterns.some((pattern) => matchesGlob(pattern, name)));
  }

  async points(): Promise<PointSeries[]> {
    throw new HistoryFault(400, "no points are kept here");
  }

  async lastValues(): Promise<{ series: SeriesInfo; time: number; value: number; quality: Quality }[]> {
    throw new HistoryFault(400, "no last values are kept here");
  }

  async count(query: SeriesSelection): Promise<number> {
    let count = 0;
    for await (const { time } of this.samples(query)) count += time.length;
    return count;
  }

  async gaps(): Promise<{ from: number; to: number }[]> {
    return [];
  }

  async description(hash: string): Promise<string | null> {
    return this.descriptions.get(hash) ?? null;
  }

  async moment(): Promise<string[]> {
    throw new HistoryFault(400, "there are no viewers here");
  }

  forgetViewer(): void {}

  async *samples(query: SeriesSelection): AsyncGenerator<SampleChunk> {
    this.asked.push(query);
    for (const { series, times, values } of this.all) {
      const kept = times.flatMap((time, i) => (time >= query.from && time < query.to ? [i] : []));
      if (kept.length === 0) continue;
      yield {
        series,
        time: Float64Array.from(kept, (i) => times[i] as number),
        stampSec: Float64Array.from(kept, () => Number.NaN),
        stampNanosec: Uint32Array.from(kept, () => 0),
        value: Float64Array.from(kept, (i) => values[i] as number),
        other: [],
        quality: Uint8Array.from(kept, () => 0),
        kind: Uint8Array.from(kept, () => 0),
        reason: Uint32Array.from(kept, () => 0),
        source: Uint32Array.from(kept, () => 1),
        words: ["", "ros:/joint_states"],
      };
    }
  }

  async twinAt(at: number): Promise<string> {
    const properties: ThingJson["properties"] = {};
    for (const { series, times, values } of this.all) {
      const i = times.findLastIndex((time) => time <= at);
      if (i < 0) continue;
      const value = values[i] as number;
      const received = times[i] as number;
      properties[series.path] = {
        unit: "rad",
        reported: { value, received, quality: "good", source: "ros:/joint_states" },
      };
    }
    const robot: ThingJson = { type: "robot", definition: this.definition, relationships: [], properties };
    return JSON.stringify({ revision: 1, time: at, things: { robot } });
  }

  async events({ from, to }: EventsQuery): Promise<HistoryEvent[]> {
    return this.happened.filter(({ time }) => time >= from && time < to);
  }

  /** No page of a test asks for one. */
  body(): AsyncIterable<Uint8Array> {
    throw new Error("there is no body");
  }
}
