import { Worker } from "node:worker_threads";
import { MessageBlock } from "../../protocol/mcap/message-block.ts";
import type { RecordedChannel } from "../../protocol/mcap/recorded-channel.ts";
import { workerFile } from "../worker-file.ts";
import type { RecordSink } from "./record-tap.ts";
import type { TriggerOrder, TriggerReport } from "./trigger-messages.ts";
import type { SavedRecording, TriggerRingOptions } from "./trigger-ring.ts";

const sendEachMs = 100;
const sendAtBytes = 256 * 1024;
/** What waits for the thread; beyond it messages are dropped and counted. */
const mostWaitingBytes = 32 << 20;
const closeWithinMs = 2000;
/** Numbers of channels begin behind those that the ring has of its own. */
const firstChannel = 100;

export type TriggerThreadOptions = TriggerRingOptions & {
  /** Server ms. */
  now(): number;
  onSaved(saved: SavedRecording): void;
  onFailed(reason: string): void;
};

/** Keeps the last seconds of all messages in a thread of its own, until something makes a recording of them. */
export class TriggerThread implements RecordSink {
  private readonly worker: Worker;
  private readonly block = new MessageBlock(sendAtBytes * 2);
  private readonly sending: NodeJS.Timeout;
  private channels = firstChannel;
  private waitingBytes = 0;
  private dropped = 0;
  private isGone = false;
  private closed: (() => void) | null = null;

  constructor(private readonly options: TriggerThreadOptions) {
    const { now: _now, onSaved, onFailed, ...ring } = options;
    this.worker = openThread();
    this.worker.unref();
    this.worker.on("message", (report: TriggerReport) => {
      if (report.op === "taken") this.waitingBytes -= report.bytes;
      else if (report.op === "saved") onSaved(report.saved);
      else if (report.op === "failed") onFailed(report.reason);
      else this.closed?.();
    });
    this.worker.on("error", (error) => {
      this.isGone = true;
      onFailed(error.message);
      this.closed?.();
    });
    this.order({ op: "open", options: ring, compression: "zstd" });
    this.sending = setInterval(() => {
      this.send();
      this.order({ op: "tick", at: this.options.now() });
    }, sendEachMs);
    this.sending.unref();
  }

  channel(channel: RecordedChannel): number {
    const id = this.channels++;
    this.order({ op: "channel", id, channel });
    return id;
  }

  add(channel: number, logTime: bigint, publishTime: bigint, data: Uint8Array): void {
    if (this.isGone || this.waitingBytes + this.block.size + data.length > mostWaitingBytes) {
      this.dropped++;
      return;
    }
    this.block.add(channel, logTime, publishTime, data);
    if (this.block.size >= sendAtBytes) this.send();
  }

  /** What was before this moment and what comes after it is kept, in a file that is named for `kind`. */
  trigger(kind: string, at: number): void {
    this.send();
    this.order({ op: "trigger", kind, at });
  }

  /** Ends the recording that is being made. */
  async close(): Promise<void> {
    clearInterval(this.sending);
    this.send();
    const closed = new Promise<void>((resolve) => {
      this.closed = resolve;
      if (this.isGone) resolve();
      else setTimeout(resolve, closeWithinMs).unref();
    });
    this.order({ op: "close" });
    await closed;
    await this.worker.terminate();
  }

  private send(): void {
    if (this.block.count === 0) return;
    const block = this.block.take();
    this.waitingBytes += block.length;
    this.order({ op: "block", block, at: this.options.now(), dropped: this.dropped }, [block.buffer]);
    this.dropped = 0;
  }

  private order(order: TriggerOrder, transfer: ArrayBuffer[] = []): void {
    if (!this.isGone) this.worker.postMessage(order, transfer);
  }
}

function openThread(): Worker {
  return new Worker(workerFile("io/recording/trigger-worker.js"));
}
