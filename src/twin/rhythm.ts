import type { RegisterTable } from "./register-table.ts";
import type { Sample } from "./sample.ts";

const firstGuessMs = 1500;
const leastMs = 300;
const mostMs = 30_000;

/**
 * The smoothed update period of a value, in ms; 0: not known. Each value learns its own, so that "stale" suits a 1 Hz
 * battery and a 1 kHz joint alike, even on one topic. A gap in which the value went stale resets the period.
 */
export function nextPeriodMs(periodMs: number, gapMs: number): number {
  const gap = Math.max(0, gapMs);
  if (periodMs === 0) return gap;
  return gap > staleAfterMs(periodMs) ? 0 : periodMs + 0.1 * (gap - periodMs);
}

/** Age in ms at which a value is stale: four of its periods and a margin for jitter. */
export function staleAfterMs(periodMs: number): number {
  if (periodMs === 0) return firstGuessMs;
  return Math.min(mostMs, Math.max(leastMs, 4 * periodMs + 100));
}

/** Records that `row` is renewed now. Returns the age in ms at which it becomes stale. */
export function learnRhythm(table: RegisterTable, row: number, sample: Sample): number {
  // A retained message does not show how often its sender publishes.
  const begins =
    table.filled[row] === 0 || table.epoch[row] !== sample.epoch || table.reason[row] === "initial";
  const gap = sample.received - (table.received[row] as number);
  const period = begins ? 0 : nextPeriodMs(table.periodMs[row] as number, gap);
  table.periodMs[row] = period;
  return staleAfterMs(period);
}
