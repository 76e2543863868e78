import type { Facet, Quality } from "../core/quality.ts";

/** Which of a sample's two times a query runs on: when it arrived here, or the sender's stamp. */
export type HistoryClock = "arrival" | "stamp";

/**
 * One scalar series of the history. A number is one series; a pose or a twist is one series for each of its numbers
 * (`component` counts them), because a store of scalars needs one block layout only.
 */
export type SeriesInfo = {
  id: number;
  /** `<thing>/<path>`, as `robot/joint/elbow/position`; a number of a pose or twist adds its name: `robot/base/pose.qx`. */
  name: string;
  thing: string;
  path: string;
  facet: Facet;
  /** `number`: float64. `other`: any JSON value (text, boolean, object). */
  kind: "number" | "other";
  /** What the property is as a whole. */
  valueKind: "number" | "pose" | "twist" | "other";
  component: number;
  unit: string;
  /** Arrival in server ms of its first and its last sample in the store; NaN without one. */
  first: number;
  last: number;
};

/** Which series, and when. Times are server ms since 1970, `from` included, `to` not. */
export type SeriesSelection = {
  /** Names; `*` matches any run of characters. The name of a pose or twist selects all its numbers. */
  patterns: readonly string[];
  facet: Facet | "*";
  from: number;
  to: number;
  clock: HistoryClock;
};

/** `step` in ms, or about `points` for each series. A step is rounded up to whole units of what is stored (1 s, 1 min). */
export type PointsQuery = SeriesSelection & ({ step: number } | { points: number });

/**
 * Points of one series, oldest first; buckets without a sample are left out. `time` is the begin of the bucket, and
 * buckets begin at multiples of `step`. `min` and `max` are of all its samples, so no extreme is lost.
 */
export type PointSeries = {
  series: SeriesInfo;
  /** ms, of a bucket. */
  step: number;
  time: Float64Array;
  min: Float64Array;
  max: Float64Array;
  mean: Float64Array;
  last: Float64Array;
  count: Uint32Array;
  /** Worst quality in the bucket, as an index into `qualities` of core/quality.ts. */
  quality: Uint8Array;
};

/** What became of a stored sample in the graph (twin/verdict.ts), or which change of a value's standing it records. */
export const sampleKinds = [
  "taken",
  "late",
  "outranked",
  "historical",
  "rejected",
  /** The quality or its reason changed; the value did not. */
  "quality",
  /** A desired value's progress changed. */
  "state",
  /** The facet is empty from here on. */
  "cleared",
] as const;
export type SampleKind = (typeof sampleKinds)[number];

/** Some raw samples of one series in their order in the store. All arrays have the length of `time`. */
export type SampleChunk = {
  series: SeriesInfo;
  /** Arrival, server ms. */
  time: Float64Array;
  /** The sender's time, exact; `stampSec` is NaN where there is none. */
  stampSec: Float64Array;
  stampNanosec: Uint32Array;
  /** Of a series of kind `number`; NaN for what is no value. */
  value: Float64Array;
  /** Of a series of kind `other`; else empty. */
  other: readonly unknown[];
  /** Index into `qualities`. */
  quality: Uint8Array;
  /** Index into `sampleKinds`. */
  kind: Uint8Array;
  /** Indexes into `words`. */
  reason: Uint32Array;
  source: Uint32Array;
  words: readonly string[];
};

export type HistoryEvent = {
  time: number;
  severity: "info" | "warning" | "error";
  kind: string;
  robot?: string;
  message: string;
  data?: Record<string, unknown>;
};

/** `kind` is a pattern with `*`. The newest `limit` of them, oldest first. */
export type EventsQuery = { from: number; to: number; kind: string; limit: number };

/** What the store is doing, for status lines and metrics. */
export type HistoryStatus = {
  /** `failed`: nothing is being stored, for `reason`. */
  state: "off" | "opening" | "recording" | "failed";
  reason: string;
  remedy: string;
  directory: string;
  /** Server ms; NaN while the store is empty. */
  from: number;
  to: number;
  bytes: number;
  series: number;
  /** Samples that are written to the journal, since the start. */
  stored: number;
  /** Samples that were lost because the disk was too slow or full, since the start. */
  dropped: number;
};

/**
 * The memory of the twin, as everything that reads it sees it. Times are server ms. A call rejects with a `HistoryFault`
 * where the query cannot be answered.
 */
export interface History {
  status(): HistoryStatus;
  /** Series by name; sorted by name. */
  series(patterns: readonly string[], facet: Facet | "*"): Promise<SeriesInfo[]>;
  points(query: PointsQuery): Promise<PointSeries[]>;
  /** Raw samples, series after series, each in the order of its arrival. Reads on only as fast as it is consumed. */
  samples(query: SeriesSelection): AsyncIterable<SampleChunk>;
  /** How many samples `samples` would give at most. */
  count(query: SeriesSelection): Promise<number>;
  /** The newest samples of each series at or before `at` that arrived within `maxAgeMs`: instant queries. */
  lastValues(
    patterns: readonly string[],
    facet: Facet | "*",
    at: number,
    maxAgeMs: number,
  ): Promise<{ series: SeriesInfo; time: number; value: number; quality: Quality }[]>;
  /** The whole graph at that moment: the text of `GET /api/twin?at=`. */
  twinAt(at: number, clock: HistoryClock): Promise<string>;
  events(query: EventsQuery): Promise<HistoryEvent[]>;
  /** Times between `from` and `to` in which nothing was recorded, because the program did not run. */
  gaps(from: number, to: number): Promise<{ from: number; to: number }[]>;
  /** The URDF with this hash; null where it is not stored. */
  description(hash: string): Promise<string | null>;
}

/** What viewers of the past ask of the history. */
export interface PastMoments {
  /**
   * The messages of `/ws/state` that bring `viewer` from the moment that it knows to server ms `at`, as texts. Rejects as
   * the calls of `History` do.
   */
  moment(viewer: string, at: number): Promise<string[]>;
  forgetViewer(viewer: string): void;
}

/** Why a query was refused. `status` is the HTTP status that fits: 400, 404, 413 or 503. */
export class HistoryFault extends Error {
  constructor(
    readonly status: 400 | 404 | 413 | 503,
    message: string,
  ) {
    super(message);
  }
}
