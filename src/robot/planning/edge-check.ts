import type { CollisionModel } from "../collision/collision-model.ts";
import { type Margins, marginOf } from "../collision/margins.ts";
import { createPairReach, type PairReach } from "../collision/pair-reach.ts";
import { ballsApart, measure, placeShapes } from "../collision/self-collision.ts";
import { createData, type RobotData } from "../data.ts";
import { forwardKinematics } from "../forward-kinematics.ts";

/** m: a part of the way on which a pair moves less than this, and that is not known to be free, counts as not free. */
const leastWay = 1e-5;

/**
 * Whether a straight way between two configurations keeps every pair's margin, without a gap between samples: where two shapes
 * are d apart in the middle of a part, and nothing moves by more than d − margin until its ends, the part is free; else each half
 * of it is looked at. What collides is mostly found by the first coarse looks. Allocates little per way; not for two ways at once.
 */
export class EdgeCheck {
  private readonly data: RobotData;
  private readonly reach: PairReach;
  private readonly margin: Float64Array;
  /** How far each pair may move on the whole way, m. */
  private readonly ways: Float64Array;
  /** All pairs, those that collided last at the front. */
  private readonly order: Int32Array;

  constructor(
    private readonly model: CollisionModel,
    margins: Margins,
  ) {
    const { pairA, robot } = model;
    this.data = createData(robot);
    this.reach = createPairReach(model);
    this.margin = Float64Array.from(pairA, (_, pair) => marginOf(model, pair, margins));
    this.ways = new Float64Array(pairA.length);
    this.order = Int32Array.from(pairA, (_, pair) => pair);
  }

  /** Whether every pair is farther apart than its margin. */
  isClear(q: Float64Array): boolean {
    this.place(q);
    for (let i = 0; i < this.order.length; i += 1) {
      const pair = this.order[i] as number;
      const margin = this.margin[pair] as number;
      if (ballsApart(this.model, pair) > margin) continue;
      if (measure(this.model, pair, margin) <= margin) return false;
    }
    return true;
  }

  /** `moved`: how far each velocity coordinate goes, not below 0; `configurationAt` writes where it is at a share of the way. */
  isFree(moved: Float64Array, configurationAt: (share: number) => Float64Array): boolean {
    this.measureWays(moved);
    let active = this.order.filter((pair) => (this.ways[pair] as number) > 0);
    if (active.length === 0) return true;
    // Breadth first, so that the looks are far from one another.
    const parts: { middle: number; half: number; pairs: Int32Array }[] = [
      { middle: 0.5, half: 0.5, pairs: active },
    ];
    for (let at = 0; at < parts.length; at += 1) {
      const { middle, half, pairs } = parts[at] as { middle: number; half: number; pairs: Int32Array };
      this.place(configurationAt(middle));
      active = new Int32Array(pairs.length);
      let left = 0;
      for (const pair of pairs) {
        const margin = this.margin[pair] as number;
        const way = (this.ways[pair] as number) * half;
        if (ballsApart(this.model, pair) > margin + way) continue;
        const distance = measure(this.model, pair, margin + way);
        if (distance > margin + way) continue;
        if (distance <= margin || way < leastWay) {
          this.toFront(pair);
          return false;
        }
        active[left] = pair;
        left += 1;
      }
      if (left === 0) continue;
      const rest = active.subarray(0, left);
      parts.push({ middle: middle - half / 2, half: half / 2, pairs: rest });
      parts.push({ middle: middle + half / 2, half: half / 2, pairs: rest });
    }
    return true;
  }

  private place(q: Float64Array): void {
    forwardKinematics(this.model.robot, this.data, q);
    placeShapes(this.model, this.data);
  }

  private measureWays(moved: Float64Array): void {
    const { first, coordinate, weight } = this.reach;
    for (let pair = 0; pair < this.ways.length; pair += 1) {
      let way = 0;
      for (let i = first[pair] as number; i < (first[pair + 1] as number); i += 1) {
        way += (weight[i] as number) * (moved[coordinate[i] as number] as number);
      }
      this.ways[pair] = way;
    }
  }

  private toFront(pair: number): void {
    const at = this.order.indexOf(pair);
    this.order.copyWithin(1, 0, at);
    this.order[0] = pair;
  }
}
