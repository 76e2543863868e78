import type { ThingView } from "../twin/graph-json.ts";
import type { HistoryEvent } from "./history-query.ts";
import type { SeriesDefinition } from "./sample-record.ts";

/** A thing without its values. `shared`: properties of another thing that are listed under it, by path. */
export type ThingDefinition = Pick<ThingView, "type" | "definition" | "relationships"> & {
  shared: Record<string, string>;
};

/** What is to be kept beside samples. Numbers are those of one run of the program. */
export type HistoryRecord =
  | { kind: "word"; id: number; text: string }
  | ({ kind: "series" } & SeriesDefinition)
  /** What a thing is from `time` on; null: it is gone. */
  | { kind: "thing"; time: number; id: string; thing: ThingDefinition | null }
  | { kind: "event"; event: HistoryEvent }
  | { kind: "description"; time: number; robot: string; hash: string; text: string }
  /** The program ran at `time`, with the graph at that revision. */
  | { kind: "mark"; time: number; revision: number };

/** What the cycle hands over for keeping, at once. The buffer comes back by `HistoryFeed.recycle`. */
export type HistoryBatch = {
  /** Apply before the samples. */
  records: HistoryRecord[];
  /** JSON of the values that are no numbers. */
  texts: string[];
  buffer: ArrayBuffer;
  /** Bytes of `buffer` that hold records of samples (sample-record.ts). */
  bytes: number;
  samples: number;
};
