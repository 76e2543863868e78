import type { Labels } from "./labels.ts";
import { labelsKey } from "./labels.ts";
import type { Samples } from "./samples.ts";
import type { Value, VectorSeries } from "./value.ts";

/** Values of a series that are written at once. */
const valuesPerPiece = 200;

/** The answer of an instant query at `time` (ms), as pieces of JSON text; an empty one is a place to pause. */
export function* instantAnswer(value: Value, time: number): Generator<string> {
  switch (value.type) {
    case "string":
      return yield* answer("string", `[${seconds(time)},${JSON.stringify(value.value)}]`);
    case "scalar":
      return yield* answer("scalar", pair(time, value.values[0] as number));
    case "vector": {
      yield begin("vector");
      yield "[";
      let comma = "";
      for (const { labels, values, present } of value.series) {
        if (present[0] === 0) continue;
        yield `${comma}{"metric":${metricText(labels)},"value":${pair(time, values[0] as number)}}`;
        comma = ",";
      }
      yield "]}}";
    }
  }
}

/** The answer of a range query over `times` (ms). A scalar is a series without labels. */
export function* rangeAnswer(value: Value, times: Float64Array): Generator<string> {
  if (value.type === "string") throw new Error("a range query gives no string");
  const all: readonly VectorSeries[] =
    value.type === "vector"
      ? value.series
      : [{ labels: new Map(), values: value.values, present: new Uint8Array(times.length).fill(1) }];
  yield* matrix(all.map(({ labels, values, present }) => ({ labels, time: times, values, present })));
}

/** The answer of an instant query for a range of samples, as `metric[5m]`. `begin` is not included. */
export function* samplesAnswer(all: readonly Samples[], begin: number, end: number): Generator<string> {
  yield* matrix(
    all.map(({ labels, time, value }) => ({
      labels,
      time,
      values: value,
      present: Uint8Array.from(time, (at) => Number(at > begin && at <= end)),
    })),
  );
}

type Row = { labels: Labels; time: Float64Array; values: Float64Array; present: Uint8Array };

function* matrix(rows: Row[]): Generator<string> {
  yield begin("matrix");
  yield "[";
  for (const { labels } of rows) {
    labelsKey(labels);
    yield "";
  }
  rows.sort((a, b) => (labelsKey(a.labels) < labelsKey(b.labels) ? -1 : 1));
  let comma = "";
  for (const { labels, time, values, present } of rows) {
    if (!present.includes(1)) continue;
    yield `${comma}{"metric":${metricText(labels)},"values":[`;
    comma = ",";
    let text = "";
    let count = 0;
    for (let i = 0; i < time.length; i++) {
      if (present[i] === 0) continue;
      text += `${count === 0 ? "" : ","}${pair(time[i] as number, values[i] as number)}`;
      if (++count % valuesPerPiece === 0) {
        yield text;
        text = "";
      }
    }
    yield `${text}]}`;
  }
  yield "]}}";
}

function* answer(type: string, result: string): Generator<string> {
  yield `${begin(type)}${result}}}`;
}

function begin(type: string): string {
  return `{"status":"success","data":{"resultType":"${type}","result":`;
}

function metricText(labels: Labels): string {
  return JSON.stringify(Object.fromEntries([...labels].sort(([a], [b]) => (a < b ? -1 : 1))));
}

function pair(time: number, value: number): string {
  return `[${seconds(time)},"${valueText(value)}"]`;
}

function seconds(time: number): string {
  return String(Math.round(time) / 1000);
}

/** As Prometheus writes numbers. */
export function valueText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  return Object.is(value, -0) ? "-0" : String(value);
}
