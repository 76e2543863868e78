/** So many robots have their estimates computed with each measurement. */
const robotsAtFullPace = 64;
/** By how much each further robot lengthens the time between two estimates of one, up to `slowestMs`. */
const msPerRobot = 0.1;
const slowestMs = 100;

/**
 * How often a robot's estimates are computed, in ms between two times: 0 with each measurement. Among many robots more
 * seldom, so that one process carries them all.
 */
export function estimateEveryMs(robots: number): number {
  return Math.min(slowestMs, Math.max(0, robots - robotsAtFullPace) * msPerRobot);
}

/**
 * What is computed for people to look at: ten times a second, and more seldom where the pace is slower. ms. `staleAfterMs` is
 * when such a value counts as stale.
 */
export function slowPace(everyMs: number): { periodMs: number; staleAfterMs: number } {
  const periodMs = Math.max(100, 5 * everyMs);
  return { periodMs, staleAfterMs: Math.max(500, 3 * periodMs) };
}

/** When something of slow pace counts as computed: among many robots the first time is set back, so that they spread. */
export function nextComputedAt(
  before: number,
  now: number,
  periodMs: number,
  { everyMs, phase }: { everyMs: number; phase: number },
): number {
  return before === Number.NEGATIVE_INFINITY && everyMs > 0 ? now - phase * periodMs : now;
}
