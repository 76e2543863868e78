import { type Facet, facets } from "../../core/quality.ts";
import { type HistoryClock, HistoryFault, type SeriesSelection } from "../../history/history-query.ts";

/*
 * What an address asks of the history. Whatever is wrong with it becomes a `HistoryFault` that names the parameter.
 */

type Query = Record<string, unknown>;

const maxPatterns = 64;
const maxPatternLength = 512;
const maxPoints = 100_000;
const hourMs = 3_600_000;
const formats = ["json", "csv", "parquet"] as const;
const aggregates = ["minmax", "mean", "last"] as const;

export type HistoryParameters = SeriesSelection & {
  format: (typeof formats)[number];
  /** Null: everything that points have. */
  aggregate: (typeof aggregates)[number] | null;
  /** Null: raw samples. */
  points: { step: number } | { points: number } | null;
};

/** A parameter as text; undefined where it is not there. */
export function queryText(query: Query, name: string): string | undefined {
  const value = query[name];
  if (value === undefined || typeof value === "string") return value;
  throw new HistoryFault(400, `${name}: give it once`);
}

/** A parameter as a number above 0. */
export function queryNumber(query: Query, name: string): number | undefined {
  const text = queryText(query, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0) {
    throw new HistoryFault(400, `${name}: "${text.slice(0, 40)}" is no number above 0`);
  }
  return value;
}

/** A time as server ms: ms since 1970, or ISO 8601 (UTC where it names no zone). */
export function queryTime(query: Query, name: string): number | undefined {
  const text = queryText(query, name);
  if (text === undefined) return undefined;
  if (/^-?\d+(?:\.\d+)?(?:e\d+)?$/i.test(text)) return Number(text);
  const iso = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i.exec(text);
  // A `+` in an address is a space.
  const at =
    iso === null ? Number.NaN : Date.parse(iso[1] === undefined && text.length > 10 ? `${text}Z` : text);
  if (Number.isNaN(at)) {
    throw new HistoryFault(
      400,
      `${name}: "${text.slice(0, 40)}" is no time; give ms since 1970, or ISO 8601 as 2026-01-31T12:00:00Z`,
    );
  }
  return at;
}

/** `from` and `to`; without them the last hour. */
export function parseSpan(query: Query, now: number): { from: number; to: number } {
  const to = queryTime(query, "to") ?? now;
  const from = queryTime(query, "from") ?? to - hourMs;
  if (from >= to) throw new HistoryFault(400, "from: it must be before to");
  return { from, to };
}

export function parseMoment(query: Query, now: number): { at: number; clock: HistoryClock } {
  const at = queryTime(query, "at") ?? now;
  return { at, clock: clockOf(query) };
}

export function parseHistoryQuery(query: Query, now: number): HistoryParameters {
  const points = queryNumber(query, "points");
  const step = queryNumber(query, "step");
  if (points !== undefined && step !== undefined) {
    throw new HistoryFault(400, "points, step: give one of the two");
  }
  if (points !== undefined && points > maxPoints) throw new HistoryFault(413, `points: at most ${maxPoints}`);
  return {
    ...parseSpan(query, now),
    patterns: patternsOf(query),
    facet: oneOf(query, "facet", [...facets, "*"] as const) ?? ("reported" satisfies Facet),
    clock: clockOf(query),
    format: oneOf(query, "format", formats) ?? "json",
    aggregate: oneOf(query, "aggregate", aggregates) ?? null,
    points: points !== undefined ? { points: Math.ceil(points) } : step !== undefined ? { step } : null,
  };
}

/** `series`, or `thing` and `property` as the contract's first version had it. */
function patternsOf(query: Query): string[] {
  const thing = queryText(query, "thing");
  const property = queryText(query, "property");
  const series =
    queryText(query, "series") ?? (thing === undefined ? undefined : `${thing}/${property ?? "*"}`);
  if (series === undefined || series === "") {
    throw new HistoryFault(
      400,
      "series: name at least one, as robot/joint/elbow/position; * matches any run of characters",
    );
  }
  const patterns = series.split(",").filter((pattern) => pattern !== "");
  if (patterns.length > maxPatterns) throw new HistoryFault(413, `series: at most ${maxPatterns} patterns`);
  if (patterns.some((pattern) => pattern.length > maxPatternLength)) {
    throw new HistoryFault(413, `series: a pattern has at most ${maxPatternLength} characters`);
  }
  return patterns;
}

function clockOf(query: Query): HistoryClock {
  return oneOf(query, "clock", ["arrival", "stamp"] as const) ?? "arrival";
}

function oneOf<T extends string>(query: Query, name: string, known: readonly T[]): T | undefined {
  const text = queryText(query, name);
  if (text === undefined) return undefined;
  if ((known as readonly string[]).includes(text)) return text as T;
  throw new HistoryFault(400, `${name}: "${text.slice(0, 40)}" is none of ${known.join(", ")}`);
}
