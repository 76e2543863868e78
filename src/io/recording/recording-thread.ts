import { Worker } from "node:worker_threads";
import { MessageBlock } from "../../protocol/mcap/message-block.ts";
import type { RecordedChannel } from "../../protocol/mcap/recorded-channel.ts";
import { workerFile } from "../worker-file.ts";
import type { RecordingSummary } from "./recording.ts";
import type { RecordingOrder, RecordingReport } from "./recording-messages.ts";

const sendEachMs = 100;
const sendAtBytes = 256 * 1024;
/** What waits for the disk; beyond it messages are dropped and counted. */
const mostWaitingBytes = 256 << 20;

type OpenOrder = Extract<RecordingOrder, { op: "open" }>;

/** A recording that is written by a thread of its own. Messages may come from any callback: they are copied. */
export class RecordingThread {
  private readonly worker: Worker;
  private readonly block = new MessageBlock(sendAtBytes * 2);
  private readonly sending: NodeJS.Timeout;
  private channelCount = 0;
  private waitingBytes = 0;
  private reason: string | null = null;
  private done: ((summary: RecordingSummary | null) => void) | null = null;
  /** Resolves once the file is there: what is taken before may be lost when the program is killed. */
  readonly opened: Promise<void>;
  private open: () => void = () => undefined;
  dropped = 0;
  progress = { messages: 0, bytes: 0 };

  /** `onFailed` is called once when the disk refuses; what was written before stays. */
  constructor(
    options: Omit<OpenOrder, "op">,
    private readonly onFailed: (reason: string) => void,
  ) {
    this.opened = new Promise((resolve) => {
      this.open = resolve;
    });
    this.worker = openThread();
    this.worker.on("message", (message: RecordingReport) => this.heard(message));
    this.worker.on("error", (error) => this.failed(error.message));
    this.order({ op: "open", ...options });
    this.sending = setInterval(() => this.send(), sendEachMs);
  }

  /** The number of a new channel. */
  channel(channel: RecordedChannel): number {
    const id = ++this.channelCount;
    // Its messages must not be with the thread before it.
    this.order({ op: "channel", id, channel });
    return id;
  }

  add(channel: number, logTime: bigint, publishTime: bigint, data: Uint8Array): void {
    if (this.reason !== null || this.waitingBytes + this.block.size + data.length > mostWaitingBytes) {
      this.dropped++;
      return;
    }
    this.block.add(channel, logTime, publishTime, data);
    if (this.block.size >= sendAtBytes) this.send();
  }

  /** Resolves to what was written; null after a fault. */
  close(): Promise<RecordingSummary | null> {
    clearInterval(this.sending);
    if (this.reason !== null) return Promise.resolve(null);
    this.send();
    return new Promise((resolve) => {
      this.done = resolve;
      this.order({ op: "close" });
    });
  }

  private send(): void {
    if (this.block.count === 0 || this.reason !== null) return;
    const block = this.block.take();
    this.waitingBytes += block.length;
    this.order({ op: "block", block }, [block.buffer]);
  }

  private order(order: RecordingOrder, transfer: ArrayBuffer[] = []): void {
    this.worker.postMessage(order, transfer);
  }

  private heard(message: RecordingReport): void {
    if (message.op === "taken") {
      this.waitingBytes -= message.bytes;
      this.progress = message.progress;
    } else if (message.op === "opened") this.open();
    else if (message.op === "closed") this.done?.(message.summary);
    else if (message.op === "failed") this.failed(message.reason);
  }

  private failed(reason: string): void {
    if (this.reason !== null) return;
    this.reason = reason;
    clearInterval(this.sending);
    this.done?.(null);
    this.onFailed(reason);
  }
}

function openThread(): Worker {
  return new Worker(workerFile("io/recording/recording-worker.js"));
}
