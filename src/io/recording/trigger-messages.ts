import type { RecordedChannel } from "../../protocol/mcap/recorded-channel.ts";
import type { Compression } from "./compression.ts";
import type { SavedRecording, TriggerRingOptions } from "./trigger-ring.ts";

/** To the thread that keeps the last seconds. Times are server ms. */
export type TriggerOrder =
  | { op: "open"; options: TriggerRingOptions; compression: Compression }
  | { op: "channel"; id: number; channel: RecordedChannel }
  | { op: "block"; block: Uint8Array<ArrayBuffer>; at: number; dropped: number }
  | { op: "trigger"; kind: string; at: number }
  | { op: "tick"; at: number }
  | { op: "close" };

/** From it. `failed` says what the disk refused; it goes on all the same. */
export type TriggerReport =
  | { op: "taken"; bytes: number }
  | { op: "saved"; saved: SavedRecording }
  | { op: "failed"; reason: string }
  | { op: "closed" };
