import { type Facet, facets } from "../../core/quality.ts";
import {
  type History,
  type SeriesInfo,
  type SeriesSelection,
  sampleKinds,
} from "../../history/history-query.ts";
import type { Demand } from "../../history/promql/demand.ts";
import type { Loaded } from "../../history/promql/evaluator.ts";
import type { Selector } from "../../history/promql/expression.ts";
import { matchesAll } from "../../history/promql/matcher.ts";
import { QueryFault } from "../../history/promql/query-fault.ts";
import { resolutionMs } from "../../history/promql/resolution.ts";
import { plainSamples, type Samples } from "../../history/promql/samples.ts";
import { type LabelledSeries, labelsOfSeries } from "../../history/promql/twin-series.ts";
import { SampleGather } from "./sample-gather.ts";
import type { Slices } from "./slices.ts";

const maxSeries = 2000;
/** Up to so many samples a query is computed from all of them, beyond it from the roll-ups. */
const maxSamples = 100_000;
const maxPoints = 1_000_000;
/** By so many names series are asked for one by one, beyond it by a pattern. */
const maxNames = 200;

/** The history as the samples of a PromQL query. */
export class PrometheusSource {
  constructor(
    private readonly history: History,
    private readonly slices: Slices,
  ) {}

  /** The stored numbers that a selector means, with their labels. */
  async series({ matchers }: Selector, span: { from: number; to: number }): Promise<LabelledSeries[]> {
    const wanted = (name: string): string | undefined =>
      matchers.find((one) => one.name === name && one.op === "=" && one.value !== "")?.value;
    const [thing, path, facet] = [wanted("thing"), wanted("path"), wanted("facet")];
    const pattern = `${thing ?? "*"}${thing === undefined && path === undefined ? "" : `/${path ?? "*"}`}`;
    const isFacet = (text: string | undefined): text is Facet => facets.some((one) => one === text);
    const all = await this.history.series([pattern], isFacet(facet) ? facet : "*");
    const found: LabelledSeries[] = [];
    for (const info of all) {
      await this.slices.pause();
      if (info.kind !== "number" || !(info.first <= span.to && info.last >= span.from)) continue;
      const labels = labelsOfSeries(info);
      if (matchesAll(matchers, labels)) found.push({ info, labels });
    }
    return found;
  }

  /** Everything that an evaluation asked for. */
  async load(demands: readonly Demand[]): Promise<Loaded> {
    const loaded = new Map<Selector, Samples[]>();
    for (const demand of demands) loaded.set(demand.selector, await this.samples(demand));
    return loaded;
  }

  private async samples({ selector, times, windowMs, isRange }: Demand): Promise<Samples[]> {
    const [first, last] = [times[0], times[times.length - 1]];
    if (first === undefined || last === undefined) return [];
    const span = { from: first - windowMs, to: last };
    const chosen = await this.series(selector, span);
    if (chosen.length === 0) return [];
    if (chosen.length > maxSeries) {
      throw new QueryFault("execution", `${chosen.length} series match; a query may use ${maxSeries}`);
    }
    const selection = selectionOf(
      chosen.map(({ info }) => info),
      span,
    );
    const labels = new Map(chosen.map((one) => [one.info.id, one.labels]));
    if (!isRange && first === last) {
      const { patterns, facet } = selection;
      const values = await this.history.lastValues(patterns, facet, last, windowMs);
      return values.flatMap(({ series, time, value }) => {
        const known = labels.get(series.id);
        return known === undefined
          ? []
          : [plainSamples(known, Float64Array.of(time), Float64Array.of(value))];
      });
    }
    if ((await this.history.count(selection)) <= maxSamples) return this.raw(selection, labels, isRange);
    return this.rolledUp(selection, labels, resolutionMs(times, isRange ? windowMs : null));
  }

  private async raw(
    selection: SeriesSelection,
    labels: ReadonlyMap<number, LabelledSeries["labels"]>,
    isRange: boolean,
  ): Promise<Samples[]> {
    const gathers = new Map<number, SampleGather>();
    for await (const { series, time, value, kind } of this.history.samples(selection)) {
      const known = labels.get(series.id);
      if (known === undefined) continue;
      let gather = gathers.get(series.id);
      if (gather === undefined) {
        gather = new SampleGather(known);
        gathers.set(series.id, gather);
      }
      for (let i = 0; i < time.length; i++) {
        const name = sampleKinds[kind[i] as number];
        // NaN ends a series at that time, as Prometheus' stale marker.
        if (name === "cleared" && !isRange) gather.add(time[i] as number, Number.NaN);
        else if ((name === "taken" || name === "late") && Number.isFinite(value[i])) {
          gather.add(time[i] as number, value[i] as number);
        }
      }
      await this.slices.pause();
    }
    return [...gathers.values()].map((one) => one.samples());
  }

  private async rolledUp(
    selection: SeriesSelection,
    labels: ReadonlyMap<number, LabelledSeries["labels"]>,
    step: number,
  ): Promise<Samples[]> {
    const from = Math.floor(selection.from / step) * step;
    const points = ((selection.to - from) / step) * labels.size;
    if (points > maxPoints) {
      throw new QueryFault(
        "execution",
        `the query would read ${Math.round(points)} values, and ${maxPoints} is the limit: ask for fewer series, a larger step or a shorter time`,
      );
    }
    const found: Samples[] = [];
    for (const one of await this.history.points({ ...selection, from, step })) {
      const known = labels.get(one.series.id);
      if (known === undefined) continue;
      const { last: value, min, max, mean, series } = one;
      const count = Float64Array.from(one.count);
      found.push({
        labels: known,
        // A bucket is known when it ends; the last one ends with the newest sample.
        time: one.time.map((begin) => Math.max(begin, Math.min(begin + one.step, series.last))),
        value,
        min,
        max,
        sum: mean.map((x, i) => x * (count[i] as number)),
        count,
      });
      await this.slices.pause();
    }
    return found;
  }
}

function selectionOf(chosen: readonly SeriesInfo[], span: { from: number; to: number }): SeriesSelection {
  const names = [...new Set(chosen.map(({ name }) => name))];
  const things = [...new Set(chosen.map(({ thing }) => thing))];
  const found = new Set(chosen.map(({ facet }) => facet));
  const patterns =
    names.length <= maxNames ? names : things.length <= maxNames ? things.map((one) => `${one}/*`) : ["*"];
  return {
    patterns,
    facet: found.size === 1 ? (chosen[0]?.facet ?? "*") : "*",
    from: span.from,
    // `to` is not included in a selection, and it is in PromQL.
    to: span.to + 1,
    clock: "arrival",
  };
}
