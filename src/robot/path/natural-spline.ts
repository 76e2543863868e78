/** The cubic spline with continuous second derivatives through values at equal steps: cubics between neighbours. */
export type NaturalSpline = {
  readonly step: number;
  readonly values: Float64Array;
  readonly seconds: Float64Array;
};

/**
 * The spline through `values` at 0, step, 2 step …, whose third derivative is continuous at the second and the last but one
 * place where there are four values or more ("not a knot"), else with no second derivative at its ends.
 */
export function naturalSpline(values: ArrayLike<number>, step: number): NaturalSpline {
  const n = values.length;
  const seconds = new Float64Array(n);
  const spline = { step, values: Float64Array.from(values), seconds };
  if (n < 3) return spline;
  const y = spline.values;
  const right = (i: number): number =>
    (6 * ((y[i + 1] as number) - 2 * (y[i] as number) + (y[i - 1] as number))) / (step * step);
  const isFree = n < 4;
  // Rows 1 … n − 2: m[i−1] + 4 m[i] + m[i+1] = r[i]; not a knot: m[0] = 2 m[1] − m[2], and likewise at the end.
  const diagonal = new Float64Array(n).fill(4);
  const upper = new Float64Array(n).fill(1);
  const lower = new Float64Array(n).fill(1);
  const r = new Float64Array(n);
  for (let i = 1; i < n - 1; i += 1) r[i] = right(i);
  if (!isFree) {
    diagonal[1] = 6;
    upper[1] = 0;
    diagonal[n - 2] = 6;
    lower[n - 2] = 0;
  }
  for (let i = 2; i < n - 1; i += 1) {
    const share = (lower[i] as number) / (diagonal[i - 1] as number);
    diagonal[i] = (diagonal[i] as number) - share * (upper[i - 1] as number);
    r[i] = (r[i] as number) - share * (r[i - 1] as number);
  }
  for (let i = n - 2; i > 0; i -= 1) {
    const after = i === n - 2 ? 0 : (upper[i] as number) * (seconds[i + 1] as number);
    seconds[i] = ((r[i] as number) - after) / (diagonal[i] as number);
  }
  if (!isFree) {
    seconds[0] = 2 * (seconds[1] as number) - (seconds[2] as number);
    seconds[n - 1] = 2 * (seconds[n - 2] as number) - (seconds[n - 3] as number);
  }
  return spline;
}

/** Writes value and first three derivatives at `x` into `out`. */
export function splineAt({ step, values, seconds }: NaturalSpline, x: number, out: Float64Array): void {
  const i = Math.max(0, Math.min(values.length - 2, Math.floor(x / step)));
  const t = x - i * step;
  const [y0, y1] = [values[i] as number, values[i + 1] as number];
  const [m0, m1] = [seconds[i] as number, seconds[i + 1] as number];
  const third = (m1 - m0) / step;
  const first = (y1 - y0) / step - (step * (2 * m0 + m1)) / 6;
  out[0] = y0 + t * (first + t * (m0 / 2 + (t * third) / 6));
  out[1] = first + t * (m0 + (t * third) / 2);
  out[2] = m0 + t * third;
  out[3] = third;
}
