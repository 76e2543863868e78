import { mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { HistoryBatch, HistoryRecord } from "../../history/history-batch.ts";
import { RecordReader } from "../../history/sample-record.ts";
import { BlockWriter } from "./block-writer.ts";
import { listSegments, SegmentReader, segmentPath } from "./journal-segment.ts";
import { type JournalEnd, JournalWriter } from "./journal-writer.ts";
import { RecordStore } from "./record-store.ts";
import { SampleIntake } from "./sample-intake.ts";
import { checkpointed, type Database, openDatabase } from "./sqlite.ts";
import { StoreLock } from "./store-lock.ts";
import { prepareSchema } from "./store-schema.ts";
import { SeriesBook } from "./stored-series.ts";
import { WordBook } from "./word-book.ts";

/** Closed segments that are kept for series that fill their blocks slowly. */
const keptSegments = 2;
export const databaseName = "history.db";
export const journalName = "journal";

/** What was found when a store was opened. */
export type Recovery = { samples: number; tornBytes: number; ms: number; damaged: string[] };

/**
 * The store of one folder: what is handed over is in the journal when `write` returns, and in blocks a little later. It
 * belongs to one thread. Times are server ms.
 */
export class HistoryStore {
  readonly series: SeriesBook;
  readonly words: WordBook;
  readonly records: RecordStore;
  readonly blocks: BlockWriter;
  recovery: Recovery = { samples: 0, tornBytes: 0, ms: 0, damaged: [] };
  private readonly journal: JournalWriter;
  private readonly intake: SampleIntake;
  private inTransaction = false;
  /** Running number of the first sample of each segment that is still there. */
  private readonly segments: { number: number; path: string; first: number }[] = [];

  private constructor(
    readonly directory: string,
    readonly db: Database,
    private readonly lock: StoreLock,
    run: string | null,
    now: number,
  ) {
    this.series = new SeriesBook(db);
    this.words = new WordBook(db);
    this.blocks = new BlockWriter(db);
    this.records = new RecordStore(db);
    this.intake = new SampleIntake(this.series, this.words);
    const end = this.recover();
    this.series.beginRun();
    this.words.beginRun();
    if (run !== null) {
      this.begin();
      this.records.beginRun(run, now);
      this.intake.oldest = Number.POSITIVE_INFINITY;
      this.commit();
    }
    this.journal = new JournalWriter(join(directory, journalName), run ?? "", end);
  }

  /**
   * Opens or makes the store of `directory` for a run of the program with this name; null: to read it only. Throws a
   * `StoreFault`, or what the system says.
   */
  static open(directory: string, run: string | null, now: number): HistoryStore {
    mkdirSync(join(directory, journalName), { recursive: true, mode: 0o700 });
    const lock = StoreLock.take(directory);
    let db: Database | null = null;
    try {
      db = openDatabase(join(directory, databaseName));
      db.exec("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA page_size = 8192");
      db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0");
      prepareSchema(db);
      return new HistoryStore(directory, db, lock, run, now);
    } catch (error) {
      db?.close();
      lock.release();
      throw error;
    }
  }

  /** Running number of the next sample. */
  get end(): number {
    return this.journal.end.sample;
  }

  /** Stores a batch. Throws what the system says; then nothing of it is stored. */
  write(batch: HistoryBatch, now: number): void {
    const { sample, record } = this.journal.end;
    const before = this.journal.segment;
    this.journal.write(batch, now);
    if (this.journal.segment !== before || this.segments.length === 0) this.noteSegment(sample);
    this.begin();
    if (this.journal.end.record > record) this.takeRecords(batch.records, record);
    else this.define(batch.records);
    if (batch.samples > 0) {
      this.intake.take(new RecordReader(batch.buffer, 0, batch.bytes), batch.texts, sample);
      this.records.reachBack(this.intake.oldest);
    }
  }

  /**
   * Makes blocks of full columns for about `budgetMs`, and commits them. Returns whether more wait. `clock` in ms, for the
   * budget.
   */
  settle(budgetMs: number, clock: () => number): boolean {
    const oldest = this.segments[this.segments.length - keptSegments];
    if (oldest !== undefined && this.segments.length > keptSegments) this.intake.closeBefore(oldest.first);
    const { waiting } = this.intake;
    const until = clock() + budgetMs;
    if (waiting.length > 0) this.begin();
    for (let series = waiting.shift(); series !== undefined; series = waiting.shift()) {
      this.blocks.writeBlock(series);
      if (clock() > until) break;
    }
    this.blocks.writeRollUps();
    this.commit();
    return waiting.length > 0;
  }

  /** Asks the system to bring the journal to the disk; `done` gets its error, or null. */
  sync(done: (error: Error | null) => void): void {
    this.journal.sync(done);
  }

  /** Brings blocks to the disk, and deletes segments that neither they nor a reader at sample `needed` need. */
  checkpoint(needed: number): void {
    const unstored = this.intake.firstUnstored(this.end);
    this.begin();
    this.records.settle(unstored);
    this.commit();
    // Where somebody reads what is not in the database file yet, it may not be on the disk either.
    if (!checkpointed(this.db)) return;
    const first = Math.min(needed, unstored);
    while (this.segments.length > 1 && (this.segments[1]?.first ?? Number.POSITIVE_INFINITY) <= first) {
      const gone = this.segments.shift();
      if (gone !== undefined) rmSync(gone.path, { force: true });
    }
  }

  get journalSegments(): readonly { path: string }[] {
    return this.segments;
  }

  /** Brings everything into blocks, and deletes the journal. */
  purgeJournal(): void {
    this.intake.closeAll();
    this.settle(Number.POSITIVE_INFINITY, () => 0);
    this.journal.close();
    this.checkpoint(Number.POSITIVE_INFINITY);
    for (const { path } of this.segments.splice(0)) rmSync(path, { force: true });
  }

  /** Ends the store at server ms `now`; segments are kept for a reader at sample `needed`. */
  close(now: number, needed = Number.POSITIVE_INFINITY): void {
    try {
      this.records.endRun(now);
      this.intake.closeAll();
      this.settle(Number.POSITIVE_INFINITY, () => 0);
      this.journal.close();
      this.checkpoint(needed);
    } finally {
      this.db.close();
      this.lock.release();
    }
  }

  /** Gives up without another write: the disk refuses them. What is in the journal is read when it is opened again. */
  abandon(): void {
    const ends = [
      () => this.journal.close(),
      () => this.rollBack(),
      () => this.db.close(),
      () => this.lock.release(),
    ];
    for (const end of ends) {
      try {
        end();
      } catch {
        // The next one is tried all the same.
      }
    }
  }

  private rollBack(): void {
    if (this.inTransaction) this.db.exec("ROLLBACK");
    this.inTransaction = false;
  }

  begin(): void {
    if (this.inTransaction) return;
    this.db.exec("BEGIN");
    this.inTransaction = true;
  }

  commit(): void {
    if (!this.inTransaction) return;
    this.db.exec("COMMIT");
    this.inTransaction = false;
  }

  /** Reads the journal's segments: what is in no block comes back into memory. */
  private recover(): JournalEnd {
    const started = performance.now();
    const directory = join(this.directory, journalName);
    const end: JournalEnd = { segment: 0, sample: this.records.samplesEnd(), record: this.records.done + 1 };
    let run: string | null = null;
    this.begin();
    const segments = listSegments(directory);
    for (const [i, { number, path }] of segments.entries()) {
      end.segment = number + 1;
      const reader = new SegmentReader(path);
      try {
        // Kept for a sink alone: all of it is in blocks.
        if (this.isSettled(segments[i + 1]?.path)) {
          const head = reader.readHead();
          if (head !== null) this.segments.push({ number, path, first: head.first });
          continue;
        }
        for (let frame = reader.next(); frame !== null; frame = reader.next()) {
          if (reader.head !== null && reader.head.run !== run) {
            run = reader.head.run;
            this.series.beginRun();
            this.words.beginRun();
            this.records.beginRun(run, reader.head.begun);
            this.intake.oldest = Number.POSITIVE_INFINITY;
          }
          if (frame.kind === "records") this.takeRecords(frame.records, frame.number);
          else {
            const { bytes } = frame;
            const samples = new RecordReader(bytes.buffer, bytes.byteOffset, bytes.byteLength);
            this.recovery.samples += this.intake.take(samples, frame.texts, frame.first);
            this.records.reachBack(this.intake.oldest);
          }
        }
        this.recovery.tornBytes += reader.torn;
        end.sample = Math.max(end.sample, reader.samplesEnd);
        end.record = Math.max(end.record, reader.recordsEnd);
        if (reader.head !== null) this.segments.push({ number, path, first: reader.head.first });
      } finally {
        reader.close();
      }
      if (this.segments[this.segments.length - 1]?.path !== path) this.setAside(path);
    }
    // Numbers of another run follow.
    this.intake.closeAll();
    if (run !== null) this.records.endRun(this.intake.newest);
    this.commit();
    this.recovery.ms = performance.now() - started;
    return end;
  }

  /** A file that is no segment: empty where the program died while it made it, else damaged. */
  private setAside(path: string): void {
    if (statSync(path).size === 0) {
      rmSync(path, { force: true });
      return;
    }
    renameSync(path, `${path}.damaged`);
    this.recovery.damaged.push(`${path}.damaged`);
  }

  /** Whether the samples and records before those of this segment are in the database. */
  private isSettled(next: string | undefined): boolean {
    if (next === undefined) return false;
    const reader = new SegmentReader(next);
    try {
      const head = reader.readHead();
      return head !== null && head.first <= this.records.settled && head.firstRecord <= this.records.done + 1;
    } finally {
      reader.close();
    }
  }

  private noteSegment(first: number): void {
    const number = this.journal.segment;
    this.segments.push({ number, path: segmentPath(join(this.directory, journalName), number), first });
  }

  private define(records: readonly HistoryRecord[]): void {
    for (const record of records) {
      if (record.kind === "word") this.words.define(record.id, record.text);
      else if (record.kind === "series") this.series.define(record);
    }
  }

  private takeRecords(records: readonly HistoryRecord[], number: number): void {
    this.define(records);
    this.records.take(records, number);
  }
}
