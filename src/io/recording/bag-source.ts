import { firstLineOf } from "../../core/first-line.ts";
import type { RecordedChannel } from "../../protocol/mcap/recorded-channel.ts";

/** A channel of a bag that is read; `id` is its own number in what `messages` gives. */
export type BagChannel = Pick<RecordedChannel, "topic" | "messageEncoding" | "metadata"> & {
  id: number;
  /** As `sensor_msgs/msg/JointState`. */
  type: string;
  count: number;
};

export type BagMessage = { channel: number; logTime: bigint; publishTime: bigint; data: Uint8Array };

/** A bag as it is read: MCAP, SQLite, or several of them one after the other. */
export interface BagSource {
  readonly channels: readonly BagChannel[];
  /** Nanoseconds since 1970; both 0 for a bag without messages. */
  readonly start: bigint;
  readonly end: bigint;
  /** What people should know of the file, as that it was not closed. */
  readonly notes: readonly string[];
  /** In the order of their log times. The data of one message may be overwritten by the next. */
  messages(): AsyncGenerator<BagMessage>;
  close(): Promise<void>;
}

/** A file that is no bag, or is damaged: what it is, and what to do. */
export class BagFault extends Error {
  constructor(path: string, reason: string, remedy: string) {
    super(`${path}: ${reason}. ${remedy}`);
  }
}

/** No chunk, record or message may claim more than this. */
export const mostRecordBytes = 256 << 20;

/** What an error of a reader says, as one line. */
export function reasonOf(error: unknown): string {
  return firstLineOf(error)
    .replace(/ ?\[library=.*\]$/, "")
    .slice(0, 300);
}

/** The time from the first to the last of several bags or chunks that have messages; both 0 where none has. */
export function spanOf(parts: readonly { start: bigint; end: bigint }[]): { start: bigint; end: bigint } {
  let [start, end] = [parts[0]?.start ?? 0n, parts[0]?.end ?? 0n];
  for (const part of parts) {
    if (part.start < start) start = part.start;
    if (part.end > end) end = part.end;
  }
  return { start, end };
}
