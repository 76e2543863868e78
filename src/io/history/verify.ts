import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { RollUpChunk } from "../../history/roll-up.ts";
import { decodeData, decodeTimes } from "./block-codec.ts";
import { listSegments, SegmentReader } from "./journal-segment.ts";
import { openDatabase } from "./sqlite.ts";
import { databaseName, journalName } from "./store.ts";
import { StoreFault } from "./store-schema.ts";

/** What a store holds, as counted from its files. Times are server ms. */
export type StoreFigures = {
  series: number;
  samples: number;
  blocks: number;
  events: number;
  runs: number;
  from: number | null;
  to: number | null;
  databaseBytes: number;
  journalBytes: number;
  schema: number;
};

/** Counts what is in a folder, also while a twin writes to it. */
export function storeFigures(directory: string): StoreFigures {
  const db = readable(directory);
  try {
    const row = (sql: string): number[] => db.prepare(sql).raw(true).get() as number[];
    const [samples = 0, blocks = 0] = row("SELECT COALESCE(SUM(n), 0), COUNT(*) FROM block");
    const [series = 0, from, to] = row("SELECT COUNT(*), MIN(first), MAX(last) FROM series");
    const journal = listSegments(join(directory, journalName));
    const journalBytes = journal.reduce(
      (sum, { path }) => sum + (existsSync(path) ? statSync(path).size : 0),
      0,
    );
    return {
      series,
      samples,
      blocks,
      events: row("SELECT COUNT(*) FROM event")[0] ?? 0,
      runs: row("SELECT COUNT(*) FROM run")[0] ?? 0,
      from: from ?? null,
      to: to ?? null,
      databaseBytes: (row("PRAGMA page_count")[0] ?? 0) * (row("PRAGMA page_size")[0] ?? 0),
      journalBytes,
      schema: row("PRAGMA user_version")[0] ?? 0,
    };
  } finally {
    db.close();
  }
}

/**
 * Reads every block, roll-up and segment of a folder, also while a twin writes to it. Returns a sentence for each fault; `progress`
 * gets the share that is done, 0 … 1.
 */
export function verifyStore(directory: string, progress: (share: number) => void): string[] {
  const faults: string[] = [];
  const db = readable(directory);
  try {
    const check = db.prepare("PRAGMA integrity_check(20)").raw(true).all() as [string][];
    for (const [line] of check) if (line !== "ok") faults.push(`${databaseName}: ${line}`);
    const [total] = db.prepare("SELECT COUNT(*) FROM block").raw(true).get() as [number];
    const page = db
      .prepare(
        `SELECT b.id, b.n, b.t0, b.t1, b.data, t.data FROM block b LEFT JOIN times t ON t.id = b.times
         WHERE b.id > ? ORDER BY b.id LIMIT 256`,
      )
      .raw(true);
    let [last, done] = [0, 0];
    for (;;) {
      const rows = page.all(last) as [number, number, number, number, Uint8Array, Uint8Array | null][];
      if (rows.length === 0) break;
      for (const [id, n, t0, t1, data, times] of rows) {
        last = id;
        done++;
        const fault = blockFault(n, t0, t1, data, times);
        if (fault !== null) faults.push(`block ${id}: ${fault}`);
      }
      progress(total === 0 ? 1 : done / total);
    }
    for (const [step, t0, data] of db
      .prepare("SELECT step, t0, data FROM roll")
      .raw(true)
      .iterate() as Iterable<[number, number, Uint8Array]>) {
      try {
        new RollUpChunk(t0, step).decode(data);
      } catch (error) {
        faults.push(`roll-up of ${step} ms at ${t0}: ${(error as Error).message}`);
      }
    }
  } finally {
    db.close();
  }
  const segments = listSegments(join(directory, journalName));
  for (const [i, { path }] of segments.entries()) {
    const reader = new SegmentReader(path);
    try {
      while (reader.next() !== null);
      // The end of the last one is being written, or was when the program died.
      if (reader.torn > 0 && i < segments.length - 1)
        faults.push(`${path}: ${reader.torn} bytes at its end are unreadable`);
    } finally {
      reader.close();
    }
  }
  return faults;
}

function blockFault(
  n: number,
  t0: number,
  t1: number,
  data: Uint8Array,
  packed: Uint8Array | null,
): string | null {
  if (packed === null) return "its times are missing";
  try {
    const times = decodeTimes(packed);
    if (times.count !== n) return `it has ${times.count} times for ${n} samples`;
    const { runs } = decodeData(data, n);
    const standing = runs.reduce((sum, { count }) => sum + count, 0);
    if (standing !== n) return `the standing of ${standing} of ${n} samples is there`;
    for (const time of times.time) if (time < t0 || time > t1) return "a time is outside of what it says";
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

function readable(directory: string) {
  const path = join(directory, databaseName);
  if (!existsSync(path))
    throw new StoreFault(`there is no history in ${directory}`, "Name its folder with --dir.");
  return openDatabase(path, { readonly: true });
}
