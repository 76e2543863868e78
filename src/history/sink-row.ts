import type { Facet } from "../core/quality.ts";
import type { SampleKind } from "./history-query.ts";

/**
 * What a row belongs to. Two rows whose unit, source or kind differ belong to different series, so that a changed unit or
 * a second source never mixes with what was there.
 */
export type RowSeries = {
  /** The same text for the same series in every run. */
  readonly key: string;
  readonly thing: string;
  readonly path: string;
  readonly facet: Facet;
  readonly valueKind: "number" | "pose" | "twist" | "other";
  readonly unit: string;
  /** Where the sample came from; "" where nobody said. */
  readonly source: string;
  readonly kind: SampleKind;
};

/** One sample on its way to a store of others. */
export type SinkRow = {
  /** Its running number in the journal. */
  readonly number: number;
  readonly series: RowSeries;
  /** Index into `qualities` of core/quality.ts. */
  readonly quality: number;
  readonly reason: string;
  /** Server ms. */
  readonly received: number;
  readonly hasStamp: boolean;
  readonly stampSec: number;
  readonly stampNanosec: number;
  /** The numbers of a number, pose or twist; empty where the value is a text or there is none. */
  readonly numbers: readonly number[];
  /** JSON of a value that is no number; null: there is none. */
  readonly text: string | null;
};

/** Gives the one `RowSeries` of each series, so that caches can be kept by object. Bounded by what a twin has. */
export class SeriesTable {
  private readonly byKey = new Map<string, RowSeries>();

  get(given: Omit<RowSeries, "key">): RowSeries {
    const { thing, path, facet, valueKind, unit, source, kind } = given;
    const key = JSON.stringify([thing, path, facet, valueKind, unit, source, kind]);
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const series = { key, thing, path, facet, valueKind, unit, source, kind };
    this.byKey.set(key, series);
    return series;
  }
}

/** Whether a row records a change of a value's standing, not a sample: it has no value of its own. */
export function isStanding({ kind }: RowSeries): boolean {
  return kind === "quality" || kind === "state" || kind === "cleared";
}
