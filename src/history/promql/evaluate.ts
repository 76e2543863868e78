import { aggregate } from "./aggregate.ts";
import { combine } from "./combine.ts";
import type { Evaluator, Loaded } from "./evaluator.ts";
import type { Call, Expression, Selector } from "./expression.ts";
import { type Grid, lookBackMs, movedTimes } from "./grid.ts";
import { joinLabels, replaceLabel } from "./label-functions.ts";
import { withoutMetric } from "./labels.ts";
import { isSelective } from "./matcher.ts";
import { numberFunctions } from "./operators.ts";
import { overRanges } from "./over-ranges.ts";
import { typeOf } from "./signatures.ts";
import {
  Budget,
  joinedSeries,
  type Scalar,
  sameLabels,
  stepsPerTurn,
  type Value,
  type Vector,
  type VectorSeries,
} from "./value.ts";

/**
 * Evaluates an expression at all times of a grid at once. A generator, which gives way often, so that its caller can pause.
 * Throws a `QueryFault`.
 */
export function* evaluate(expression: Expression, grid: Grid, loaded: Loaded): Generator<void, Value> {
  return yield* new Evaluation(loaded, new Budget()).value(expression, grid);
}

class Evaluation implements Evaluator {
  constructor(
    readonly loaded: Loaded,
    readonly budget: Budget,
  ) {}

  *value(node: Expression, grid: Grid): Generator<void, Value> {
    switch (node.kind) {
      case "number":
        return { type: "scalar", values: new Float64Array(grid.times.length).fill(node.value) };
      case "string":
        return { type: "string", value: node.value };
      case "selector":
        return yield* this.newest(node, grid, false);
      case "negate": {
        const inner = yield* this.number(node.inner, grid);
        if (inner.type === "scalar") return { type: "scalar", values: inner.values.map((x) => -x) };
        return yield* this.mapped(inner, (x) => -x);
      }
      case "binary": {
        const left = yield* this.number(node.left, grid);
        const right = yield* this.number(node.right, grid);
        return yield* combine(node, left, right, this.budget);
      }
      case "aggregate": {
        const inner = yield* this.vector(node.inner, grid);
        const parameter = node.parameter === null ? null : yield* this.scalar(node.parameter, grid);
        return yield* aggregate(node, inner, parameter, this.budget);
      }
      case "call":
        return yield* this.call(node, grid);
      case "range":
      case "subquery":
        throw new Error(`a ${node.kind} has no value at one time`);
    }
  }

  *vector(node: Expression, grid: Grid): Generator<void, Vector> {
    const value = yield* this.value(node, grid);
    if (value.type !== "vector") throw new Error(`a ${value.type} where a vector must be`);
    return value;
  }

  private *scalar(node: Expression, grid: Grid): Generator<void, Scalar> {
    const value = yield* this.value(node, grid);
    if (value.type !== "scalar") throw new Error(`a ${value.type} where a scalar must be`);
    return value;
  }

  private *number(node: Expression, grid: Grid): Generator<void, Scalar | Vector> {
    const value = yield* this.value(node, grid);
    if (value.type === "string") throw new Error("a string where a number must be");
    return value;
  }

  /** The newest sample of each series at each time, or when it was. */
  private *newest(node: Selector, grid: Grid, asTime: boolean): Generator<void, Vector> {
    const times = movedTimes(grid, node);
    const series: VectorSeries[] = [];
    for (const { labels, time, value } of this.loaded.get(node) ?? []) {
      yield;
      const result = this.budget.series(asTime ? withoutMetric(labels) : labels, times.length);
      let last = -1;
      for (let i = 0; i < times.length; i++) {
        const now = times[i] as number;
        while (last + 1 < time.length && (time[last + 1] as number) <= now) last++;
        if (last < 0 || (time[last] as number) <= now - lookBackMs || Number.isNaN(value[last])) continue;
        result.present[i] = 1;
        result.values[i] = asTime ? (time[last] as number) / 1000 : (value[last] as number);
      }
      series.push(result);
    }
    return { type: "vector", series: yield* joinedSeries(series, sameLabels) };
  }

  private *call({ name, args }: Call, grid: Grid): Generator<void, Value> {
    const [first, second, third] = args;
    const steps = grid.times.length;
    if (first === undefined) {
      const values =
        name === "pi" ? new Float64Array(steps).fill(Math.PI) : grid.times.map((time) => time / 1000);
      return { type: "scalar", values };
    }
    const range = args.find((one) => typeOf(one) === "range");
    if (range !== undefined) {
      const other = args.find((one) => typeOf(one) === "scalar");
      const parameter = other === undefined ? null : yield* this.scalar(other, grid);
      return yield* overRanges(this, name, range, parameter, grid);
    }
    const plain = numberFunctions.get(name);
    if (plain !== undefined) return yield* this.mapped(yield* this.vector(first, grid), plain);
    switch (name) {
      case "vector": {
        const { values } = yield* this.scalar(first, grid);
        const result = this.budget.series(new Map(), steps);
        result.values.set(values);
        result.present.fill(1);
        return { type: "vector", series: [result] };
      }
      case "scalar":
        return yield* onlyValues(yield* this.vector(first, grid), steps);
      case "timestamp":
        if (first.kind === "selector") return yield* this.newest(first, grid, true);
        return yield* this.mapped(
          yield* this.vector(first, grid),
          (_, i) => (grid.times[i] as number) / 1000,
        );
      case "absent":
        return yield* this.absent(first, yield* this.vector(first, grid), steps);
      case "sort":
      case "sort_desc":
        return sorted(yield* this.vector(first, grid), name === "sort" ? 1 : -1, steps);
      case "label_replace":
        return yield* replaceLabel(yield* this.vector(first, grid), args.slice(1).map(textOf));
      case "label_join":
        return yield* joinLabels(yield* this.vector(first, grid), args.slice(1).map(textOf));
    }
    const inner = yield* this.vector(first, grid);
    const a = second === undefined ? null : (yield* this.scalar(second, grid)).values;
    const b = third === undefined ? null : (yield* this.scalar(third, grid)).values;
    const at = (values: Float64Array | null, i: number, otherwise: number): number =>
      values?.[i] ?? otherwise;
    switch (name) {
      case "clamp":
        return yield* this.mapped(inner, (x, i) => {
          const [least, most] = [at(a, i, 0), at(b, i, 0)];
          return least > most ? null : Math.max(least, Math.min(most, x));
        });
      case "clamp_min":
        return yield* this.mapped(inner, (x, i) => Math.max(at(a, i, 0), x));
      case "clamp_max":
        return yield* this.mapped(inner, (x, i) => Math.min(at(a, i, 0), x));
      case "round":
        return yield* this.mapped(inner, (x, i) => {
          const inverse = 1 / at(a, i, 1);
          return Math.floor(x * inverse + 0.5) / inverse;
        });
      default:
        throw new Error(`no function ${name}`);
    }
  }

  private *mapped(vector: Vector, of: (x: number, i: number) => number | null): Generator<void, Vector> {
    const series: VectorSeries[] = [];
    for (const one of vector.series) {
      yield;
      const result = this.budget.series(withoutMetric(one.labels), one.values.length);
      for (let i = 0; i < one.values.length; i++) {
        const value = one.present[i] === 0 ? null : of(one.values[i] as number, i);
        if (value === null) continue;
        result.present[i] = 1;
        result.values[i] = value;
      }
      series.push(result);
    }
    return { type: "vector", series: yield* joinedSeries(series, sameLabels) };
  }

  private *absent(node: Expression, vector: Vector, steps: number): Generator<void, Vector> {
    const result = this.budget.series(labelsWanted(node), steps);
    const pause = stepsPerTurn(vector.series.length);
    for (let i = 0; i < steps; i++) {
      if (i % pause === 0) yield;
      if (vector.series.some((one) => one.present[i] === 1)) continue;
      result.present[i] = 1;
      result.values[i] = 1;
    }
    return { type: "vector", series: [result] };
  }
}

/** Labels that a selector asks for by `=`, each once. */
function labelsWanted(node: Expression): Map<string, string> {
  const wanted = new Map<string, string>();
  if (node.kind !== "selector") return wanted;
  for (const { name, op, value } of node.matchers) {
    const isOnly = node.matchers.filter((one) => one.name === name).length === 1;
    if (name !== "__name__" && op === "=" && value !== "" && isOnly) wanted.set(name, value);
  }
  return isSelective(node.matchers) ? wanted : new Map();
}

/** The value where exactly one series has one, else NaN. */
function* onlyValues(vector: Vector, steps: number): Generator<void, Scalar> {
  const values = new Float64Array(steps).fill(Number.NaN);
  const pause = stepsPerTurn(vector.series.length);
  for (let i = 0; i < steps; i++) {
    if (i % pause === 0) yield;
    let count = 0;
    for (const one of vector.series) {
      if (one.present[i] === 0) continue;
      count++;
      values[i] = one.values[i] as number;
    }
    if (count !== 1) values[i] = Number.NaN;
  }
  return { type: "scalar", values };
}

/** Of one time only; over several there is no one order. NaN comes last. */
function sorted(vector: Vector, direction: 1 | -1, steps: number): Vector {
  if (steps !== 1) return vector;
  const value = (one: VectorSeries): number => one.values[0] as number;
  const series = [...vector.series].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return direction * (x - y);
  });
  return { type: "vector", series };
}

function textOf(node: Expression): string {
  if (node.kind !== "string") throw new Error(`a ${node.kind} where a string must be`);
  return node.value;
}
