import { qualities } from "../core/quality.ts";
import type { PointSeries, SampleChunk, SeriesInfo } from "./history-query.ts";

/*
 * Answers of `GET /api/history` as JSON, in pieces: a series of a day must not stand in memory as one text. JSON has no NaN
 * and no infinity: such a value is null.
 */

/** Kinds of samples that people mean by "the samples": what was measured, late or of the past included. */
const shown = [true, true, false, true, false, false, false, false];

export function* pointsText(all: readonly PointSeries[], aggregate: string | null): Generator<string> {
  yield '{"series":[';
  for (const [i, points] of all.entries()) {
    const { series, step, time, min, max, mean, last, count, quality } = points;
    const wants = (name: string): boolean =>
      aggregate === null ||
      aggregate === name ||
      (aggregate === "minmax" && (name === "min" || name === "max"));
    const columns: Record<string, unknown> = {
      ...headOf(series),
      step,
      time: [...time],
      ...(wants("min") ? { min: [...min] } : {}),
      ...(wants("max") ? { max: [...max] } : {}),
      ...(wants("mean") ? { mean: [...mean] } : {}),
      ...(wants("last") ? { last: [...last] } : {}),
      count: [...count],
      quality: Array.from(quality, (code) => qualities[code]),
    };
    yield `${i === 0 ? "" : ","}${JSON.stringify(columns)}`;
  }
  yield "]}";
}

/** Chunks of one series follow one another; each column of it is written on its own. */
export async function* samplesText(chunks: AsyncIterable<SampleChunk>): AsyncGenerator<string> {
  let columns: Columns | null = null;
  let isFirst = true;
  yield '{"series":[';
  for await (const chunk of chunks) {
    if (columns !== null && columns.series !== chunk.series.id) {
      yield columns.text(isFirst);
      isFirst = false;
      columns = null;
    }
    columns ??= new Columns(chunk.series);
    columns.add(chunk);
  }
  if (columns !== null) yield columns.text(isFirst);
  yield "]}";
}

/** The columns of one series as pieces of JSON. */
class Columns {
  readonly series: number;
  private readonly parts = {
    time: [] as string[],
    stamp: [] as string[],
    value: [] as string[],
    quality: [] as string[],
    source: [] as string[],
  };

  constructor(private readonly info: SeriesInfo) {
    this.series = info.id;
  }

  add(chunk: SampleChunk): void {
    const { parts } = this;
    const isNumber = this.info.kind === "number";
    const times: string[] = [];
    const stamps: string[] = [];
    const values: string[] = [];
    const standing: string[] = [];
    const sources: string[] = [];
    for (let i = 0; i < chunk.time.length; i++) {
      if (shown[chunk.kind[i] as number] !== true) continue;
      times.push(String(chunk.time[i]));
      const sec = chunk.stampSec[i] as number;
      stamps.push(Number.isNaN(sec) ? "null" : `{"sec":${sec},"nanosec":${chunk.stampNanosec[i]}}`);
      values.push(JSON.stringify(isNumber ? (chunk.value[i] as number) : chunk.other[i]) ?? "null");
      standing.push(`"${qualities[chunk.quality[i] as number]}"`);
      sources.push(JSON.stringify(chunk.words[chunk.source[i] as number] ?? ""));
    }
    if (times.length === 0) return;
    parts.time.push(times.join(","));
    parts.stamp.push(stamps.join(","));
    parts.value.push(values.join(","));
    parts.quality.push(standing.join(","));
    parts.source.push(sources.join(","));
  }

  text(isFirst: boolean): string {
    const head = JSON.stringify(headOf(this.info)).slice(0, -1);
    const columns = Object.entries(this.parts).map(([name, list]) => `"${name}":[${list.join(",")}]`);
    return `${isFirst ? "" : ","}${head},${columns.join(",")}}`;
  }
}

function headOf({ name, facet, unit }: SeriesInfo): { name: string; facet: string; unit: string } {
  return { name, facet, unit };
}
