/*
 * Hot file: nothing is allocated. ECMAScript leaves Math.sin and Math.cos to the engine, and engines differ in the last
 * bit. These are made of plain products and sums, so a robot has the same numbers in Node and in every browser.
 *
 * The angle less a multiple of π/2, which is kept in three parts (Cody and Waite 1980), then Taylor's series on ± π/4:
 * within one unit in the last place.
 */

/** The angle in rad, then its sine and cosine: goes to `sineCosine` and back without a number on the heap. */
export const turn = new Float64Array(3);

const perQuarter = 2 / Math.PI;
/** π/2 in parts of 33 bits, so that their products with whole numbers below 2²⁰ are exact. */
const quarter1 = 1.5707963267341256;
const quarter2 = 6.077100506303966e-11;
const quarter3 = 2.0222662487959506e-21;
/** rad: beyond it the parts do not suffice, and the engine's own functions answer. */
const farthest = 1e5;

/** Writes the sine of turn[0] to turn[1] and its cosine to turn[2]. */
export function sineCosine(): void {
  const x = turn[0] as number;
  if (!(x < farthest && x > -farthest)) {
    turn[1] = Math.sin(x);
    turn[2] = Math.cos(x);
    return;
  }
  const n = Math.floor(x * perQuarter + 0.5);
  const far = x - n * quarter1;
  const less = n * quarter2;
  const near = far - less;
  const rest = n * quarter3 - (far - near - less);
  const r = near - rest;
  const tail = near - r - rest;
  const z = r * r;
  const z2 = z * z;
  const z4 = z2 * z2;
  // The series in pairs (Estrin): the processor computes them side by side.
  const odd =
    -1 / 6 +
    z * (1 / 120) +
    z2 * (-1 / 5040 + z * (1 / 362880)) +
    z4 * (-1 / 39916800 + z * (1 / 6227020800) + z2 * (-1 / 1307674368000 + z * (1 / 355687428096000)));
  const sine = r + (r * z * odd + tail);
  const even =
    1 / 24 -
    z * (1 / 720) +
    z2 * (1 / 40320 - z * (1 / 3628800)) +
    z4 * (1 / 479001600 - z * (1 / 87178291200) + z2 * (1 / 20922789888000));
  const half = 0.5 * z;
  const one = 1 - half;
  const cosine = one + (1 - one - half + (z2 * even - r * tail));
  const quadrant = n & 3;
  turn[1] = quadrant === 0 ? sine : quadrant === 1 ? cosine : quadrant === 2 ? -sine : -cosine;
  turn[2] = quadrant === 0 ? cosine : quadrant === 1 ? -sine : quadrant === 2 ? -cosine : sine;
}
