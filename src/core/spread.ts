/** How values spread, in their own unit. Of few values p99 is the greatest. */
export type Spread = { count: number; least: number; p50: number; p99: number; most: number };

/** Null without values. By nearest rank, so that each figure is a value that occurred. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
  return { count: sorted.length, least: at(0), p50: at(0.5), p99: at(0.99), most: at(1) };
}
