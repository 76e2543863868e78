import { type NaturalSpline, splineAt } from "./natural-spline.ts";
import type { PathLimits } from "./path-limits.ts";
import { averagedLaw, type RateLaw } from "./rate-law.ts";

/** Places that are looked at along a way, at least. */
const fewestPlaces = 200;
/** How exactly a square of a rate is found: halvings. */
const halvings = 24;
/** How often the rate is lowered where joints would pass their limits. */
const rounds = 25;
/** What joints may pass their limits by at the end, as a share: the path is then slowed down by it as a whole. */
const close = 1.01;
/** s: looks at the joints along a law. */
const lookStep = 0.004;
/** Averaging lasts as long as a joint takes to its full acceleration, times these: the one with which the way is passed soonest. */
const windows = [1, 1.6];

/** The slopes of all joints by the way at equally spaced places: place times joint. */
type Places = {
  count: number;
  joints: number;
  first: Float64Array;
  second: Float64Array;
  third: Float64Array;
};

/**
 * About the fastest law along a way that is given by each joint's spline over 0 … 1, in the order of `limits`: at each place the
 * rate is as great as the joints' limits there and on both sides of it permit. `fastest`: what the rate may be besides.
 *
 * The limits of velocity and acceleration bound the square of the rate, from place to place backwards and forwards (Pham and Pham:
 * TOPP-RA, 2018); the law is averaged over a time, which limits the jerk, and lowered where a joint then still passes a limit of
 * its, until none does by more than a hundredth. Null where that takes too long.
 */
export function fastestRate(
  splines: readonly NaturalSpline[],
  limits: readonly PathLimits[],
  fastest: number,
): RateLaw | null {
  const samples = (splines[0]?.values.length ?? 2) - 1;
  const places = placesOf(splines, samples * Math.ceil(fewestPlaces / samples));
  const toFull = Math.max(
    ...limits.map(({ acceleration, jerk }, j) => (moves(places, j) ? acceleration / jerk : 0)),
  );
  if (!(toFull > 0 && Number.isFinite(toFull))) return null;
  let best: RateLaw | null = null;
  for (const share of windows) {
    const law = lowered(splines, places, limits, fastest, share * toFull);
    if (law !== null && (best === null || law.duration < best.duration)) best = law;
  }
  return best;
}

function placesOf(splines: readonly NaturalSpline[], count: number): Places {
  const joints = splines.length;
  const size = (count + 1) * joints;
  const places = {
    count,
    joints,
    first: new Float64Array(size),
    second: new Float64Array(size),
    third: new Float64Array(size),
  };
  const at = new Float64Array(4);
  for (let i = 0; i <= count; i += 1) {
    for (const [j, spline] of splines.entries()) {
      splineAt(spline, i / count, at);
      places.first[i * joints + j] = at[1] as number;
      places.second[i * joints + j] = at[2] as number;
      places.third[i * joints + j] = at[3] as number;
    }
  }
  return places;
}

function moves({ count, joints, first }: Places, j: number): boolean {
  for (let i = 0; i <= count; i += 1) if (Math.abs(first[i * joints + j] as number) > 1e-6) return true;
  return false;
}

function lowered(
  splines: readonly NaturalSpline[],
  places: Places,
  limits: readonly PathLimits[],
  fastest: number,
  window: number,
): RateLaw | null {
  const most = mostSquares(places, limits, fastest);
  for (let round = 0; round < rounds; round += 1) {
    const squares = fastestSquares(places, limits, most);
    const law = averagedLaw(squares, window);
    if (!Number.isFinite(law.duration)) return null;
    if (lower(splines, limits, law, window, squares, most) <= close) return law;
  }
  return null;
}

/** What the square of the rate may be at each place for the limits that do not depend on its change. */
function mostSquares(
  { count, joints, first, second, third }: Places,
  limits: readonly PathLimits[],
  fastest: number,
): Float64Array {
  const most = new Float64Array(count + 1).fill(Math.min(fastest ** 2, 1e12));
  for (let i = 0; i <= count; i += 1) {
    for (const [j, { velocity, acceleration, jerk }] of limits.entries()) {
      const at = i * joints + j;
      most[i] = Math.min(
        most[i] as number,
        (velocity / (first[at] as number)) ** 2,
        acceleration / Math.abs(second[at] as number),
        Math.cbrt(jerk / Math.abs(third[at] as number)) ** 2,
      );
    }
  }
  return most;
}

/** The greatest squares of the rate that can be reached from rest and be left to rest, evenly between places. */
function fastestSquares(places: Places, limits: readonly PathLimits[], most: Float64Array): Float64Array {
  const { count } = places;
  const twice = 2 / count;
  const range = new Float64Array(2);
  const squares = most.slice();
  squares[count] = 0;
  for (let i = count - 1; i >= 0; i -= 1) {
    const next = squares[i + 1] as number;
    const fits = (square: number): boolean => {
      changesAt(places, limits, i, square, range);
      return (range[0] as number) <= (range[1] as number) && square + twice * (range[0] as number) <= next;
    };
    let [low, high] = [0, squares[i] as number];
    if (fits(high)) continue;
    for (let k = 0; k < halvings; k += 1) {
      const middle = (low + high) / 2;
      if (fits(middle)) low = middle;
      else high = middle;
    }
    squares[i] = low;
  }
  squares[0] = 0;
  for (let i = 0; i < count; i += 1) {
    changesAt(places, limits, i, squares[i] as number, range);
    const reached = (squares[i] as number) + twice * Math.max(range[0] as number, range[1] as number);
    squares[i + 1] = Math.max(0, Math.min(squares[i + 1] as number, reached));
  }
  return squares;
}

/** Writes the least and greatest change of the rate that all joints' accelerations permit at a place: |q″ ṡ² + q′ s̈| ≤ a. */
function changesAt(
  { joints, first, second }: Places,
  limits: readonly PathLimits[],
  i: number,
  square: number,
  range: Float64Array,
): void {
  let [low, high] = [-1e12, 1e12];
  for (let j = 0; j < limits.length; j += 1) {
    const slope = first[i * joints + j] as number;
    const bent = (second[i * joints + j] as number) * square;
    const { acceleration } = limits[j] as PathLimits;
    if (Math.abs(slope) < 1e-9) {
      if (Math.abs(bent) > acceleration * (1 + 1e-9)) high = Number.NEGATIVE_INFINITY;
      continue;
    }
    const [one, two] = [(-acceleration - bent) / slope, (acceleration - bent) / slope];
    low = Math.max(low, Math.min(one, two));
    high = Math.min(high, Math.max(one, two));
  }
  range[0] = low;
  range[1] = high;
}

/**
 * Lowers `most` where a joint passes a limit: to the squares of a rate that is slower by the same share on all the way that was
 * averaged there. By how much the worst is to be slowed down.
 */
function lower(
  splines: readonly NaturalSpline[],
  limits: readonly PathLimits[],
  law: RateLaw,
  window: number,
  squares: Float64Array,
  most: Float64Array,
): number {
  const count = squares.length - 1;
  const looks = Math.ceil(law.duration / lookStep);
  const slower = new Float64Array(count + 1).fill(1);
  const ends: number[] = [];
  const behind = Math.ceil(window / lookStep);
  const at = new Float64Array(4);
  let worst = 1;
  const excess: number[] = [];
  for (let k = 0; k <= looks; k += 1) {
    const { position, velocity, acceleration, jerk } = law.at(Math.min(law.duration, k * lookStep));
    let found = 1;
    for (const [j, limit] of limits.entries()) {
      splineAt(splines[j] as NaturalSpline, position, at);
      const [first, second, third] = [at[1] as number, at[2] as number, at[3] as number];
      const v = Math.abs(first * velocity) / limit.velocity;
      const a = Math.abs(second * velocity ** 2 + first * acceleration) / limit.acceleration;
      const r =
        Math.abs(third * velocity ** 3 + 3 * second * velocity * acceleration + first * jerk) / limit.jerk;
      found = Math.max(found, v, Math.sqrt(a), Math.cbrt(r));
    }
    ends.push(position);
    excess.push(found);
    worst = Math.max(worst, found);
  }
  for (const [k, found] of excess.entries()) {
    if (found <= 1) continue;
    const from = Math.floor(count * (ends[Math.max(0, k - behind)] as number));
    const until = Math.ceil(count * (ends[Math.min(looks, k + behind)] as number));
    for (let i = from; i <= until; i += 1) slower[i] = Math.max(slower[i] as number, found);
  }
  for (let i = 0; i <= count; i += 1) {
    const by = slower[i] as number;
    if (by > 1) most[i] = Math.min(most[i] as number, (squares[i] as number) / (by * by));
  }
  return worst;
}
