import type { RecordedChannel } from "../../protocol/mcap/recorded-channel.ts";
import type { Compression } from "./compression.ts";
import type { RecordingSummary } from "./recording.ts";

/** To the thread that writes a recording. */
export type RecordingOrder =
  | {
      op: "open";
      path: string;
      library: string;
      compression: Compression;
      maxBytes: number;
      maxSeconds: number;
    }
  | { op: "channel"; id: number; channel: RecordedChannel }
  | { op: "block"; block: Uint8Array<ArrayBuffer> }
  | { op: "close" };

/** From it. `taken` says how many bytes of blocks are dealt with. */
export type RecordingReport =
  | { op: "opened" }
  | { op: "taken"; bytes: number; progress: { messages: number; bytes: number } }
  | { op: "closed"; summary: RecordingSummary }
  | { op: "failed"; reason: string };
