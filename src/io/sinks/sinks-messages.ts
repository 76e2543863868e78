import type { SinkOptions } from "./sink-options.ts";
import type { SinkStatus } from "./sink-status.ts";

/** What the thread of the sinks is given. */
export type SinksOptions = {
  /** The history's folder. */
  directory: string;
  sinks: SinkOptions[];
  /** The journal may grow to so many bytes for sinks that are away; then the oldest rows are lost to them. */
  spoolBytes: number;
};

export type FromSinks =
  /** `needed`: the journal is needed from this sample on. */
  { op: "status"; statuses: SinkStatus[]; needed: number } | { op: "stopped" };

export type ToSinks = { op: "stop" };
