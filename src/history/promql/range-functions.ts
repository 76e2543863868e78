import { quantileOf } from "./quantile.ts";
import type { Samples } from "./samples.ts";

/** The samples `from` … `to` (not included) of a series in the time `begin` … `end`, ms; at least one. */
export type Window = { samples: Samples; from: number; to: number; begin: number; end: number };

/** Null: no value. `parameter` is the scalar that some functions take. */
export type RangeFunction = (window: Window, parameter: number) => number | null;

const at = (values: Float64Array, i: number): number => values[i] as number;

export const rangeFunctions: ReadonlyMap<string, RangeFunction> = new Map<string, RangeFunction>([
  ["rate", (w) => extrapolated(w, true, true)],
  ["increase", (w) => extrapolated(w, true, false)],
  ["delta", (w) => extrapolated(w, false, false)],
  ["irate", (w) => lastTwo(w, true)],
  ["idelta", (w) => lastTwo(w, false)],
  ["deriv", (w) => (w.to - w.from < 2 ? null : regression(w, at(w.samples.time, w.from)).slope)],
  [
    "predict_linear",
    (w, seconds) => {
      if (w.to - w.from < 2) return null;
      const { slope, intercept } = regression(w, w.end);
      return slope * seconds + intercept;
    },
  ],
  ["changes", (w) => countPairs(w, (a, b) => a !== b && !(Number.isNaN(a) && Number.isNaN(b)))],
  ["resets", (w) => countPairs(w, (a, b) => b < a)],
  ["sum_over_time", (w) => sumOf(w.samples.sum, w)],
  ["count_over_time", (w) => countOf(w)],
  ["avg_over_time", (w) => sumOf(w.samples.sum, w) / countOf(w)],
  ["min_over_time", (w) => extreme(w.samples.min, w, (a, b) => a < b)],
  ["max_over_time", (w) => extreme(w.samples.max, w, (a, b) => a > b)],
  ["last_over_time", (w) => at(w.samples.value, w.to - 1)],
  ["first_over_time", (w) => at(w.samples.value, w.from)],
  ["present_over_time", () => 1],
  ["stddev_over_time", (w) => Math.sqrt(variance(w))],
  ["stdvar_over_time", variance],
  ["quantile_over_time", (w, q) => quantileOf(w.samples.value.subarray(w.from, w.to), q)],
]);

/** `extrapolatedRate` of Prometheus 3 (promql/functions.go). */
function extrapolated(
  { samples, from, to, begin, end }: Window,
  isCounter: boolean,
  isRate: boolean,
): number | null {
  const { time, value } = samples;
  const last = to - 1;
  if (last <= from) return null;
  const first = at(value, from);
  let result = at(value, last) - first;
  if (isCounter) {
    for (let i = from + 1; i <= last; i++) if (at(value, i) < at(value, i - 1)) result += at(value, i - 1);
  }
  const sampled = (at(time, last) - at(time, from)) / 1000;
  const average = sampled / (last - from);
  const threshold = average * 1.1;
  let toStart = (at(time, from) - begin) / 1000;
  let toEnd = (end - at(time, last)) / 1000;
  if (toStart >= threshold) toStart = average / 2;
  // A counter was not below zero before its first sample.
  if (isCounter && result > 0 && first >= 0) toStart = Math.min(toStart, sampled * (first / result));
  if (toEnd >= threshold) toEnd = average / 2;
  const factor = (sampled + toStart + toEnd) / sampled;
  return (result * factor) / (isRate ? (end - begin) / 1000 : 1);
}

function lastTwo({ samples, from, to }: Window, isRate: boolean): number | null {
  if (to - from < 2) return null;
  const [a, b] = [at(samples.value, to - 2), at(samples.value, to - 1)];
  const difference = isRate && b < a ? b : b - a;
  if (!isRate) return difference;
  const seconds = (at(samples.time, to - 1) - at(samples.time, to - 2)) / 1000;
  return seconds === 0 ? null : difference / seconds;
}

/** Least squares over seconds since `zero`. */
function regression({ samples, from, to }: Window, zero: number): { slope: number; intercept: number } {
  const n = to - from;
  const { time, value } = samples;
  const first = at(value, from);
  let isConstant = true;
  let [x, y] = [0, 0];
  for (let i = from; i < to; i++) {
    x += (at(time, i) - zero) / 1000;
    y += at(value, i);
    if (at(value, i) !== first) isConstant = false;
  }
  if (isConstant)
    return Number.isFinite(first)
      ? { slope: 0, intercept: first }
      : { slope: Number.NaN, intercept: Number.NaN };
  const [meanX, meanY] = [x / n, y / n];
  let [xy, xx] = [0, 0];
  for (let i = from; i < to; i++) {
    const dx = (at(time, i) - zero) / 1000 - meanX;
    xy += dx * (at(value, i) - meanY);
    xx += dx * dx;
  }
  const slope = xy / xx;
  return { slope, intercept: meanY - slope * meanX };
}

function countPairs({ samples, from, to }: Window, isOne: (a: number, b: number) => boolean): number {
  let count = 0;
  for (let i = from + 1; i < to; i++) if (isOne(at(samples.value, i - 1), at(samples.value, i))) count++;
  return count;
}

function sumOf(values: Float64Array, { from, to }: Window): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += at(values, i);
  return sum;
}

function countOf(window: Window): number {
  const { count } = window.samples;
  return count === null ? window.to - window.from : sumOf(count, window);
}

/** NaN counts only where there is nothing else. */
function extreme(
  values: Float64Array,
  { from, to }: Window,
  isBetter: (a: number, b: number) => boolean,
): number {
  let best = at(values, from);
  for (let i = from + 1; i < to; i++) {
    const value = at(values, i);
    if (Number.isNaN(best) || isBetter(value, best)) best = value;
  }
  return best;
}

/** Welford's. */
function variance({ samples, from, to }: Window): number {
  let [mean, squares] = [0, 0];
  for (let i = from; i < to; i++) {
    const value = at(samples.value, i);
    const delta = value - mean;
    mean += delta / (i - from + 1);
    squares += delta * (value - mean);
  }
  return squares / (to - from);
}
