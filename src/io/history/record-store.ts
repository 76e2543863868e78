import type { HistoryRecord } from "../../history/history-batch.ts";
import type { Database, Statement } from "./sqlite.ts";

/** Keeps what is no sample: events, things, descriptions, and when the program ran. Called within a transaction. */
export class RecordStore {
  /** Number of the last frame of records that is stored. */
  done: number;
  /** All samples with smaller running numbers are in blocks. */
  settled: number;
  /** The run that is being written or read. */
  run = 0;
  /** When it began, server ms. */
  private begin = Number.NEGATIVE_INFINITY;
  private readonly insertEvent: Statement;
  private readonly insertThing: Statement;
  private readonly insertDescription: Statement;
  private readonly insertMark: Statement;
  private readonly extendRun: Statement;
  private readonly putMeta: Statement;

  constructor(private readonly db: Database) {
    this.insertEvent = db.prepare(
      "INSERT INTO event (time, severity, kind, robot, message, data) VALUES (?, ?, ?, ?, ?, ?)",
    );
    this.insertThing = db.prepare("INSERT INTO thing (run, time, thing, data) VALUES (?, ?, ?, ?)");
    this.insertDescription = db.prepare(
      "INSERT OR IGNORE INTO description (hash, time, robot, text) VALUES (?, ?, ?, ?)",
    );
    this.insertMark = db.prepare("INSERT INTO mark (run, time, revision) VALUES (?, ?, ?)");
    this.extendRun = db.prepare("UPDATE run SET end = max(end, ?) WHERE id = ?");
    this.putMeta = db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)");
    const meta = db.prepare("SELECT value FROM meta WHERE key = ?").raw(true);
    const number = (key: string, none: number): number =>
      (meta.get(key) as [number] | undefined)?.[0] ?? none;
    this.done = number("records", -1);
    this.settled = number("settled", 0);
  }

  /** What follows belongs to the run of this name, which is made where it is new. */
  beginRun(name: string, time: number): void {
    const known = this.db.prepare("SELECT id, begin FROM run WHERE name = ?").raw(true).get(name) as
      | [number, number]
      | undefined;
    if (known !== undefined) {
      [this.run, this.begin] = known;
      return;
    }
    const insert = this.db.prepare("INSERT INTO run (name, begin, end) VALUES (?, ?, ?)");
    this.run = Number(insert.run(name, time, time).lastInsertRowid);
    this.begin = time;
  }

  /** The run has a sample of `time`: what arrived before the store was open belongs to it. */
  reachBack(time: number): void {
    if (time >= this.begin || this.run === 0) return;
    this.begin = time;
    this.db.prepare("UPDATE run SET begin = ? WHERE id = ?").run(time, this.run);
  }

  /** Stores the records of the frame `number`, unless they are stored already. */
  take(records: readonly HistoryRecord[], number: number): void {
    if (number <= this.done) return;
    this.done = number;
    for (const record of records) this.store(record);
    this.putMeta.run("records", number);
  }

  settle(sample: number): void {
    this.settled = sample;
    this.putMeta.run("settled", sample);
  }

  endRun(time: number): void {
    if (this.run === 0) return;
    this.extendRun.run(time, this.run);
  }

  /** Running number after the last sample that is in a block. */
  samplesEnd(): number {
    const row = this.db.prepare("SELECT MAX(stored) FROM series").raw(true).get() as [number | null];
    return (row[0] ?? -1) + 1;
  }

  private store(record: HistoryRecord): void {
    switch (record.kind) {
      case "event": {
        const { time, severity, kind, robot, message, data } = record.event;
        const text = data === undefined ? null : JSON.stringify(data);
        this.insertEvent.run(time, severity, kind, robot ?? null, message, text);
        return;
      }
      case "thing": {
        const text = record.thing === null ? null : JSON.stringify(record.thing);
        this.insertThing.run(this.run, record.time, record.id, text);
        return;
      }
      case "description":
        this.insertDescription.run(record.hash, record.time, record.robot, record.text);
        return;
      case "mark":
        this.insertMark.run(this.run, record.time, record.revision);
        this.extendRun.run(record.time, this.run);
        return;
      default:
        return;
    }
  }
}
