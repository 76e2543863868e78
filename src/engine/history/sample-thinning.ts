import { matchesGlob } from "../../core/glob.ts";
import type { JournalRow } from "../../twin/journal.ts";

/** Of the samples of the series that `path` matches (`<thing>/<path>`, with `*`) only some are kept. */
export type KeepRule = {
  path: string;
  /** A number that differs less from the last one kept is left out; 0: none is. */
  deadband: number;
  /** Samples a second that are kept at most; Infinity: all. */
  maxHz: number;
};

/** Even a value that does not change is kept this often, so that its age stays known. ms */
const keepAtLeastEveryMs = 60_000;

/**
 * Decides which samples are kept, by the first rule that matches. Only good numbers that were taken are ever left out:
 * what is late, refused or of another quality says something by being there.
 */
export class SampleThinning {
  /** By the series' number; null: everything is kept. */
  private readonly ruleOf: (KeepRule | null)[] = [];
  private readonly lastValue: number[] = [];
  private readonly lastTime: number[] = [];

  constructor(private readonly rules: readonly KeepRule[]) {}

  /** A series got its number. */
  learn(id: number, name: string): void {
    if (this.rules.length === 0) return;
    this.ruleOf[id] = this.rules.find(({ path }) => matchesGlob(path, name)) ?? null;
    this.lastValue[id] = Number.NaN;
    this.lastTime[id] = Number.NEGATIVE_INFINITY;
  }

  keeps(id: number, row: JournalRow): boolean {
    if (this.rules.length === 0) return true;
    const rule = this.ruleOf[id];
    if (rule === null || rule === undefined) return true;
    if (row.change !== "sample" || row.verdict !== "taken") return true;
    const since = row.received - (this.lastTime[id] as number);
    const isSame = Math.abs(row.number - (this.lastValue[id] as number)) < rule.deadband;
    if (since < 1000 / rule.maxHz || (isSame && since < keepAtLeastEveryMs)) return false;
    this.lastTime[id] = row.received;
    this.lastValue[id] = row.number;
    return true;
  }
}
