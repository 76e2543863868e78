import { type Spread, spreadOf } from "../../core/spread.ts";
import { delaySpanMs } from "../../protocol/delays.ts";

const mostKept = 4096;

/** Delays of the last ten seconds, ms. Times are server ms. */
export class DelayWindow {
  private readonly entries: { atMs: number; delayMs: number }[] = [];

  add(atMs: number, delayMs: number): void {
    this.entries.push({ atMs, delayMs });
    if (this.entries.length > mostKept) this.entries.shift();
  }

  /** Null: there were none. */
  spread(nowMs: number): Spread | null {
    while ((this.entries[0]?.atMs ?? nowMs) < nowMs - delaySpanMs) this.entries.shift();
    return spreadOf(this.entries.map(({ delayMs }) => delayMs));
  }
}
