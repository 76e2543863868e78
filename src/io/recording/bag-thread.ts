import { Worker } from "node:worker_threads";
import { workerFile } from "../worker-file.ts";
import type { BagChannel } from "./bag-source.ts";
import type { BagOrder, BagReport } from "./bag-worker.ts";

/** What is known of a bag that is open. */
export type OpenedBag = {
  channels: readonly BagChannel[];
  start: bigint;
  end: bigint;
  notes: readonly string[];
};

/** A bag that a thread of its own reads. One call at a time. */
export class BagThread {
  private readonly worker: Worker;
  private waiting: { resolve(report: BagReport): void; reject(error: Error): void } | null = null;
  private fault: Error | null = null;

  constructor() {
    this.worker = openThread();
    this.worker.on("message", (report: BagReport) => {
      if (report.op === "failed") this.fail(new Error(report.reason));
      else this.take()?.resolve(report);
    });
    this.worker.on("error", (error) => this.fail(error));
    this.worker.on("exit", () => this.fail(new Error("the thread that reads the bag has ended")));
  }

  /** Rejects with what is wrong with the file, and what to do. */
  async open(path: string): Promise<OpenedBag> {
    const report = await this.ask({ op: "open", path });
    if (report.op !== "opened") throw new Error(`unexpected ${report.op}`);
    return report;
  }

  /** The next messages, in the order of their times; after the one that `isEnd`, the first again. */
  async next(): Promise<{ block: Uint8Array; isEnd: boolean }> {
    const report = await this.ask({ op: "next" });
    if (report.op !== "block") throw new Error(`unexpected ${report.op}`);
    return report;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private ask(order: BagOrder): Promise<BagReport> {
    if (this.fault !== null) return Promise.reject(this.fault);
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.worker.postMessage(order);
    });
  }

  private take(): typeof this.waiting {
    const { waiting } = this;
    this.waiting = null;
    return waiting;
  }

  private fail(error: Error): void {
    this.fault ??= error;
    this.take()?.reject(error);
  }
}

function openThread(): Worker {
  return new Worker(workerFile("io/recording/bag-worker.js"));
}
