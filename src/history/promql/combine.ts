import { type Binary, comparisonOps, type Matching } from "./expression.ts";
import { type Labels, labelsKey, metricLabel, only, without, withoutMetric } from "./labels.ts";
import { operators } from "./operators.ts";
import { QueryFault } from "./query-fault.ts";
import {
  type Budget,
  joinedSeries,
  type Scalar,
  sameLabels,
  stepsPerTurn,
  type Vector,
  type VectorSeries,
} from "./value.ts";

type Operation = (a: number, b: number) => number;

/** Computes the two sides of an operator. A generator, which gives way after each series. */
export function* combine(
  node: Binary,
  left: Scalar | Vector,
  right: Scalar | Vector,
  budget: Budget,
): Generator<void, Scalar | Vector> {
  const { op, bool } = node;
  if (left.type === "vector" && right.type === "vector") {
    if (op === "and" || op === "or" || op === "unless")
      return yield* setOperation(op, node.matching, left, right, budget);
    return yield* matched(node, left, right, budget);
  }
  const operation = operators.get(op) as Operation;
  if (left.type === "scalar" && right.type === "scalar") {
    return { type: "scalar", values: left.values.map((a, i) => operation(a, right.values[i] as number)) };
  }
  const [vector, scalar] = (left.type === "vector" ? [left, right] : [right, left]) as [Vector, Scalar];
  const isFilter = comparisonOps.includes(op) && !bool;
  const series: VectorSeries[] = [];
  for (const one of vector.series) {
    yield;
    const result = budget.series(isFilter ? one.labels : withoutMetric(one.labels), one.values.length);
    for (let i = 0; i < one.values.length; i++) {
      if (one.present[i] === 0) continue;
      const [value, number] = [one.values[i] as number, scalar.values[i] as number];
      const computed = vector === left ? operation(value, number) : operation(number, value);
      if (isFilter && computed === 0) continue;
      result.present[i] = 1;
      result.values[i] = isFilter ? value : computed;
    }
    series.push(result);
  }
  return { type: "vector", series: yield* joinedSeries(series, sameLabels) };
}

function signature(labels: Labels, { on, names }: Matching): string {
  return labelsKey(on ? only(labels, names) : without(labels, [...names, metricLabel]));
}

function* bySignature(vector: Vector, matching: Matching): Generator<void, Map<string, VectorSeries[]>> {
  const groups = new Map<string, VectorSeries[]>();
  for (const one of vector.series) {
    yield;
    const key = signature(one.labels, matching);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}

function* matched(node: Binary, left: Vector, right: Vector, budget: Budget): Generator<void, Vector> {
  const { op, bool, matching } = node;
  const operation = operators.get(op) as Operation;
  const isFilter = comparisonOps.includes(op) && !bool;
  const swapped = matching.many === "right";
  const [many, one] = swapped ? [right, left] : [left, right];
  const groups = yield* bySignature(one, matching);
  for (const group of groups.values()) yield* requireOneEach(group, swapped ? "left" : "right");
  const series: VectorSeries[] = [];
  for (const a of many.series) {
    for (const b of groups.get(signature(a.labels, matching)) ?? []) {
      yield;
      const result = budget.series(resultLabels(a.labels, b.labels, matching, !isFilter), a.values.length);
      for (let i = 0; i < a.values.length; i++) {
        if (a.present[i] === 0 || b.present[i] === 0) continue;
        const [x, y] = (swapped ? [b.values[i], a.values[i]] : [a.values[i], b.values[i]]) as [
          number,
          number,
        ];
        const computed = operation(x, y);
        if (isFilter && computed === 0) continue;
        result.present[i] = 1;
        result.values[i] = isFilter ? x : computed;
      }
      series.push(result);
    }
  }
  const clash =
    matching.many === null
      ? "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
      : "multiple matches for labels: grouping labels must ensure unique matches";
  return { type: "vector", series: yield* joinedSeries(series, clash) };
}

function resultLabels(many: Labels, one: Labels, matching: Matching, dropsMetric: boolean): Labels {
  const kept = dropsMetric ? withoutMetric(many) : many;
  if (matching.many === null) return matching.on ? only(kept, matching.names) : without(kept, matching.names);
  const labels = new Map(kept);
  for (const name of matching.include) {
    const value = one.get(name);
    if (value === undefined) labels.delete(name);
    else labels.set(name, value);
  }
  return labels;
}

function* requireOneEach(group: readonly VectorSeries[], side: string): Generator<void, void> {
  if (group.length < 2) return;
  const taken = new Uint8Array(group[0]?.present.length ?? 0);
  for (const { present } of group) {
    yield;
    for (let i = 0; i < taken.length; i++) {
      if (present[i] === 0) continue;
      if (taken[i] === 1) {
        throw new QueryFault(
          "execution",
          `found duplicate series for the match group on the ${side} hand-side of the operation; many-to-many matching not allowed: matching labels must be unique on one side`,
        );
      }
      taken[i] = 1;
    }
  }
}

function* setOperation(
  op: "and" | "or" | "unless",
  matching: Matching,
  left: Vector,
  right: Vector,
  budget: Budget,
): Generator<void, Vector> {
  const [kept, other] = op === "or" ? [right, left] : [left, right];
  const groups = yield* bySignature(other, matching);
  const series: VectorSeries[] = [];
  if (op === "or") {
    for (const one of left.series) {
      yield;
      series.push(copied(one, budget));
    }
  }
  for (const one of kept.series) {
    yield;
    const group = groups.get(signature(one.labels, matching)) ?? [];
    const result = budget.series(one.labels, one.values.length);
    const pause = stepsPerTurn(group.length);
    for (let i = 0; i < one.values.length; i++) {
      if (i % pause === 0) yield;
      const isThere = group.some(({ present }) => present[i] === 1);
      if (one.present[i] === 0 || isThere !== (op === "and")) continue;
      result.present[i] = 1;
      result.values[i] = one.values[i] as number;
    }
    series.push(result);
  }
  return { type: "vector", series: yield* joinedSeries(series, sameLabels) };
}

function copied(one: VectorSeries, budget: Budget): VectorSeries {
  const copy = budget.series(one.labels, one.values.length);
  copy.values.set(one.values);
  copy.present.set(one.present);
  return copy;
}
