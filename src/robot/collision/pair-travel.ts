import type { RobotData } from "../data.ts";
import type { CollisionModel } from "./collision-model.ts";
import type { MotionOfJoints } from "./motion-of-joints.ts";
import { PairWays } from "./pair-ways.ts";

const cells = 64;

/** How far a motion moves the shapes of a pair against each other, and how soon, from where the links stand. */
export class PairTravel {
  private readonly ways: PairWays;
  /** Sum over velocity coordinates and cells: how far each coordinate may have gone until the cell's begin. */
  private readonly travelled: Float64Array;
  private readonly nv: number;

  /** `data` is where the links stand, before each `placed`. */
  constructor(
    model: CollisionModel,
    private readonly motion: MotionOfJoints,
    data: RobotData,
  ) {
    this.ways = new PairWays(model, data);
    this.nv = model.robot.nv;
    this.travelled = new Float64Array((cells + 1) * this.nv);
    const fastest = new Float64Array(this.nv);
    const length = motion.duration / cells;
    for (let cell = 0; cell < cells; cell += 1) {
      motion.fastestWithin(cell * length, (cell + 1) * length, fastest);
      for (let v = 0; v < this.nv; v += 1) {
        const at = cell * this.nv + v;
        this.travelled[at + this.nv] = (this.travelled[at] as number) + (fastest[v] as number) * length;
      }
    }
  }

  /** The links stand elsewhere. */
  placed(): void {
    this.ways.placed();
  }

  /** When, from `time` on, the joints between the pair's links may have moved a point of it by `distance`; Infinity: never. */
  timeToMove(pair: number, time: number, distance: number): number {
    if (distance <= 0) return time;
    const { motion } = this;
    const length = motion.duration / cells;
    this.ways.weigh(pair, distance);
    let left = distance;
    let cell = Math.min(cells - 1, Math.floor(time / length));
    let from = time;
    for (; cell < cells; cell += 1) {
      const until = (cell + 1) * length;
      const whole = this.wayIn(pair, cell);
      const way = length > 0 ? (whole * (until - from)) / length : 0;
      if (way >= left) return from + (left / whole) * length;
      left -= way;
      from = until;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** How far the joints between the pair's links may move one of its points from `time` to the end, m. */
  wayToEnd(pair: number, time: number): number {
    const length = this.motion.duration / cells;
    const cell = Math.min(cells - 1, Math.floor(time / length));
    const share = ((cell + 1) * length - time) / length;
    this.ways.weigh(pair, Number.POSITIVE_INFINITY);
    const anywhere = share * this.wayIn(pair, cell) + this.wayBetween(pair, cell + 1, cells);
    this.ways.weigh(pair, anywhere);
    return share * this.wayIn(pair, cell) + this.wayBetween(pair, cell + 1, cells);
  }

  /** How far the joints between the pair's links may move one of its points in a cell, m, as they were weighed last. */
  private wayIn(pair: number, cell: number): number {
    return this.wayBetween(pair, cell, cell + 1);
  }

  /** The same from the begin of one cell to that of another. */
  private wayBetween(pair: number, from: number, until: number): number {
    const { weight, reach } = this.ways;
    const { first, coordinate } = reach;
    const { travelled } = this;
    let way = 0;
    const [at, end] = [from * this.nv, until * this.nv];
    for (let k = first[pair] as number; k < (first[pair + 1] as number); k += 1) {
      const v = coordinate[k] as number;
      way += (weight[k] as number) * ((travelled[end + v] as number) - (travelled[at + v] as number));
    }
    return way;
  }
}
