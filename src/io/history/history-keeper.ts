import { firstLineOf } from "../../core/first-line.ts";
import type { HistoryBatch, HistoryRecord } from "../../history/history-batch.ts";
import type { HistoryStatus } from "../../history/history-query.ts";
import { Retention, type RetentionLimits } from "./retention.ts";
import { HistoryStore } from "./store.ts";
import { StoreFault } from "./store-schema.ts";

const retryMs = 5000;
const syncMs = 1000;
const checkpointMs = 5000;
const judgeMs = 10_000;
const retentionMs = 2000;
/** Work on blocks in one tick. */
const settleMs = 8;

export type KeeperOptions = RetentionLimits & {
  directory: string;
  /** Names the run of the program; another one each time it starts. */
  run: string;
  onEvent(severity: "info" | "warning" | "error", kind: string, message: string): void;
  /** Running number of the first sample that a reader of the journal still needs. */
  needed(): number;
};

/**
 * Keeps a store open and in order: makes blocks, brings them to the disk, deletes what is too old, and opens the store again
 * where the disk failed it. It has no timer: `tick` is called every 100 ms or so, with server ms.
 */
export class HistoryKeeper {
  store: HistoryStore | null = null;
  /** Samples that are in the journal, and those that were lost, since the start. */
  stored = 0;
  dropped = 0;
  private retention: Retention | null = null;
  private fault: { reason: string; remedy: string } | null = null;
  private readonly next = { open: 0, sync: 0, checkpoint: 0, judge: 0, retention: 0 };
  /** What the run has named so far: a store that is opened again is told it anew. */
  private readonly names: HistoryRecord[] = [];
  private readonly things = new Map<string, HistoryRecord>();
  private bytes = 0;
  private full = false;
  private saidTooMany = false;

  constructor(private readonly options: KeeperOptions) {}

  /** Stores a batch at server ms `now`. Returns whether it is in the journal. */
  take(batch: HistoryBatch, now: number): boolean {
    this.remember(batch.records);
    if (this.store === null || this.full) return this.drop(batch);
    try {
      this.store.write(batch, now);
      this.stored += batch.samples;
      this.recovered();
      return true;
    } catch (error) {
      this.failed(error as Error, now);
      return this.drop(batch);
    }
  }

  /** What is due. Returns whether more work waits than was done. */
  tick(now: number): boolean {
    if (this.store === null) {
      if (now < this.next.open) return false;
      this.next.open = now + retryMs;
      this.open(now);
      return false;
    }
    try {
      return this.tend(this.store, now);
    } catch (error) {
      this.failed(error as Error, now);
      return false;
    }
  }

  status(): HistoryStatus {
    const { store, fault, options } = this;
    let [from, to] = [Number.NaN, Number.NaN];
    for (const { info } of store?.series.all ?? []) {
      if (!(info.first >= from)) from = info.first;
      if (!(info.last <= to)) to = info.last;
    }
    return {
      state: fault !== null ? "failed" : store === null ? "opening" : "recording",
      reason: fault?.reason ?? "",
      remedy: fault?.remedy ?? "",
      directory: options.directory,
      from,
      to,
      bytes: this.bytes,
      series: store?.series.all.length ?? 0,
      stored: this.stored,
      dropped: this.dropped,
    };
  }

  /** The program ends at server ms `now`. */
  close(now: number): void {
    try {
      this.store?.close(now, this.options.needed());
    } catch {
      this.store?.abandon();
    }
    this.store = null;
  }

  private open(now: number): void {
    try {
      const store = HistoryStore.open(this.options.directory, this.options.run, now);
      this.store = store;
      this.retention = new Retention(store, this.options);
      this.bytes = this.retention.bytes();
      this.full = false;
      const { samples, tornBytes, ms, damaged } = store.recovery;
      if (damaged.length > 0) {
        const text = `segments of the history's journal are damaged and were set aside: ${damaged.slice(0, 3).join(", ")}`;
        this.say("warning", "history.damaged", text);
      }
      if (samples > 0) {
        const torn = tornBytes > 0 ? `; ${tornBytes} bytes of an unfinished write were left out` : "";
        this.say(
          "info",
          "history.recovered",
          `${samples} samples read from the journal in ${ms.toFixed(0)} ms${torn}`,
        );
      }
      const records = [...this.names, ...this.things.values()].map((record) =>
        record.kind === "thing" ? { ...record, time: now } : record,
      );
      if (records.length > 0) {
        store.write({ records, texts: [], buffer: new ArrayBuffer(0), bytes: 0, samples: 0 }, now);
      }
      this.recovered();
    } catch (error) {
      this.failed(error as Error, now);
    }
  }

  private tend(store: HistoryStore, now: number): boolean {
    const { next } = this;
    let more = store.settle(settleMs, () => performance.now());
    if (now >= next.sync) {
      next.sync = now + syncMs;
      store.sync((error) => {
        if (error !== null) this.failed(error, now);
      });
    }
    if (now >= next.checkpoint) {
      next.checkpoint = now + checkpointMs;
      store.checkpoint(this.options.needed());
    }
    if (store.series.refused > 0 && !this.saidTooMany) {
      this.saidTooMany = true;
      const text = `the history has ${store.series.all.length} series, and takes no new ones: leave out what is not needed, or begin with an empty folder`;
      this.say("warning", "history.too_many_series", text);
    }
    const { retention } = this;
    if (retention === null) return more;
    if (now >= next.judge) {
      next.judge = now + judgeMs;
      this.bytes = retention.bytes();
      this.judgeSpace(retention, now);
    }
    if (now >= next.retention) {
      if (retention.step(now)) more = true;
      else next.retention = now + retentionMs;
    }
    return more;
  }

  private judgeSpace(retention: Retention, now: number): void {
    const hasRoom = retention.judge(now);
    if (hasRoom) {
      if (this.full) this.full = false;
      return;
    }
    if (!this.full) {
      this.full = true;
      this.tell(
        "the disk is nearly full, and nothing older is left to delete",
        "Free space on the disk, lower history.minFreeBytes, or choose another folder with history.dir.",
      );
    }
  }

  private remember(records: readonly HistoryRecord[]): void {
    for (const record of records) {
      if (record.kind === "word" || record.kind === "series") this.names.push(record);
      else if (record.kind === "thing") {
        if (record.thing === null) this.things.delete(record.id);
        else this.things.set(record.id, record);
      }
    }
  }

  private drop(batch: HistoryBatch): false {
    this.dropped += batch.samples;
    return false;
  }

  /** The disk or the file refused: the store is let go, and opened anew a little later. */
  private failed(error: Error & { code?: string }, now: number): void {
    this.store?.abandon();
    this.store = null;
    this.retention = null;
    this.next.open = now + retryMs;
    const { reason, remedy } = explain(error, this.options.directory);
    this.tell(reason, remedy);
  }

  private tell(reason: string, remedy: string): void {
    if (this.fault?.reason === reason) return;
    this.fault = { reason, remedy };
    this.say(
      "error",
      "history.failed",
      `history: ${reason.replace(/\.$/, "")}. Nothing is recorded. ${remedy}`,
    );
  }

  private recovered(): void {
    if (this.fault === null) return;
    this.fault = null;
    const lost = this.dropped > 0 ? `; ${this.dropped} samples were lost since the start` : "";
    this.say("info", "history.recording", `the history is recorded again${lost}`);
  }

  private say(severity: "info" | "warning" | "error", kind: string, message: string): void {
    this.options.onEvent(severity, kind, message);
  }
}

/** Why the store failed, as a sentence, and what to do. */
function explain(error: Error & { code?: string }, directory: string): { reason: string; remedy: string } {
  if (error instanceof StoreFault) return { reason: error.message, remedy: error.remedy };
  const text = `${error.code ?? ""} ${error.message}`;
  if (/ENOSPC|EDQUOT|disk is full/i.test(text)) {
    return {
      reason: "the disk is full",
      remedy: "Free space on the disk. Recording then goes on by itself.",
    };
  }
  if (/EROFS|EACCES|EPERM|readonly|unable to open/i.test(text)) {
    return {
      reason: `the folder ${directory} cannot be written`,
      remedy: "Give the twin the right to write there, or choose another folder with history.dir.",
    };
  }
  if (/Cannot find module|libsql/.test(text)) {
    return {
      reason: `libsql is not there for this system (${firstLineOf(error)})`,
      remedy: "Run npm install again, or set history.enabled to false.",
    };
  }
  if (/malformed|not a database|damaged/i.test(text)) {
    return {
      reason: `the database in ${directory} is damaged (${error.message})`,
      remedy: "Run `twin history verify`, restore a backup, or move the folder away.",
    };
  }
  return { reason: error.message, remedy: "It is tried again every 5 s." };
}
