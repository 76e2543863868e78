/**
 * Velocities for way points without any: Fritsch and Carlson's monotone slopes (1980), which keep the cubic between two
 * points between them, so limits that hold at the points hold along the path. It starts and ends at rest. Times are
 * seconds and must rise.
 */
export function monotoneVelocities(times: readonly number[], values: readonly number[]): number[] {
  const n = values.length;
  const slopes = values.map(() => 0);
  for (let i = 1; i < n - 1; i++) {
    const before = secant(times, values, i - 1);
    const after = secant(times, values, i);
    if (before * after <= 0) continue;
    const h0 = (times[i] as number) - (times[i - 1] as number);
    const h1 = (times[i + 1] as number) - (times[i] as number);
    const w0 = 2 * h1 + h0;
    const w1 = h1 + 2 * h0;
    slopes[i] = (w0 + w1) / (w0 / before + w1 / after);
  }
  return slopes;
}

function secant(times: readonly number[], values: readonly number[], i: number): number {
  return (
    ((values[i + 1] as number) - (values[i] as number)) / ((times[i + 1] as number) - (times[i] as number))
  );
}
