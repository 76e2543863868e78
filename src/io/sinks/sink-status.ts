/** How one sink is doing, for status lines, metrics and events. Counts are since the start of the program. */
export type SinkStatus = {
  /** As `influx:127.0.0.1:8086`. */
  name: string;
  /** `lost`: the server does not answer. `error`: it refuses, or the spool cannot be read. */
  state: "connecting" | "ok" | "lost" | "error";
  /** Server ms at which the state began. */
  since: number;
  /** What is wrong and what to do about it; "" while nothing is. */
  reason: string;
  remedy: string;
  /** Rows that the server has. */
  sent: number;
  /** Rows that the server did not want; `refusal` is why the last one was refused. */
  refused: number;
  refusal: string;
  /** Rows without a value that this store can keep. */
  leftOut: number;
  /** Rows that were deleted before they could be sent, because the server was away for too long. */
  lost: number;
  /** Rows that wait on the disk. */
  waiting: number;
};

export function newStatus(name: string, now: number): SinkStatus {
  const counts = { sent: 0, refused: 0, leftOut: 0, lost: 0, waiting: 0 };
  return { name, state: "connecting", since: now, reason: "", remedy: "", refusal: "", ...counts };
}
