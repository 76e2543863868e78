import type { PointsQuery, SeriesSelection } from "./history-query.ts";

/** The body of an answer of `GET /api/history`. `points`: null for raw samples. `aggregate`: null for all columns. */
export type BodyRequest = {
  format: "json" | "csv" | "parquet";
  aggregate: "minmax" | "mean" | "last" | null;
  selection: SeriesSelection;
  points: { step: number } | { points: number } | null;
};

/** Writes bodies: where a query is answered, so that nobody else has to. */
export interface HistoryBodies {
  /** Pieces of the body, as fast as they are read. Rejects at the first with a `HistoryFault` where the query is refused. */
  body(request: BodyRequest): AsyncIterable<Uint8Array>;
}

/** The query for points of a request. */
export function pointsOf({ selection, points }: BodyRequest): PointsQuery | null {
  return points === null ? null : { ...selection, ...points };
}
