import type { RobotData } from "../data.ts";
import type { RobotModel } from "../model.ts";
import type { BoundingCapsule } from "./bounding-capsule.ts";
import type { CollisionModel } from "./collision-model.ts";
import { createPairReach, type PairReach } from "./pair-reach.ts";

/**
 * How far the shapes of a pair may move against each other near one configuration: a joint moves no point of a shape by more
 * than its turn times the point's distance from the axis. While the pair has moved by less than some room, no distance has grown
 * by more than that room, so the distances of one configuration bound the way. Allocates nothing after it is made.
 *
 *   B(s) = ∫ Σ r_k |q̇_k| ds   where r_k(s) ≤ min(W_k, r_k(0) + B(s)),   W_k the greatest r_k of any configuration
 */
export class PairWays {
  readonly reach: PairReach;
  /** For each entry of `reach` what `weigh` found last, m per unit of its coordinate. */
  readonly weight: Float64Array;
  private readonly robot: RobotModel;
  private readonly shapeLink: Int32Array;
  /** For each lever, m: the farthest that its shape reaches from the joint's axis, and when it was measured. */
  private readonly arm: Float64Array;
  private readonly measured: Int32Array;
  private now = 1;

  /** `data` is where the links stand, before each `placed`. */
  constructor(
    model: CollisionModel,
    private readonly data: RobotData,
  ) {
    this.robot = model.robot;
    this.shapeLink = Int32Array.from(model.shapes, ({ link }) => link);
    this.reach = createPairReach(model);
    this.weight = this.reach.weight.slice();
    this.arm = new Float64Array(this.reach.leverShape.length);
    this.measured = new Int32Array(this.arm.length);
  }

  /** The links stand elsewhere. */
  placed(): void {
    this.now += 1;
  }

  /** Writes what a unit of each coordinate moves the pair's points by at most, until they have moved by `room` m. */
  weigh(pair: number, room: number): void {
    const { first, lever, rate, weight } = this.reach;
    for (let i = first[pair] as number; i < (first[pair + 1] as number); i += 1) {
      const which = lever[i] as number;
      const most = weight[i] as number;
      this.weight[i] = which < 0 ? most : Math.min(most, (rate[i] as number) * (this.armOf(which) + room));
    }
  }

  /**
   * m: a pair that is farther apart than this stays so as long as each coordinate v is within `share` · `moved[v]` of where it is.
   * `anywhere` is what `wayAnywhere` says of the same.
   */
  wayNear(pair: number, moved: Float64Array, share: number, anywhere: number): number {
    let way = anywhere;
    // Each round is a bound: of a pair that may move by `way`, the weights for that room hold.
    for (let round = 0; round < 2; round += 1) {
      this.weigh(pair, way);
      way = Math.min(way, this.sum(this.weight, pair, moved, share));
    }
    return way;
  }

  /** The same from any configuration. */
  wayAnywhere(pair: number, moved: Float64Array, share: number): number {
    return this.sum(this.reach.weight, pair, moved, share);
  }

  private sum(weight: Float64Array, pair: number, moved: Float64Array, share: number): number {
    const { first, coordinate } = this.reach;
    let way = 0;
    for (let i = first[pair] as number; i < (first[pair + 1] as number); i += 1) {
      way += (weight[i] as number) * (moved[coordinate[i] as number] as number);
    }
    return way * share;
  }

  private armOf(lever: number): number {
    if (this.measured[lever] !== this.now) {
      this.measured[lever] = this.now;
      this.measureArm(lever);
    }
    return this.arm[lever] as number;
  }

  /** The distance from a line is greatest at an end of a segment. */
  private measureArm(lever: number): void {
    const { leverShape, leverLink, capsules } = this.reach;
    const { axis } = this.robot;
    const poses = this.data.rootFromLink;
    const shape = leverShape[lever] as number;
    const capsule = capsules[shape] as BoundingCapsule;
    const own = 12 * (this.shapeLink[shape] as number);
    const link = leverLink[lever] as number;
    const at = 12 * link;
    const nx = axis[3 * link] as number;
    const ny = axis[3 * link + 1] as number;
    const nz = axis[3 * link + 2] as number;
    // The axis of the joint in the root frame.
    const ux = (poses[at] as number) * nx + (poses[at + 1] as number) * ny + (poses[at + 2] as number) * nz;
    const uy =
      (poses[at + 3] as number) * nx + (poses[at + 4] as number) * ny + (poses[at + 5] as number) * nz;
    const uz =
      (poses[at + 6] as number) * nx + (poses[at + 7] as number) * ny + (poses[at + 8] as number) * nz;
    let most = 0;
    for (let end = 0; end < 6; end += 3) {
      const cx = capsule[end] as number;
      const cy = capsule[end + 1] as number;
      const cz = capsule[end + 2] as number;
      // From the axis' origin to the end of the segment.
      const x =
        (poses[own] as number) * cx +
        (poses[own + 1] as number) * cy +
        (poses[own + 2] as number) * cz +
        ((poses[own + 9] as number) - (poses[at + 9] as number));
      const y =
        (poses[own + 3] as number) * cx +
        (poses[own + 4] as number) * cy +
        (poses[own + 5] as number) * cz +
        ((poses[own + 10] as number) - (poses[at + 10] as number));
      const z =
        (poses[own + 6] as number) * cx +
        (poses[own + 7] as number) * cy +
        (poses[own + 8] as number) * cz +
        ((poses[own + 11] as number) - (poses[at + 11] as number));
      const across0 = y * uz - z * uy;
      const across1 = z * ux - x * uz;
      const across2 = x * uy - y * ux;
      most = Math.max(most, across0 * across0 + across1 * across1 + across2 * across2);
    }
    this.arm[lever] = Math.sqrt(most) + (capsule[6] as number);
  }
}
