import type { ThingDefinition } from "../../history/history-batch.ts";
import type { Statement } from "./sqlite.ts";
import type { HistoryStore } from "./store.ts";

/** One run of the program. Times are server ms. */
export type Run = { id: number; begin: number; end: number };

type Change = { time: number; id: string; thing: ThingDefinition | null };

/** What the things of the twin were, and when the program ran. */
export class PastThings {
  private readonly runAt: Statement;
  private readonly changesAfter: Statement;
  private readonly revisionAt: Statement;
  /** Changes of the run that was asked for last, oldest first. */
  private cached: { run: number; lastRow: number; changes: Change[] } = { run: -1, lastRow: 0, changes: [] };
  /** The things after the first `version` of them. */
  private at_: { version: number; things: Map<string, ThingDefinition> } = { version: 0, things: new Map() };

  constructor(private readonly store: HistoryStore) {
    const { db } = store;
    this.runAt = db
      .prepare("SELECT id, begin, end FROM run WHERE begin <= ? ORDER BY begin DESC, id DESC LIMIT 1")
      .raw(true);
    this.changesAfter = db
      .prepare("SELECT id, time, thing, data FROM thing WHERE run = ? AND id > ? ORDER BY id")
      .raw(true);
    this.revisionAt = db
      .prepare("SELECT revision FROM mark WHERE time <= ? AND run = ? ORDER BY time DESC LIMIT 1")
      .raw(true);
  }

  /** The run that had begun last at server ms `at`; null before the first. */
  run(at: number): Run | null {
    const row = this.runAt.get(at) as [number, number, number] | undefined;
    if (row === undefined) return null;
    const [id, begin, end] = row;
    return { id, begin, end: id === this.store.records.run ? Number.POSITIVE_INFINITY : end };
  }

  /** The graph's revision, as of the last second's mark. */
  revision(run: number, at: number): number {
    return (this.revisionAt.get(at, run) as [number] | undefined)?.[0] ?? 0;
  }

  /**
   * The things of a run at server ms `at`. `version` is the same for as long as they are; the map belongs to this object and
   * changes with the next call.
   */
  things(run: number, at: number): { version: number; things: ReadonlyMap<string, ThingDefinition> } {
    this.load(run);
    const { changes } = this.cached;
    let version = changes.length;
    let low = 0;
    while (low < version) {
      const middle = (low + version) >> 1;
      if ((changes[middle] as Change).time <= at) low = middle + 1;
      else version = middle;
    }
    if (version < this.at_.version) this.at_ = { version: 0, things: new Map() };
    const { things } = this.at_;
    for (let i = this.at_.version; i < version; i++) {
      const { id, thing } = changes[i] as Change;
      if (thing === null) things.delete(id);
      else things.set(id, thing);
    }
    this.at_.version = version;
    return this.at_;
  }

  private load(run: number): void {
    if (this.cached.run !== run) {
      this.cached = { run, lastRow: 0, changes: [] };
      this.at_ = { version: 0, things: new Map() };
    }
    const rows = this.changesAfter.all(run, this.cached.lastRow) as [number, number, string, string | null][];
    for (const [row, time, id, data] of rows) {
      this.cached.lastRow = row;
      const thing = data === null ? null : (JSON.parse(data) as ThingDefinition);
      this.cached.changes.push({ time, id, thing });
    }
  }
}
