import type { CollisionModel } from "../collision/collision-model.ts";
import { type Margins, marginOf } from "../collision/margins.ts";
import { type PairGroups, pairGroups } from "../collision/pair-groups.ts";
import { PairWays } from "../collision/pair-ways.ts";
import { ballsApart, ShapePlaces } from "../collision/place-shapes.ts";
import { type Standing, standingOf } from "../collision/self-collision.ts";
import { createData, type RobotData } from "../data.ts";
import { forwardKinematics } from "../forward-kinematics.ts";

/** m: a part of the way on which a pair moves less than this, and that is not known to be free, counts as not free. */
const leastWay = 3e-4;

/**
 * Whether a straight way between two configurations keeps every pair's margin, without a gap between samples: where two shapes
 * are d apart in the middle of a part, and do not move against each other by d − margin until its ends, the part is free; else each
 * half of it is looked at. What collides is mostly found by the first coarse looks. Not for two ways at once.
 */
export class EdgeCheck {
  private readonly groups: PairGroups;
  private readonly model: CollisionModel;
  private readonly data: RobotData;
  private readonly ways: PairWays;
  private readonly places: ShapePlaces;
  private readonly margin: Float64Array;
  /** How far each pair may move on the whole way, m. */
  private readonly wholeWay: Float64Array;
  /** The pairs to begin with, those that collided last at the front. */
  private readonly order: Int32Array;
  /** Parts of the way that are to be looked at: 2 numbers each, the middle and half of it, in shares of the way. */
  private readonly parts: number[] = [];
  /** Where the pairs of each part begin and end in `pairs`. */
  private readonly ends: number[] = [];
  private pairs = new Int32Array(1024);

  constructor(model: CollisionModel, margins: Margins) {
    this.groups = pairGroups(model);
    this.model = this.groups.model;
    const { pairA, robot } = this.model;
    this.data = createData(robot);
    this.ways = new PairWays(this.model, this.data);
    this.places = new ShapePlaces(this.model, this.data);
    this.margin = Float64Array.from(pairA, (_, pair) => marginOf(this.model, pair, margins));
    this.wholeWay = new Float64Array(pairA.length);
    this.order = this.groups.heads.slice();
  }

  /** Whether every pair is farther apart than its margin. */
  isClear(q: Float64Array): boolean {
    this.place(q);
    for (let i = 0; i < this.order.length; i += 1) {
      if (!this.isPairClear(this.order[i] as number)) return false;
    }
    return true;
  }

  private isPairClear(pair: number): boolean {
    const { own, begin, end } = this.groups;
    const margin = this.margin[pair] as number;
    this.places.placePair(pair);
    if (ballsApart(this.model, pair) > margin) return true;
    if (standingOf(this.model, pair, margin, margin) === "far") return true;
    if (pair < own) return false;
    for (let one = begin[pair - own] as number; one < (end[pair - own] as number); one += 1) {
      if (!this.isPairClear(one)) return false;
    }
    return true;
  }

  /**
   * Whether all between two ends is free, the ends too. `moved`: how far each velocity coordinate goes, not below 0;
   * `configurationAt` writes where it is at a share of the way. No coordinate goes farther in a part than that share of what it
   * goes in all.
   */
  isFree(moved: Float64Array, configurationAt: (share: number) => Float64Array): boolean {
    const { parts, ends } = this;
    parts.length = 0;
    ends.length = 0;
    let last = this.movingPairs(moved);
    if (last > 0) this.addPart(0.5, 0.5, 0, last);
    // Breadth first, so that the looks are far from one another.
    for (let part = 0; part < parts.length / 2; part += 1) {
      const [middle, half] = [parts[2 * part] as number, parts[2 * part + 1] as number];
      const [from, until] = [ends[2 * part] as number, ends[2 * part + 1] as number];
      const left = this.look(configurationAt(middle), moved, half, from, until, last);
      if (left < 0) return false;
      if (left === last) continue;
      this.addPart(middle - half / 2, half / 2, last, left);
      this.addPart(middle + half / 2, half / 2, last, left);
      last = left;
    }
    return true;
  }

  private addPart(middle: number, half: number, from: number, until: number): void {
    this.parts.push(middle, half);
    this.ends.push(from, until);
  }

  /** Writes the pairs that move against each other at the front of `pairs`; how many they are. */
  private movingPairs(moved: Float64Array): number {
    const { order, wholeWay, ways } = this;
    this.reserve(order.length);
    let count = 0;
    for (let i = 0; i < order.length; i += 1) {
      const pair = order[i] as number;
      const way = ways.wayAnywhere(pair, moved, 1);
      wholeWay[pair] = way;
      if (way === 0) continue;
      this.pairs[count] = pair;
      count += 1;
    }
    return count;
  }

  /**
   * Looks at the pairs from … until of `pairs` in one configuration, and writes those that are not known to be free within `half`
   * of the way from it at `to`; where they end, or −1: one is nearer than its margin.
   */
  private look(
    q: Float64Array,
    moved: Float64Array,
    half: number,
    from: number,
    until: number,
    to: number,
  ): number {
    const { own, begin, end } = this.groups;
    this.place(q);
    let left = to;
    for (let i = from; i < until; i += 1) {
      const pair = this.pairs[i] as number;
      let standing = this.standing(pair, moved, half);
      if (standing === "far") continue;
      if (standing === "between") {
        left = this.keep(pair, left);
        continue;
      }
      if (pair < own) {
        this.toFront(pair);
        return -1;
      }
      // Boxes around several shapes are not apart: their pairs take their place.
      for (let one = begin[pair - own] as number; one < (end[pair - own] as number); one += 1) {
        this.wholeWay[one] = this.ways.wayAnywhere(one, moved, 1);
        standing = this.standing(one, moved, half);
        if (standing === "far") continue;
        if (standing === "near") {
          this.toFront(pair);
          return -1;
        }
        left = this.keep(one, left);
      }
    }
    return left;
  }

  /** "far": a pair is free within `half` of the way; "near": it is not free, or hardly. */
  private standing(pair: number, moved: Float64Array, half: number): Standing {
    const { model, ways } = this;
    const margin = this.margin[pair] as number;
    const anywhere = (this.wholeWay[pair] as number) * half;
    this.places.placePair(pair);
    const apart = ballsApart(model, pair);
    if (apart > margin + anywhere) return "far";
    const way = ways.wayNear(pair, moved, half, anywhere);
    if (apart > margin + way) return "far";
    const standing = standingOf(model, pair, margin, margin + way);
    return standing === "between" && way < leastWay ? "near" : standing;
  }

  private keep(pair: number, at: number): number {
    this.reserve(at + 1);
    this.pairs[at] = pair;
    return at + 1;
  }

  private place(q: Float64Array): void {
    forwardKinematics(this.model.robot, this.data, q);
    this.ways.placed();
    this.places.moved();
  }

  private reserve(size: number): void {
    if (this.pairs.length >= size) return;
    const larger = new Int32Array(2 * size);
    larger.set(this.pairs);
    this.pairs = larger;
  }

  private toFront(pair: number): void {
    const head = this.groups.headOf[pair] as number;
    this.order.copyWithin(1, 0, this.order.indexOf(head));
    this.order[0] = head;
  }
}
