import type { FramePair } from "./frame-buffer.ts";

/**
 * Writes every column between two frames of one layout into `into` (of as many numbers).
 * A number that jumps by nearly a whole turn is a continuous joint passing ±π and takes the short way.
 */
export function interpolate(pair: FramePair, quaternions: readonly number[], into: Float64Array): void {
  const { older, newer, blend } = pair;
  const columns = Math.min(into.length, older.values.length, newer.values.length);
  for (let i = 0; i < columns; i++) {
    const to = newer.values[i] ?? 0;
    const hadValue = (older.agesMs[i] ?? -1) >= 0;
    const from = hadValue ? (older.values[i] ?? 0) : to;
    into[i] = blend >= 1 ? to : from + shortWay(to - from) * blend;
  }
  if (blend >= 1) return;
  for (const at of quaternions) turn(older.values, newer.values, at, blend, into);
}

function shortWay(step: number): number {
  const rest = Math.abs(step) - 2 * Math.PI;
  return Math.abs(step) > Math.PI && Math.abs(rest) < 1 ? Math.sign(step) * rest : step;
}

/** Spherical interpolation of the quaternion at columns `at` … `at + 3`. */
function turn(from: Float64Array, to: Float64Array, at: number, blend: number, into: Float64Array): void {
  let cosine = 0;
  for (let k = at; k < at + 4; k++) cosine += (from[k] ?? 0) * (to[k] ?? 0);
  const sign = cosine < 0 ? -1 : 1;
  const angle = Math.acos(Math.min(1, Math.abs(cosine)));
  const straight = angle < 1e-6;
  const a = straight ? 1 - blend : Math.sin((1 - blend) * angle) / Math.sin(angle);
  const b = (straight ? blend : Math.sin(blend * angle) / Math.sin(angle)) * sign;
  for (let k = at; k < at + 4; k++) into[k] = (from[k] ?? 0) * a + (to[k] ?? 0) * b;
}
