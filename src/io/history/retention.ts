import { statfsSync, statSync } from "node:fs";
import type { Statement } from "./sqlite.ts";
import type { HistoryStore } from "./store.ts";

/** How long what is kept beside raw samples is kept. ms */
const secondsKeptMs = 30 * 86_400_000;
const minutesKeptMs = 730 * 86_400_000;
/** Rows deleted in one go: a few ms of work. */
const slice = 200;
/** Where the size asks for it, this part of the time that is stored goes at once. */
const giveUpShare = 0.05;

export type RetentionLimits = {
  /** Raw samples are kept this long. ms */
  rawMs: number;
  maxBytes: number;
  /** What must stay free on the disk. */
  minFreeBytes: number;
};

/** Deletes what is too old or too much, a little at a time. Times are server ms. */
export class Retention {
  private readonly pruneBlocks: Statement;
  private readonly pruneTimes: Statement;
  private readonly pruneRolls: Statement;
  private readonly oldest: Statement;
  private readonly simple: readonly Statement[];
  private cutoff = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly store: HistoryStore,
    private readonly limits: RetentionLimits,
  ) {
    const { db } = store;
    // The last sample before the cutoff stays, for as long as no later one has taken its place by then.
    this.pruneBlocks = db.prepare(
      `DELETE FROM block WHERE id IN (SELECT b.id FROM block b WHERE b.t1 < ? AND EXISTS
        (SELECT 1 FROM block c WHERE c.series = b.series AND c.t0 > b.t0 AND c.t0 <= ?) ORDER BY b.t1 LIMIT ${slice})`,
    );
    this.pruneTimes = db.prepare(
      `DELETE FROM times WHERE id IN (SELECT id FROM times t WHERE t1 < ? AND NOT EXISTS
        (SELECT 1 FROM block b WHERE b.t1 = t.t1 AND b.times = t.id) ORDER BY t1 LIMIT ${slice})`,
    );
    this.pruneRolls = db.prepare(
      `DELETE FROM roll WHERE rowid IN (SELECT rowid FROM roll WHERE step = ? AND t0 < ? LIMIT ${slice})`,
    );
    this.oldest = db.prepare("SELECT MIN(t1) FROM block").raw(true);
    this.simple = ["event", "mark"].map((table) =>
      db.prepare(
        `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE time < ? LIMIT ${slice})`,
      ),
    );
  }

  /** Bytes of the store on the disk. */
  bytes(): number {
    const { db } = this.store;
    const number = (pragma: string): number =>
      (db.prepare(`PRAGMA ${pragma}`).raw(true).get() as [number])[0];
    const used = (number("page_count") - number("freelist_count")) * number("page_size");
    return this.store.journalSegments.reduce((sum, { path }) => sum + sizeOf(path), used);
  }

  /** Free bytes of the disk; Infinity where the system does not say. */
  free(): number {
    try {
      const { bavail, bsize } = statfsSync(this.store.directory);
      return bavail * bsize;
    } catch {
      return Number.POSITIVE_INFINITY;
    }
  }

  /** Deletes a little of what is too old at server ms `now`. Returns whether there is more. */
  step(now: number): boolean {
    this.store.begin();
    const before = Math.max(now - this.limits.rawMs, this.cutoff);
    let changes = this.pruneBlocks.run(before, before).changes;
    changes += this.pruneTimes.run(before).changes;
    changes += this.pruneRolls.run(1000, now - secondsKeptMs).changes;
    changes += this.pruneRolls.run(60_000, now - minutesKeptMs).changes;
    for (const statement of this.simple) changes += statement.run(now - minutesKeptMs).changes;
    this.store.commit();
    if (changes > 0) this.store.db.exec("PRAGMA incremental_vacuum(200)");
    return changes >= slice;
  }

  /**
   * Looks at the size at server ms `now`: above the limit, or where the disk is nearly full, the oldest part is given up
   * by the next steps. Returns false where there is nothing left to give up.
   */
  judge(now: number): boolean {
    const { maxBytes, minFreeBytes } = this.limits;
    if (this.bytes() <= maxBytes && this.free() >= minFreeBytes) return true;
    const oldest = (this.oldest.get() as [number | null])[0];
    if (oldest === null || now - oldest < 60_000) return false;
    this.cutoff = Math.max(this.cutoff, oldest + Math.max(10_000, (now - oldest) * giveUpShare));
    return true;
  }

  /** Deletes everything before `time` of every kind of record: raw samples, roll-ups and events. */
  prune(time: number): void {
    this.cutoff = Math.max(this.cutoff, time);
    while (this.step(time));
    this.store.begin();
    this.store.db.prepare("DELETE FROM roll WHERE t0 < ? - step * 120").run(time);
    this.store.db.prepare("DELETE FROM event WHERE time < ?").run(time);
    this.store.db.prepare("DELETE FROM mark WHERE time < ?").run(time);
    this.store.commit();
    this.store.db.exec("PRAGMA incremental_vacuum");
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
