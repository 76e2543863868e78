import type { Evaluator } from "./evaluator.ts";
import type { Expression } from "./expression.ts";
import { type Grid, movedTimes, subqueryGrid } from "./grid.ts";
import { withoutMetric } from "./labels.ts";
import { type RangeFunction, rangeFunctions } from "./range-functions.ts";
import { plainSamples, type Samples } from "./samples.ts";
import { joinedSeries, type Scalar, sameLabels, type Vector, type VectorSeries } from "./value.ts";

/** Samples that are looked at before the caller may pause. */
const samplesPerTurn = 2000;

/** Samples of each series and what ends each window, in ms. */
type Ranges = { all: readonly Samples[]; times: Float64Array; rangeMs: number };

/** A function over a time, as `rate`, at each time of the grid. A window is open at its begin, as in Prometheus 3. */
export function* overRanges(
  evaluation: Evaluator,
  name: string,
  range: Expression,
  parameter: Scalar | null,
  grid: Grid,
): Generator<void, Vector> {
  const { all, times, rangeMs } = yield* rangesOf(evaluation, range, grid);
  const apply = rangeFunctions.get(name) as RangeFunction;
  const keepsMetric = name === "last_over_time" || name === "first_over_time";
  const series: VectorSeries[] = [];
  let looked = 0;
  for (const samples of all) {
    yield;
    const labels = keepsMetric ? samples.labels : withoutMetric(samples.labels);
    const result = evaluation.budget.series(labels, times.length);
    const { time } = samples;
    let [from, to] = [0, 0];
    for (let i = 0; i < times.length; i++) {
      const end = times[i] as number;
      const begin = end - rangeMs;
      while (to < time.length && (time[to] as number) <= end) to++;
      while (from < to && (time[from] as number) <= begin) from++;
      if (from === to) continue;
      const value = apply({ samples, from, to, begin, end }, parameter?.values[i] ?? 0);
      looked += to - from;
      if (looked > samplesPerTurn) {
        looked = 0;
        yield;
      }
      if (value === null) continue;
      result.present[i] = 1;
      result.values[i] = value;
    }
    series.push(result);
  }
  return { type: "vector", series: yield* joinedSeries(series, sameLabels) };
}

function* rangesOf(evaluation: Evaluator, range: Expression, grid: Grid): Generator<void, Ranges> {
  if (range.kind === "range") {
    const { selector, rangeMs } = range;
    return { all: evaluation.loaded.get(selector) ?? [], times: movedTimes(grid, selector), rangeMs };
  }
  if (range.kind !== "subquery") throw new Error(`a ${range.kind} where a range must be`);
  const inner = subqueryGrid(grid, range);
  const vector = yield* evaluation.vector(range.inner, inner);
  const all = vector.series.map(({ labels, values, present }) => {
    const places = [...present.keys()].filter((i) => present[i] === 1);
    const pick = (from: Float64Array): Float64Array => Float64Array.from(places, (i) => from[i] as number);
    return plainSamples(labels, pick(inner.times), pick(values));
  });
  return { all, times: movedTimes(grid, range), rangeMs: range.rangeMs };
}
