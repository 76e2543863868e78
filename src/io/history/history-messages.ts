import type { HistoryBatch } from "../../history/history-batch.ts";
import type { BodyRequest } from "../../history/history-body.ts";
import type { HistoryStatus, SampleChunk } from "../../history/history-query.ts";
import type { StoreQueries } from "./store-queries.ts";

/** Calls that the history's thread answers: name, arguments and answer are those of `StoreQueries`. */
export type HistoryCalls = Pick<
  StoreQueries,
  | "series"
  | "points"
  | "count"
  | "lastValues"
  | "twinAt"
  | "moment"
  | "forgetViewer"
  | "events"
  | "gaps"
  | "description"
> & {
  /** The next piece of the samples' stream `id`; null at its end. The query is given with the first call. */
  nextSamples(id: number, query: Parameters<StoreQueries["samples"]>[0] | null): SampleChunk[] | null;
  endSamples(id: number): void;
  /** The next piece of the body `id`; null at its end. The request is given with the first call. */
  nextBody(id: number, request: BodyRequest | null): Uint8Array<ArrayBuffer> | null;
  endBody(id: number): void;
  /** Deletes everything before server ms `time`. */
  prune(time: number): void;
};

export type HistoryCall = {
  [M in keyof HistoryCalls]: { id: number; method: M; args: Parameters<HistoryCalls[M]> };
}[keyof HistoryCalls];

export type WorkerOptions = {
  directory: string;
  run: string;
  rawMs: number;
  maxBytes: number;
  minFreeBytes: number;
};

export type ToHistory =
  | { op: "batch"; batch: HistoryBatch; now: number }
  | ({ op: "call" } & HistoryCall)
  /** Readers of the journal need it from this sample on. */
  | { op: "needed"; sample: number }
  | { op: "close"; now: number };

export type FromHistory =
  /** A batch is in the journal, or lost: its buffer comes back. */
  | { op: "taken"; buffer: ArrayBuffer; isStored: boolean }
  | { op: "answer"; id: number; value: unknown }
  | { op: "refused"; id: number; status: number; message: string }
  | { op: "status"; status: HistoryStatus; end: number }
  | { op: "event"; severity: "info" | "warning" | "error"; kind: string; message: string }
  | { op: "closed" };
