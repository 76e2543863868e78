/*
 * Symmetric positive definite systems of n unknowns, in place and without allocation. Matrices are n rows
 * of n numbers; only the lower half is read.
 */

/** A = L Lᵀ: overwrites the lower half of `a` by L. False when A is not positive definite. */
export function factorize(a: Float64Array, n: number): boolean {
  for (let column = 0; column < n; column += 1) {
    let diagonal = a[n * column + column] as number;
    const full = diagonal;
    for (let k = 0; k < column; k += 1) {
      const entry = a[n * column + k] as number;
      diagonal -= entry * entry;
    }
    // Below this, what is left of the diagonal is rounding.
    if (!(diagonal > 1e-15 * full)) return false;
    const root = Math.sqrt(diagonal);
    a[n * column + column] = root;
    for (let row = column + 1; row < n; row += 1) {
      let sum = a[n * row + column] as number;
      for (let k = 0; k < column; k += 1) sum -= (a[n * row + k] as number) * (a[n * column + k] as number);
      a[n * row + column] = sum / root;
    }
  }
  return true;
}

/** Overwrites b by the solution of L Lᵀ x = b, with L from `factorize`. */
export function solve(l: Float64Array, n: number, b: Float64Array): void {
  for (let row = 0; row < n; row += 1) {
    let sum = b[row] as number;
    for (let k = 0; k < row; k += 1) sum -= (l[n * row + k] as number) * (b[k] as number);
    b[row] = sum / (l[n * row + row] as number);
  }
  for (let row = n - 1; row >= 0; row -= 1) {
    let sum = b[row] as number;
    for (let k = row + 1; k < n; k += 1) sum -= (l[n * k + row] as number) * (b[k] as number);
    b[row] = sum / (l[n * row + row] as number);
  }
}
