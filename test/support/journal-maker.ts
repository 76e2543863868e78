import { mkdirSync } from "node:fs";
import type { Facet, Quality } from "../../src/core/quality.ts";
import type { HistoryRecord } from "../../src/history/history-batch.ts";
import type { SampleKind } from "../../src/history/history-query.ts";
import { RecordWriter } from "../../src/history/sample-record.ts";
import { JournalWriter } from "../../src/io/history/journal-writer.ts";

/** A sample for a test's journal; what is left out is usual. */
export type MadeRow = {
  thing?: string;
  path?: string;
  facet?: Facet;
  valueKind?: "number" | "pose" | "twist" | "other";
  unit?: string;
  source?: string;
  kind?: SampleKind;
  quality?: Quality;
  reason?: string;
  received: number;
  stamp?: [sec: number, nanosec: number];
  numbers?: readonly number[];
  /** A value that is no number. */
  json?: string;
};

/** Writes rows into a journal, as the store does. */
export class JournalMaker {
  readonly rows: MadeRow[] = [];
  private readonly writer: JournalWriter;
  private readonly series = new Map<string, number>();
  private readonly words = new Map<string, number>();

  constructor(
    readonly directory: string,
    run = "run-1",
    private readonly batchRows = 500,
    end = { segment: 0, sample: 0, record: 0 },
  ) {
    mkdirSync(directory, { recursive: true });
    this.writer = new JournalWriter(directory, run, end);
  }

  /** Adds rows in batches of the usual size. */
  add(rows: readonly MadeRow[]): void {
    for (let i = 0; i < rows.length; i += this.batchRows) this.batch(rows.slice(i, i + this.batchRows));
  }

  get end(): { segment: number; sample: number; record: number } {
    return this.writer.end;
  }

  close(): void {
    this.writer.close();
  }

  private batch(rows: readonly MadeRow[]): void {
    const buffer = new ArrayBuffer(rows.length * 120);
    const writer = new RecordWriter(buffer);
    const records: HistoryRecord[] = [];
    const texts: string[] = [];
    for (const row of rows) {
      this.rows.push(row);
      const { thing = "robot", path = "joint/elbow/position", facet = "reported", unit = "rad" } = row;
      const {
        source = "ros:/joint_states",
        kind = "taken",
        quality = "good",
        reason = "",
        received,
        stamp,
      } = row;
      const valueKind = row.valueKind ?? (row.json === undefined ? "number" : "other");
      const name = [thing, path, facet, valueKind, unit].join("\n");
      let id = this.series.get(name);
      if (id === undefined) {
        id = this.series.size + 1;
        this.series.set(name, id);
        records.push({ kind: "series", id, thing, path, facet, valueKind, unit });
      }
      const head = {
        property: id,
        quality,
        kind,
        source: this.word(source, records),
        reason: this.word(reason, records),
        received,
        hasStamp: stamp !== undefined,
        stampSec: stamp?.[0] ?? 0,
        stampNanosec: stamp?.[1] ?? 0,
        variance: Number.NaN,
      };
      if (row.json !== undefined) writer.text(head, texts.push(row.json) - 1);
      else if (row.numbers === undefined) writer.text(head, -1);
      else writer.numbers(head, row.numbers, row.numbers.length);
    }
    const batch = { records, texts, buffer, bytes: writer.used * 8, samples: writer.count };
    this.writer.write(batch, rows[0]?.received ?? 0);
  }

  private word(text: string, records: HistoryRecord[]): number {
    if (text === "") return 0;
    const known = this.words.get(text);
    if (known !== undefined) return known;
    const id = this.words.size + 1;
    this.words.set(text, id);
    records.push({ kind: "word", id, text });
    return id;
  }
}
