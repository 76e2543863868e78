import type { Quality } from "../../../src/core/quality.ts";
import { qualities } from "../../../src/core/quality.ts";
import type { PointSeries, SampleChunk, SampleKind, SeriesInfo } from "../../../src/history/history-query.ts";
import { sampleKinds } from "../../../src/history/history-query.ts";

/** One series; what is not given is a joint's position. */
export function seriesOf(name: string, given: Partial<SeriesInfo> = {}): SeriesInfo {
  const [thing = "", ...path] = name.split("/");
  return {
    id: 1,
    name,
    thing,
    path: path.join("/"),
    facet: "reported",
    kind: "number",
    valueKind: "number",
    component: 0,
    unit: "rad",
    first: 0,
    last: 0,
    ...given,
  };
}

/** One raw sample of a chunk. */
export type SampleRow = {
  time: number;
  stamp?: { sec: number; nanosec: number };
  value: unknown;
  quality?: Quality;
  kind?: SampleKind;
  reason?: string;
  source?: string;
};

/** Samples as the store hands them out. */
export function chunkOf(series: SeriesInfo, rows: readonly SampleRow[]): SampleChunk {
  const words: string[] = [];
  const wordOf = (word: string): number => {
    if (!words.includes(word)) words.push(word);
    return words.indexOf(word);
  };
  const isNumber = series.kind === "number";
  return {
    series,
    time: Float64Array.from(rows, (row) => row.time),
    stampSec: Float64Array.from(rows, (row) => row.stamp?.sec ?? Number.NaN),
    stampNanosec: Uint32Array.from(rows, (row) => row.stamp?.nanosec ?? 0),
    value: Float64Array.from(rows, (row) => (isNumber ? (row.value as number) : Number.NaN)),
    other: isNumber ? [] : rows.map((row) => row.value),
    quality: Uint8Array.from(rows, (row) => qualities.indexOf(row.quality ?? "good")),
    kind: Uint8Array.from(rows, (row) => sampleKinds.indexOf(row.kind ?? "taken")),
    reason: Uint32Array.from(rows, (row) => wordOf(row.reason ?? "")),
    source: Uint32Array.from(rows, (row) => wordOf(row.source ?? "ros:/joint_states")),
    words,
  };
}

/** Points of one series, one bucket for each value. */
export function pointsOf(series: SeriesInfo, step: number, values: readonly number[]): PointSeries {
  return {
    series,
    step,
    time: Float64Array.from(values, (_, i) => i * step),
    min: Float64Array.from(values, (value) => value - 1),
    max: Float64Array.from(values, (value) => value + 1),
    mean: Float64Array.from(values),
    last: Float64Array.from(values),
    count: Uint32Array.from(values, (_, i) => i + 1),
    quality: Uint8Array.from(values, () => 0),
  };
}

export async function* streamOf<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
