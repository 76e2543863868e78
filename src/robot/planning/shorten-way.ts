import type { Chance } from "../../core/chance.ts";
import { distanceOf, type PlannedJoint, type StraightEdges } from "./straight-edge.ts";

/** Straight ways between places anywhere on the way that are tried. */
const shortcuts = 40;
/** How often every corner is pulled. */
const pulls = 3;
/** Shares of what a corner is off the line between its neighbours, by which it is pulled: the first that is free. */
const pullShares = [0.9, 0.5, 0.25];
/** What a way must become shorter by. */
const leastGain = 1e-3;

/**
 * Makes a way of straight lines shorter, and leaves corners out: each costs time, because the robot slows down there. Yields
 * after each straight way that was looked at, one or two; returns the new way, which has the same ends.
 */
export function* shortenWay(
  ways: Pick<StraightEdges, "isFreeBetween">,
  joints: readonly PlannedJoint[],
  begun: readonly Float64Array[],
  chance: Chance,
): Generator<void, Float64Array[]> {
  let way = yield* withoutCorners(ways, begun);
  for (let round = 0; round < shortcuts && way.length > 2; round += 1) {
    const [a, b] = [place(joints, way, chance), place(joints, way, chance)].sort((x, y) => x.at - y.at) as [
      Place,
      Place,
    ];
    if (Math.floor(a.at) === Math.floor(b.at)) continue;
    const kept = [...way.slice(0, Math.floor(a.at) + 1), a.q, b.q, ...way.slice(Math.floor(b.at) + 1)];
    if (lengthOf(joints, kept) >= lengthOf(joints, way) - leastGain) continue;
    if (ways.isFreeBetween(a.q, b.q)) way = kept;
    yield;
  }
  way = yield* withoutCorners(ways, way);
  for (let sweep = 0; sweep < pulls; sweep += 1) {
    for (let i = 1; i < way.length - 1; i += 1) {
      const [a, corner, b] = way.slice(i - 1, i + 2) as [Float64Array, Float64Array, Float64Array];
      const foot = nearestOnLine(joints, a, b, corner);
      for (const share of pullShares) {
        const pulled = between(corner, foot, share);
        const isFree = ways.isFreeBetween(a, pulled) && ways.isFreeBetween(pulled, b);
        yield;
        if (!isFree) continue;
        way[i] = pulled;
        break;
      }
    }
    way = yield* withoutCorners(ways, way);
  }
  return way;
}

/** From each corner on the farthest straight way that is free: all, half, a quarter … of the corners are left out. */
function* withoutCorners(
  ways: Pick<StraightEdges, "isFreeBetween">,
  begun: readonly Float64Array[],
): Generator<void, Float64Array[]> {
  const way = [...begun];
  for (let i = 0; i < way.length - 2; i += 1) {
    for (let far = way.length - 1 - i; far > 1; far = Math.floor(far / 2)) {
      const isFree = ways.isFreeBetween(way[i] as Float64Array, way[i + far] as Float64Array);
      yield;
      if (!isFree) continue;
      way.splice(i + 1, far - 1);
      break;
    }
  }
  return way;
}

/** A place on a way: the number of its line with the share along it. */
type Place = { at: number; q: Float64Array };

/** Any, all lengths alike. */
function place(joints: readonly PlannedJoint[], way: readonly Float64Array[], chance: Chance): Place {
  let left = chance.next() * lengthOf(joints, way);
  for (let i = 1; ; i += 1) {
    const [from, to] = [way[i - 1] as Float64Array, way[i] as Float64Array];
    const length = distanceOf(joints, from, to);
    if (left > length && i < way.length - 1) {
      left -= length;
      continue;
    }
    const share = length > 0 ? Math.min(1 - 1e-9, left / length) : 0;
    return { at: i - 1 + share, q: between(from, to, share) };
  }
}

function between(a: Float64Array, b: Float64Array, share: number): Float64Array {
  return a.map((value, j) => value + share * ((b[j] as number) - value));
}

function nearestOnLine(
  joints: readonly PlannedJoint[],
  a: Float64Array,
  b: Float64Array,
  to: Float64Array,
): Float64Array {
  let [along, square] = [0, 0];
  for (const [j, { weight }] of joints.entries()) {
    const line = ((b[j] as number) - (a[j] as number)) * weight;
    along += line * ((to[j] as number) - (a[j] as number)) * weight;
    square += line * line;
  }
  return between(a, b, square > 0 ? Math.min(1, Math.max(0, along / square)) : 0);
}

function lengthOf(joints: readonly PlannedJoint[], way: readonly Float64Array[]): number {
  let sum = 0;
  for (let i = 1; i < way.length; i += 1) {
    sum += distanceOf(joints, way[i - 1] as Float64Array, way[i] as Float64Array);
  }
  return sum;
}
