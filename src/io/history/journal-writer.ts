import { closeSync, fdatasync, fdatasyncSync, fsyncSync, ftruncateSync, openSync } from "node:fs";
import type { HistoryBatch, HistoryRecord } from "../../history/history-batch.ts";
import { RecordReader } from "../../history/sample-record.ts";
import {
  headFrame,
  recordsFrame,
  type SegmentHead,
  samplesFrame,
  segmentPath,
  writeAll,
} from "./journal-segment.ts";

const segmentBytes = 16 * 1024 * 1024;
const segmentMs = 300_000;

/** Where a journal goes on: running numbers of its next segment, sample and frame of records. */
export type JournalEnd = { segment: number; sample: number; record: number };

/** Appends batches to segments. A batch is in the file when `write` returns: what is there survives the program's end. */
export class JournalWriter {
  private file = -1;
  private size = 0;
  private begun = 0;
  /** What the current segment has named already. */
  private named = { series: new Set<number>(), words: new Set<number>() };
  private readonly series = new Map<number, HistoryRecord>();
  private readonly words = new Map<number, HistoryRecord>();
  private syncing = false;
  private unsynced = false;

  constructor(
    private readonly directory: string,
    private readonly run: string,
    readonly end: JournalEnd,
  ) {}

  /** Number of the segment that is written; what is below is closed. */
  get segment(): number {
    return this.file < 0 ? this.end.segment : this.end.segment - 1;
  }

  /**
   * Writes a batch at server ms `now`. Where the system refuses, nothing of the batch counts as written, the file is cut
   * back to where it was, and the system's error is thrown.
   */
  write(batch: HistoryBatch, now: number): void {
    for (const record of batch.records) {
      if (record.kind === "series") this.series.set(record.id, record);
      else if (record.kind === "word") this.words.set(record.id, record);
    }
    if (this.file >= 0 && (this.size > segmentBytes || now - this.begun > segmentMs)) this.closeSegment();
    if (this.file < 0) this.openSegment(now);
    const records = batch.records.filter(({ kind }) => kind !== "series" && kind !== "word");
    const names = this.namesFor(batch);
    const said = [...names, ...records];
    const frames: Buffer[] = said.length > 0 ? [recordsFrame(said)] : [];
    if (batch.samples > 0) {
      frames.push(samplesFrame(new Uint8Array(batch.buffer, 0, batch.bytes), batch.samples, batch.texts));
    }
    const bytes = frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames);
    try {
      writeAll(this.file, bytes);
    } catch (error) {
      this.cutBack();
      for (const name of names) {
        if (name.kind === "series") this.named.series.delete(name.id);
        else if (name.kind === "word") this.named.words.delete(name.id);
      }
      throw error;
    }
    this.size += bytes.length;
    if (said.length > 0) this.end.record++;
    this.end.sample += batch.samples;
    this.unsynced = true;
  }

  /** Has the system bring what was written to the disk, beside; `done` gets its error, or null. */
  sync(done: (error: Error | null) => void): void {
    if (!this.unsynced || this.syncing || this.file < 0) return;
    this.syncing = true;
    this.unsynced = false;
    fdatasync(this.file, (error) => {
      this.syncing = false;
      // Its segment was closed meanwhile, which synced it.
      done(error?.code === "EBADF" ? null : error);
    });
  }

  close(): void {
    if (this.file >= 0) this.closeSegment();
  }

  private openSegment(now: number): void {
    const { directory, run, end } = this;
    const file = openSync(segmentPath(directory, end.segment), "wx");
    const head: Omit<SegmentHead, "format" | "magic"> = {
      run,
      first: end.sample,
      firstRecord: end.record,
      begun: now,
    };
    const bytes = headFrame(head);
    this.file = file;
    this.size = 0;
    this.begun = now;
    end.segment++;
    this.named = { series: new Set(), words: new Set() };
    try {
      writeAll(file, bytes);
    } catch (error) {
      this.cutBack();
      this.file = -1;
      closeSync(file);
      throw error;
    }
    this.size = bytes.length;
    const folder = openSync(directory, "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }

  private closeSegment(): void {
    const { file } = this;
    this.file = -1;
    try {
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  private cutBack(): void {
    try {
      ftruncateSync(this.file, this.size);
    } catch {
      // The reader stops at a frame that is not whole, and so would lose what comes after it.
      closeSync(this.file);
      this.file = -1;
    }
  }

  /** What of the numbers that a batch uses the segment has not named yet. */
  private namesFor(batch: HistoryBatch): HistoryRecord[] {
    const names: HistoryRecord[] = [];
    const need = (named: Set<number>, from: ReadonlyMap<number, HistoryRecord>, id: number): void => {
      if (named.has(id)) return;
      const record = from.get(id);
      if (record === undefined) return;
      named.add(id);
      names.push(record);
    };
    const reader = new RecordReader(batch.buffer, 0, batch.bytes);
    const { series, words } = this.named;
    let lastSource = 0;
    while (reader.next()) {
      need(series, this.series, reader.property);
      if (reader.source !== lastSource) {
        lastSource = reader.source;
        if (lastSource > 0) need(words, this.words, lastSource);
      }
      if (reader.reason > 0) need(words, this.words, reader.reason);
    }
    return names;
  }
}
