const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
/** Lengths of a bucket, ms. */
const lengths = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12, 24].map((n) => n * hour),
];

/**
 * The longest buckets that an evaluation at `times` may be computed from, ms. Without a window their ends are the times
 * where that is possible; in a window there are at least 20.
 */
export function resolutionMs(times: Float64Array, windowMs: number | null): number {
  const first = times[0] ?? 0;
  const step = (times[1] ?? first) - first;
  const fits = (length: number): boolean => {
    if (windowMs !== null) return length <= windowMs / 20 && (step === 0 || length <= step);
    return length <= step / 10 || (length <= step && step % length === 0 && first % length === 0);
  };
  return lengths.filter(fits).pop() ?? second;
}
