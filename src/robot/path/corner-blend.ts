import type { PathLimits } from "./path-limits.ts";

/*
 * The way past a corner w of a path of straight lines, from w − h u0 to w + h u1: a quintic Bézier curve with the control points
 *
 *   w − h u0,  w − h/2 u0,  w,  w,  w + h/2 u1,  w + h u1
 *
 * It leaves and meets the lines with the second derivative 0, so the acceleration is continuous, and it is nowhere outside of
 * the triangle. Passed with a constant rate of its parameter σ = k t, each joint is a quintic in time, and the speed at both
 * ends is 2.5 h k.
 */

/** How far the curve stays away from the corner, per h |u1 − u0|. */
const deviation = 3.5 / 32;
/** The speed at the ends, per h k. */
export const endSpeed = 2.5;

export type CornerBlend = {
  /** How far before and after the corner the curve begins and ends. */
  h: number;
  /** The greatest speed at its ends that keeps every joint's limits of velocity, acceleration and jerk. */
  speed: number;
};

/** The largest `h` for a deviation of `blend`, in the unit of the joints. */
export function blendLength(before: readonly number[], after: readonly number[], blend: number): number {
  let square = 0;
  for (const [j, u] of before.entries()) square += ((after[j] as number) - u) ** 2;
  return blend / (deviation * Math.sqrt(square));
}

/** How far the curve with `h` stays away from the corner: the reverse of `blendLength`. */
export function blendOf(before: readonly number[], after: readonly number[], h: number): number {
  return h / blendLength(before, after, 1);
}

/** Writes the place on the curve at σ, 0 … 1, of a corner that is passed with `h`. */
export function cornerPoint(
  corner: readonly number[],
  before: readonly number[],
  after: readonly number[],
  h: number,
  s: number,
  out: Float64Array,
): void {
  const r = 1 - s;
  // The control points' distances from the corner times their Bernstein polynomials.
  const back = h * (r ** 5 + 2.5 * s * r ** 4);
  const on = h * (s ** 5 + 2.5 * s ** 4 * r);
  for (const [j, w] of corner.entries()) {
    out[j] = w - back * (before[j] as number) + on * (after[j] as number);
  }
}

/** The most that one joint moves on the curve per unit of σ. */
export function cornerRate(before: number, after: number, h: number): number {
  return greatest((-h / 2) * before, (h / 2) * after).first;
}

/** The curve with `h` between the unit directions `before` and `after`. */
export function cornerBlend(
  before: readonly number[],
  after: readonly number[],
  h: number,
  limits: readonly PathLimits[],
): CornerBlend {
  let rate = Number.POSITIVE_INFINITY;
  for (const [j, limit] of limits.entries()) {
    const [a, b] = [(-h / 2) * (before[j] as number), (h / 2) * (after[j] as number)];
    const { first, second, third } = greatest(a, b);
    rate = Math.min(
      rate,
      limit.velocity / first,
      Math.sqrt(limit.acceleration / second),
      Math.cbrt(limit.jerk / third),
    );
  }
  return { h, speed: endSpeed * h * rate };
}

/**
 * The greatest magnitudes of the first three derivatives by σ of one joint, where its control points have the second
 * differences 0, a, b, 0: x″ = 60 σ (1 − σ) ((1 − σ) a + σ b).
 */
function greatest(a: number, b: number): { first: number; second: number; third: number } {
  // x′ = −5 a + ∫ x″
  const slope = (s: number): number =>
    -5 * a + 60 * (a * (s ** 2 / 2 - (2 * s ** 3) / 3 + s ** 4 / 4) + b * (s ** 3 / 3 - s ** 4 / 4));
  const bend = (s: number): number => 60 * s * (1 - s) * ((1 - s) * a + s * b);
  // x‴ = 60 (a (1 − 4 σ + 3 σ²) + b (2 σ − 3 σ²))
  const jerk = (s: number): number => 60 * (a * (1 - 4 * s + 3 * s * s) + b * (2 * s - 3 * s * s));
  const slopeTurns = [0, 1, a / (a - b)];
  const [p, q, r] = [3 * (a - b), 2 * b - 4 * a, a];
  const root = Math.sqrt(q * q - 4 * p * r);
  const bendTurns = [(-q + root) / (2 * p), (-q - root) / (2 * p), -r / q];
  const jerkTurns = [0, 1, -q / (2 * p)];
  return { first: most(slope, slopeTurns), second: most(bend, bendTurns), third: most(jerk, jerkTurns) };
}

/** The greatest magnitude at those of the places that lie on the curve. */
function most(value: (s: number) => number, places: readonly number[]): number {
  let greatest = 0;
  for (const s of places) if (s >= 0 && s <= 1) greatest = Math.max(greatest, Math.abs(value(s)));
  return greatest;
}
