import { Worker } from "node:worker_threads";
import { workerFile } from "../worker-file.ts";
import type { SinkStatus } from "./sink-status.ts";
import type { FromSinks, SinksOptions } from "./sinks-messages.ts";

/** How long after its thread failed it is started again, and how long the end of the program waits for it. ms */
const restartMs = 5000;
const stopMs = 3000;

export type SinksThreadOptions = SinksOptions & {
  /** The history's journal is needed from this sample on. */
  onNeeded(sample: number): void;
  onStatus(statuses: readonly SinkStatus[]): void;
  onFault(message: string): void;
};

/** Sends the rows of a history to other stores, in a thread of its own, which is started again should it fail. */
export class SinksThread {
  statuses: readonly SinkStatus[] = [];
  private worker: Worker | null = null;
  private restart: NodeJS.Timeout | null = null;
  private ended = false;
  private onStopped: (() => void) | null = null;

  constructor(
    private readonly options: SinksThreadOptions,
    private readonly openThread: (options: SinksOptions) => Worker = openSinksThread,
  ) {
    // Until the thread has said how far they are.
    options.onNeeded(0);
    this.open();
  }

  async stop(): Promise<void> {
    this.ended = true;
    if (this.restart !== null) clearTimeout(this.restart);
    const { worker } = this;
    if (worker === null) return;
    const stopped = new Promise<void>((resolve) => {
      this.onStopped = resolve;
    });
    worker.postMessage({ op: "stop" });
    let timer: NodeJS.Timeout | null = null;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, stopMs);
    });
    await Promise.race([stopped, late]);
    if (timer !== null) clearTimeout(timer);
    await worker.terminate();
    this.worker = null;
  }

  private open(): void {
    const { directory, sinks, spoolBytes } = this.options;
    const worker = this.openThread({ directory, sinks, spoolBytes });
    this.worker = worker;
    worker.on("message", (message: FromSinks) => {
      if (message.op === "stopped") {
        this.onStopped?.();
        return;
      }
      this.statuses = message.statuses;
      this.options.onNeeded(message.needed);
      this.options.onStatus(message.statuses);
    });
    worker.on("error", (error) => this.fail(error.message));
    worker.on("exit", () => this.fail("it has ended"));
  }

  private fail(reason: string): void {
    this.onStopped?.();
    if (this.ended || this.restart !== null) return;
    this.worker = null;
    this.options.onFault(`the thread of the history's sinks failed: ${reason}. It is started again.`);
    this.restart = setTimeout(() => {
      this.restart = null;
      this.open();
    }, restartMs);
    this.restart.unref();
  }
}

function openSinksThread(workerData: SinksOptions): Worker {
  return new Worker(workerFile("io/sinks/sinks-worker.js"), { workerData });
}
