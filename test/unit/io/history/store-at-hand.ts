import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { HistoryBatch, HistoryRecord } from "../../../../src/history/history-batch.ts";
import type { SampleKind } from "../../../../src/history/history-query.ts";
import { type RecordHead, RecordWriter } from "../../../../src/history/sample-record.ts";
import { HistoryStore } from "../../../../src/io/history/store.ts";

/** A folder that goes when the test ends. */
export function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "twin-history-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A store that is let go when the test ends, if it was not closed. */
export function openStore(folder: string, run: string, now: number): HistoryStore {
  const store = HistoryStore.open(folder, run, now);
  onTestFinished(() => store.abandon());
  return store;
}

export type Given = Partial<RecordHead> & {
  property: number;
  received: number;
  value: number | string | number[];
};

/** A batch of samples; a text is the JSON of a value that is no number. */
export function batchOf(records: HistoryRecord[], given: readonly Given[]): HistoryBatch {
  const buffer = new ArrayBuffer(8 * (16 + given.length * 16));
  const writer = new RecordWriter(buffer);
  const texts: string[] = [];
  for (const { value, ...head } of given) {
    const full: RecordHead = {
      quality: "good",
      kind: "taken" satisfies SampleKind,
      source: 0,
      reason: 0,
      hasStamp: head.stampSec !== undefined,
      stampSec: 0,
      stampNanosec: 0,
      variance: Number.NaN,
      ...head,
    };
    if (typeof value === "number") writer.number(full, value);
    else if (typeof value === "string") writer.text(full, texts.push(value) - 1);
    else if (value.length > 0) writer.numbers(full, value, value.length);
    else writer.text(full, -1);
  }
  return { records, texts, buffer, bytes: writer.used * 8, samples: writer.count };
}

/** Says what the number of a property means. */
export function seriesRecord(id: number, path: string, unit = "rad"): HistoryRecord {
  return { kind: "series", id, thing: "robot", path, facet: "reported", valueKind: "number", unit };
}

/** Brings everything that is full into blocks. */
export function settleAll(store: HistoryStore): void {
  store.settle(Number.POSITIVE_INFINITY, () => 0);
}
