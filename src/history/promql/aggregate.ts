import type { Aggregate } from "./expression.ts";
import { type Labels, labelsKey, metricLabel, only, without } from "./labels.ts";
import { quantileOf } from "./quantile.ts";
import { type Budget, type Scalar, stepsPerTurn, type Vector, type VectorSeries } from "./value.ts";

/** Aggregates a vector. A generator, which gives way after each group of series. */
export function* aggregate(
  { op, grouping }: Aggregate,
  vector: Vector,
  parameter: Scalar | null,
  budget: Budget,
): Generator<void, Vector> {
  const groups = new Map<string, { labels: Labels; members: VectorSeries[] }>();
  for (const one of vector.series) {
    yield;
    const labels = grouping.by
      ? only(one.labels, grouping.names)
      : without(one.labels, [...grouping.names, metricLabel]);
    const key = labelsKey(labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels, members: [one] });
    else group.members.push(one);
  }
  const series: VectorSeries[] = [];
  for (const { labels, members } of groups.values()) {
    yield;
    if (op === "topk" || op === "bottomk") {
      series.push(...(yield* ranked(members, parameter as Scalar, op === "topk", budget)));
      continue;
    }
    const steps = members[0]?.values.length ?? 0;
    const result = budget.series(labels, steps);
    const present: number[] = [];
    const pause = stepsPerTurn(members.length);
    for (let i = 0; i < steps; i++) {
      if (i % pause === 0) yield;
      present.length = 0;
      for (const one of members) if (one.present[i] === 1) present.push(one.values[i] as number);
      if (present.length === 0) continue;
      result.present[i] = 1;
      result.values[i] = aggregated(op, present, parameter?.values[i] ?? 0);
    }
    series.push(result);
  }
  return { type: "vector", series };
}

function aggregated(op: string, values: readonly number[], parameter: number): number {
  switch (op) {
    case "sum":
      return sum(values);
    case "avg":
      return sum(values) / values.length;
    case "min":
      return values.reduce((a, b) => (b < a || Number.isNaN(a) ? b : a));
    case "max":
      return values.reduce((a, b) => (b > a || Number.isNaN(a) ? b : a));
    case "count":
      return values.length;
    case "group":
      return 1;
    case "quantile":
      return quantileOf(values, parameter);
    case "stdvar":
      return variance(values);
    case "stddev":
      return Math.sqrt(variance(values));
    default:
      throw new Error(`no aggregation ${op}`);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

function variance(values: readonly number[]): number {
  const mean = sum(values) / values.length;
  return values.reduce((all, value) => all + (value - mean) ** 2, 0) / values.length;
}

/** The `k` largest or least at each time. Of one time alone they come sorted. NaN is the last choice. */
function* ranked(
  members: readonly VectorSeries[],
  { values: ks }: Scalar,
  largest: boolean,
  budget: Budget,
): Generator<void, VectorSeries[]> {
  const chosen = members.map((one) => budget.series(one.labels, one.values.length));
  const before = (a: number, b: number): number => {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return largest ? b - a : a - b;
  };
  const pause = stepsPerTurn(4 * members.length);
  let order: number[] = [];
  for (let i = 0; i < ks.length; i++) {
    if (i % pause === 0) yield;
    const value = (row: number): number => members[row]?.values[i] as number;
    order = members.map((_, row) => row).filter((row) => members[row]?.present[i] === 1);
    order.sort((a, b) => before(value(a), value(b)));
    const k = ks[i] as number;
    order.length = Number.isNaN(k) ? 0 : Math.max(0, Math.min(order.length, Math.trunc(k)));
    for (const row of order) {
      const result = chosen[row] as VectorSeries;
      result.present[i] = 1;
      result.values[i] = value(row);
    }
  }
  return ks.length === 1 ? order.map((row) => chosen[row] as VectorSeries) : chosen;
}
