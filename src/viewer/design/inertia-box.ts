/** A box of even density with a link's mass and inertia, in the link's frame. */
export type InertiaBox = {
  /** Edge lengths in m along the principal axes. */
  size: [number, number, number];
  /** The principal axes as columns, a right-handed rotation matrix row by row. */
  rotation: number[];
  /** False when no body has these moments (A + B < C): an edge's square came out negative and counts as 0. */
  isPossible: boolean;
};

/** Moments may miss the triangle rule by this share of the greatest: printed digits. */
const slack = 1e-6;

/**
 * The solid box equivalent to `inertia` (xx xy xz yy yz zz about the centre of mass, kg·m²) with `mass` in
 * kg: edge a has a² = 6 (B + C − A) / m, where A is the moment about that edge. Null without mass or inertia.
 */
export function inertiaBox(mass: number, inertia: ArrayLike<number>): InertiaBox | null {
  const { moments, axes } = principalAxes(inertia);
  const greatest = Math.max(...moments.map(Math.abs));
  if (!(mass > 0) || !(greatest > 0)) return null;
  const [a, b, c] = moments;
  const squares = [b + c - a, c + a - b, a + b - c] as const;
  const edge = (square: number): number => Math.sqrt((6 * Math.max(0, square)) / mass);
  return {
    size: [edge(squares[0]), edge(squares[1]), edge(squares[2])],
    rotation: axes,
    isPossible: squares.every((square) => square >= -slack * greatest),
  };
}

/** A symmetric 3×3 matrix is diagonal to rounding after a handful of sweeps; this is a bound, not a need. */
const mostSweeps = 50;

/**
 * Moments and axes of a symmetric inertia by Jacobi's rotations (Golub and Van Loan, Matrix Computations,
 * 8.5): exact to rounding for equal moments, too. `axes` has them as columns, right-handed, row by row.
 */
export function principalAxes(inertia: ArrayLike<number>): {
  moments: [number, number, number];
  axes: number[];
} {
  const at = (i: number): number => inertia[i] ?? 0;
  const m = [at(0), at(1), at(2), at(1), at(3), at(4), at(2), at(4), at(5)];
  const v = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const pairs = [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const;
  for (let sweep = 0; sweep < mostSweeps; sweep += 1) {
    let changed = false;
    for (const [p, q] of pairs) changed = turnAway(m, v, p, q) || changed;
    if (!changed) break;
  }
  return { moments: [m[0] as number, m[4] as number, m[8] as number], axes: v };
}

/** One rotation in the plane of p and q that takes m[p][q] to 0. False when it is 0 to rounding. */
function turnAway(m: number[], v: number[], p: number, q: number): boolean {
  const get = (row: number, column: number): number => m[3 * row + column] as number;
  const off = get(p, q);
  const scale = Math.abs(get(p, p)) + Math.abs(get(q, q));
  if (Math.abs(off) <= Number.EPSILON * 1e-2 * scale || off === 0) return false;
  const theta = (get(q, q) - get(p, p)) / (2 * off);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(t * t + 1);
  const sine = t * cosine;
  for (let k = 0; k < 3; k += 1) turnPair(m, 3 * k + p, 3 * k + q, cosine, sine);
  for (let k = 0; k < 3; k += 1) turnPair(m, 3 * p + k, 3 * q + k, cosine, sine);
  for (let k = 0; k < 3; k += 1) turnPair(v, 3 * k + p, 3 * k + q, cosine, sine);
  m[3 * p + q] = 0;
  m[3 * q + p] = 0;
  return true;
}

function turnPair(values: number[], i: number, j: number, cosine: number, sine: number): void {
  const [a, b] = [values[i] as number, values[j] as number];
  values[i] = cosine * a - sine * b;
  values[j] = sine * a + cosine * b;
}
