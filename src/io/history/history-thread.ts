import { Worker } from "node:worker_threads";
import type { Facet } from "../../core/quality.ts";
import type { HistoryBatch } from "../../history/history-batch.ts";
import type { BodyRequest, HistoryBodies } from "../../history/history-body.ts";
import {
  type EventsQuery,
  type History,
  type HistoryClock,
  type HistoryEvent,
  HistoryFault,
  type HistoryStatus,
  type PastMoments,
  type PointSeries,
  type PointsQuery,
  type SampleChunk,
  type SeriesInfo,
  type SeriesSelection,
} from "../../history/history-query.ts";
import { workerFile } from "../worker-file.ts";
import type { FromHistory, HistoryCall, HistoryCalls, ToHistory, WorkerOptions } from "./history-messages.ts";
import type { LastValue } from "./store-queries.ts";

/** Batches that the thread may have in hand; more wait here, where the oldest can be dropped. */
const inHand = 4;
/** Bytes of samples that wait here at most: above, the oldest are dropped. */
const maxWaitingBytes = 32 * 1024 * 1024;
/** Calls that wait for an answer at most. */
const maxCalls = 256;
/** How long the end of the program waits for the thread. ms */
const closeMs = 5000;

export type HistoryThreadOptions = WorkerOptions & {
  /** Takes back a batch's buffer. `isStored`: what it held is in the journal, and survives the program's end. */
  recycle(buffer: ArrayBuffer, isStored: boolean): void;
  onEvent(severity: "info" | "warning" | "error", kind: string, message: string): void;
};

type Waiting = { resolve(value: never): void; reject(error: Error): void };

/** The history, in a thread of its own: what is posted is stored there, and what is asked answered. */
export class HistoryThread implements History, HistoryBodies, PastMoments {
  private readonly worker: Worker;
  private readonly calls = new Map<number, Waiting>();
  private readonly queue: { batch: HistoryBatch; now: number }[] = [];
  private queuedBytes = 0;
  private given = 0;
  private issued = 0;
  private droppedHere = 0;
  private overloaded = false;
  private last: HistoryStatus;
  private ended: string | null = null;
  private onClosed: (() => void) | null = null;
  /** Running number of the next sample to be stored, as of the last second. */
  end = 0;

  constructor(
    private readonly options: HistoryThreadOptions,
    openThread: (options: WorkerOptions) => Worker = openHistoryThread,
  ) {
    this.last = {
      state: "opening",
      reason: "",
      remedy: "",
      directory: options.directory,
      from: Number.NaN,
      to: Number.NaN,
      bytes: 0,
      series: 0,
      stored: 0,
      dropped: 0,
    };
    const { directory, run, rawMs, maxBytes, minFreeBytes } = options;
    this.worker = openThread({ directory, run, rawMs, maxBytes, minFreeBytes });
    this.worker.on("message", (message: FromHistory) => this.take(message));
    this.worker.on("error", (error) => this.fail(`the thread of the history failed: ${error.message}`));
    this.worker.on("exit", () => this.fail("the thread of the history has ended"));
  }

  /** Hands a batch over; it never waits. Where the thread cannot follow, the oldest that waits is dropped and counted. */
  post(batch: HistoryBatch, now: number): void {
    if (this.ended !== null) {
      this.droppedHere += batch.samples;
      this.options.recycle(batch.buffer, false);
      return;
    }
    this.queue.push({ batch, now });
    this.queuedBytes += batch.buffer.byteLength;
    while (this.queuedBytes > maxWaitingBytes && this.queue.length > 1) this.dropOldest();
    this.give();
  }

  status(): HistoryStatus {
    const { last } = this;
    const dropped = last.dropped + this.droppedHere;
    if (this.ended === null) return { ...last, dropped };
    return { ...last, dropped, state: "failed", reason: this.ended, remedy: "Start the twin again." };
  }

  /** The journal is needed from this running number on, by whoever reads it beside. */
  need(sample: number): void {
    this.send({ op: "needed", sample });
  }

  series(patterns: readonly string[], facet: Facet | "*"): Promise<SeriesInfo[]> {
    return this.call("series", patterns, facet);
  }

  points(query: PointsQuery): Promise<PointSeries[]> {
    return this.call("points", query);
  }

  count(query: SeriesSelection): Promise<number> {
    return this.call("count", query);
  }

  lastValues(
    patterns: readonly string[],
    facet: Facet | "*",
    at: number,
    maxAgeMs: number,
  ): Promise<LastValue[]> {
    return this.call("lastValues", patterns, facet, at, maxAgeMs);
  }

  twinAt(at: number, clock: HistoryClock): Promise<string> {
    return this.call("twinAt", at, clock);
  }

  events(query: EventsQuery): Promise<HistoryEvent[]> {
    return this.call("events", query);
  }

  gaps(from: number, to: number): Promise<{ from: number; to: number }[]> {
    return this.call("gaps", from, to);
  }

  /** The URDF with this hash, if it was stored. */
  description(hash: string): Promise<string | null> {
    return this.call("description", hash);
  }

  /** See `StoreQueries.moment`. */
  moment(viewer: string, at: number): Promise<string[]> {
    return this.call("moment", viewer, at);
  }

  forgetViewer(viewer: string): void {
    this.call("forgetViewer", viewer).catch(() => undefined);
  }

  async *samples(query: SeriesSelection): AsyncGenerator<SampleChunk> {
    const id = ++this.issued;
    let isOver = false;
    try {
      for (let given: SeriesSelection | null = query; ; given = null) {
        const chunks: SampleChunk[] | null = await this.call("nextSamples", id, given);
        if (chunks === null) {
          isOver = true;
          return;
        }
        yield* chunks;
      }
    } finally {
      if (!isOver) this.call("endSamples", id).catch(() => undefined);
    }
  }

  async *body(request: BodyRequest): AsyncGenerator<Uint8Array> {
    const id = ++this.issued;
    let isOver = false;
    try {
      for (let given: BodyRequest | null = request; ; given = null) {
        const piece: Uint8Array | null = await this.call("nextBody", id, given);
        if (piece === null) {
          isOver = true;
          return;
        }
        yield piece;
      }
    } finally {
      if (!isOver) this.call("endBody", id).catch(() => undefined);
    }
  }

  /** Stores what was posted and ends the thread, at server ms `now`. */
  async close(now: number): Promise<void> {
    if (this.ended !== null) return;
    for (const { batch, now: at } of this.queue.splice(0)) {
      this.send({ op: "batch", batch, now: at });
    }
    const closed = new Promise<void>((resolve) => {
      this.onClosed = resolve;
      setTimeout(resolve, closeMs).unref();
    });
    this.send({ op: "close", now });
    await closed;
    this.ended = "the twin is going down";
    await this.worker.terminate();
  }

  private give(): void {
    while (this.given < inHand) {
      const next = this.queue.shift();
      if (next === undefined) return;
      this.queuedBytes -= next.batch.buffer.byteLength;
      this.given++;
      this.worker.postMessage({ op: "batch", ...next } satisfies ToHistory, [next.batch.buffer]);
    }
  }

  /** The samples of the batch that waits longest are lost; what is said once for all stays. */
  private dropOldest(): void {
    const oldest = this.queue.shift();
    const next = this.queue[0];
    if (oldest === undefined || next === undefined) return;
    this.queuedBytes -= oldest.batch.buffer.byteLength;
    this.droppedHere += oldest.batch.samples;
    next.batch.records = [...oldest.batch.records, ...next.batch.records];
    this.options.recycle(oldest.batch.buffer, false);
    if (this.overloaded) return;
    this.overloaded = true;
    const text = "the history cannot be stored as fast as samples arrive: the oldest that wait are lost";
    this.options.onEvent("warning", "history.overflow", text);
  }

  private take(message: FromHistory): void {
    switch (message.op) {
      case "taken":
        this.given--;
        this.options.recycle(message.buffer, message.isStored);
        if (this.queue.length === 0) this.overloaded = false;
        this.give();
        return;
      case "answer":
        this.calls.get(message.id)?.resolve(message.value as never);
        this.calls.delete(message.id);
        return;
      case "refused": {
        const { status } = message;
        const isFault = status === 400 || status === 404 || status === 413 || status === 503;
        const error = isFault ? new HistoryFault(status, message.message) : new Error(message.message);
        this.calls.get(message.id)?.reject(error);
        this.calls.delete(message.id);
        return;
      }
      case "status":
        this.last = message.status;
        this.end = message.end;
        return;
      case "event":
        this.options.onEvent(message.severity, message.kind, message.message);
        return;
      case "closed":
        this.onClosed?.();
    }
  }

  private call<M extends keyof HistoryCalls>(
    method: M,
    ...args: Parameters<HistoryCalls[M]>
  ): Promise<Awaited<ReturnType<HistoryCalls[M]>>> {
    if (this.ended !== null) return Promise.reject(new HistoryFault(503, this.ended));
    if (this.calls.size >= maxCalls) {
      return Promise.reject(
        new HistoryFault(503, "too many queries of the history at once: ask again later"),
      );
    }
    const id = ++this.issued;
    return new Promise((resolve, reject) => {
      this.calls.set(id, { resolve: resolve as Waiting["resolve"], reject });
      this.send({ op: "call", id, method, args } as { op: "call" } & HistoryCall);
    });
  }

  private send(message: ToHistory): void {
    if (this.ended === null) this.worker.postMessage(message);
  }

  private fail(reason: string): void {
    if (this.ended !== null) return;
    this.ended = reason;
    for (const { reject } of this.calls.values()) reject(new HistoryFault(503, reason));
    this.calls.clear();
    this.onClosed?.();
    this.options.onEvent("error", "history.failed", `history: ${reason}. Nothing is recorded.`);
  }
}

function openHistoryThread(workerData: WorkerOptions): Worker {
  return new Worker(workerFile("io/history/history-worker.js"), { workerData });
}
