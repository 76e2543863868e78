import type { TrajectoryPoint } from "./trajectory.ts";

/**
 * Velocities for way points that give none: Fritsch and Carlson's monotone slopes (1980), which make
 * the cubic between two points stay between them, so limits that hold at the points hold on the way.
 * It starts and ends at rest. Times are seconds and must rise.
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

/**
 * The position and velocity of joint `j` on the cubic from `a` to `b` at `u` in 0 … 1, as a
 * trajectory controller interpolates points with positions and velocities. Result in `out`.
 */
export function sampleCubic(
  a: TrajectoryPoint,
  b: TrajectoryPoint,
  j: number,
  u: number,
  out: { position: number; velocity: number },
): void {
  const h = b.time - a.time;
  const p0 = a.positions[j] as number;
  const p1 = b.positions[j] as number;
  const m0 = (a.velocities[j] as number) * h;
  const m1 = (b.velocities[j] as number) * h;
  const c2 = 3 * (p1 - p0) - 2 * m0 - m1;
  const c3 = 2 * (p0 - p1) + m0 + m1;
  out.position = p0 + u * (m0 + u * (c2 + u * c3));
  out.velocity = (m0 + u * (2 * c2 + u * 3 * c3)) / h;
}
