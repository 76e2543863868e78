import { type Labels, labelsKey } from "./labels.ts";
import { QueryFault } from "./query-fault.ts";

/** One series of an instant vector over all times of a grid; where `present` is 0 it has no value. */
export type VectorSeries = { labels: Labels; values: Float64Array; present: Uint8Array };

export type Scalar = { type: "scalar"; values: Float64Array };
export type Vector = { type: "vector"; series: VectorSeries[] };
export type Text = { type: "string"; value: string };
export type Value = Scalar | Vector | Text;

const maxCells = 4_000_000;

/** Counts what a query holds in memory, and how long it computes without a pause. */
export class Budget {
  private cells = 0;

  /** Throws a `QueryFault` where a query needs too much. */
  series(labels: Labels, steps: number): VectorSeries {
    this.cells += steps;
    if (this.cells > maxCells) {
      throw new QueryFault(
        "execution",
        `the query needs more than ${maxCells} values in memory: ask for fewer series, a larger step or a shorter time`,
      );
    }
    return { labels, values: new Float64Array(steps), present: new Uint8Array(steps) };
  }
}

/** Joins series with equal labels, which may happen at different times only. A generator, which gives way. */
export function* joinedSeries(all: readonly VectorSeries[], clash: string): Generator<void, VectorSeries[]> {
  const byKey = new Map<string, VectorSeries>();
  for (const one of all) {
    yield;
    const key = labelsKey(one.labels);
    const known = byKey.get(key);
    if (known === undefined) {
      byKey.set(key, one);
      continue;
    }
    for (let i = 0; i < one.values.length; i++) {
      if (one.present[i] === 0) continue;
      if (known.present[i] === 1) throw new QueryFault("execution", clash);
      known.present[i] = 1;
      known.values[i] = one.values[i] as number;
    }
  }
  return [...byKey.values()];
}

export const sameLabels = "vector cannot contain metrics with the same labelset";

/** How many times of `series` series are computed at once, before the caller may pause. */
export function stepsPerTurn(series: number): number {
  return Math.max(1, Math.floor(1000 / Math.max(1, series)));
}
