/**
 * Puts one sine, cosine and arc tangent into `Math`, of products, sums and roots alone, which IEEE 754 fixes to
 * the last bit. ECMAScript leaves `Math.sin` and its like to each engine, and two engines differ by one unit in the last place;
 * with these, whatever else differs between two engines shows. Returns what puts the engine's own back.
 *
 * It stands alone, so that its text can be handed to a page.
 */
export function installPlainTrigonometry(): () => void {
  const { sin, cos, tan, asin, acos, atan, atan2 } = Math;
  const halfPi = 1.5707963267948966;
  const halfPiRest = 6.123233995736766e-17;
  // Taylor's series on −π/4 … π/4: the 13th term is below 1e-25.
  const series = (first: number, from: number, square: number): number => {
    let term = first;
    let sum = first;
    for (let k = from; k < from + 26; k += 2) {
      term = (-term * square) / (k * (k + 1));
      sum += term;
    }
    return sum;
  };
  const quarter = (x: number, turn: number): number => {
    const n = Math.round(x / halfPi);
    const r = x - n * halfPi - n * halfPiRest;
    const which = (((n + turn) % 4) + 4) % 4;
    const value = which % 2 === 0 ? series(r, 2, r * r) : series(1, 1, r * r);
    return which < 2 ? value : -value;
  };
  const arc = (t: number): number => {
    if (Math.abs(t) > 1) return Math.sign(t) * halfPi - arc(1 / t);
    let small = t;
    for (let halving = 0; halving < 3; halving += 1) small /= 1 + Math.sqrt(1 + small * small);
    let power = small;
    let sum = small;
    for (let k = 3; k < 33; k += 2) {
      power *= -small * small;
      sum += power / k;
    }
    return 8 * sum;
  };
  const arc2 = (y: number, x: number): number => {
    if (x > 0) return arc(y / x);
    if (x < 0) return arc(y / x) + (y < 0 ? -2 : 2) * halfPi;
    return y === 0 ? 0 : Math.sign(y) * halfPi;
  };
  Object.assign(Math, {
    sin: (x: number) => quarter(x, 0),
    cos: (x: number) => quarter(x, 1),
    tan: (x: number) => quarter(x, 0) / quarter(x, 1),
    asin: (x: number) => arc2(x, Math.sqrt(1 - x * x)),
    acos: (x: number) => arc2(Math.sqrt(1 - x * x), x),
    atan: arc,
    atan2: arc2,
  });
  return () => Object.assign(Math, { sin, cos, tan, asin, acos, atan, atan2 });
}
