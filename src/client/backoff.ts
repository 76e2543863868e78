const firstMs = 500;
const longestMs = 5000;

/**
 * How long to wait before attempt number `attempt` (0 is the first after a loss), 0.5 s doubling to 5 s.
 * `random` in [0, 1) takes up to a third off, so that many clients do not connect at the same moment.
 */
export function backoffMs(attempt: number, random: number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 10));
  return full * (1 - random / 3);
}
