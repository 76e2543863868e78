const firstGuessMs = 1500;
const leastMs = 300;
const mostMs = 30_000;

/**
 * How often a value is renewed, smoothed, in ms; 0: not known. Learned by each value for itself, so that
 * "stale" means something for a 1 Hz battery and a 1 kHz joint alike, on one topic too. A gap in which the
 * value went stale is no rhythm: it is learned anew.
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
