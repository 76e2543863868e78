import type { Facet } from "../core/quality.ts";
import type { TwinEvent } from "../protocol/state-messages.ts";

/* What a program asks of the past, and what comes back. */

/** ms since 1970, ISO 8601, or a Date. */
export type Time = number | string | Date;

/** Times in server ms; `from` and `to` are the ends of what is stored, NaN before the server named them. */
export type Past = { time: number; playing: boolean; speed: number; from: number; to: number };

/** An event as it is stored: its number and revision are those of one run of the server, and are not. */
export type PastEvent = Omit<TwinEvent, "id" | "revision">;

/** `kind` as `stop.*`; `*` matches any run of characters. */
export type EventsQuery = { from?: Time | undefined; to?: Time | undefined; kind?: string | undefined };

export type HistoryQuery = {
  /** Names as `robot/joint/elbow/position`; `*` matches any run of characters. */
  series: string | readonly string[];
  from?: Time | undefined;
  to?: Time | undefined;
  facet?: Facet | undefined;
  /** About so many points for each series. Without `points` and `step` come the raw samples. */
  points?: number | undefined;
  /** ms for each point. */
  step?: number | undefined;
  aggregate?: "minmax" | "mean" | "last" | undefined;
};

/** Arrays of equal length; those that the query did not ask for are absent. Times in ms since 1970. */
export type HistorySeries = {
  name: string;
  facet: string;
  unit: string;
  time: number[];
  min?: number[];
  max?: number[];
  mean?: number[];
  last?: number[];
  count?: number[];
  value?: unknown[];
  stamp?: unknown[];
  quality?: string[];
  source?: string[];
};
