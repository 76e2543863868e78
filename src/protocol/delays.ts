import type { Spread } from "../core/spread.ts";

/** Delays are those of this time, ms. */
export const delaySpanMs = 10_000;

/** What `GET /api/delays` answers: of each source how much later than its stamps its messages arrived. ms */
export type DelaysAnswer = {
  /** Server ms. */
  time: number;
  spanMs: number;
  sources: SourceDelay[];
};

/** From a message's stamp to its arrival, ms. `clock`: why these are no delays; null: nothing speaks against it. */
export type SourceDelay = { source: string; delay: Spread; clock: ClockDifference | null };

/** The sender's clock is not ours: by `ms` it is ahead (positive) at least, or behind (negative). */
export type ClockDifference = { ms: number };

/** Less may be the difference of clocks that are synchronised by NTP, ms. */
const tolerated = 2;
/** Nothing is that long on its way: such stamps are simulated time, or count from the start of a device. ms */
const longestWay = 60_000;

/** Whether stamps and arrivals are of different clocks. Less than a minute behind cannot be told from a delay. */
export function clockDifference({ least, p50 }: Spread): ClockDifference | null {
  if (least < -tolerated) return { ms: -least };
  return least > longestWay ? { ms: -p50 } : null;
}
