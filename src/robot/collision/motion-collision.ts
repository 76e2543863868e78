import { createData, type RobotData } from "../data.ts";
import { forwardKinematics } from "../forward-kinematics.ts";
import type { CollisionModel } from "./collision-model.ts";
import { createPairReach, type PairReach } from "./pair-reach.ts";
import { answerOf, ballsApart, type LinkDistance, measure, placeShapes } from "./self-collision.ts";

/** Where all joints of a robot are over time, in s from the start; the check owns no array of it. */
export interface MotionOfJoints {
  readonly duration: number;
  /** Writes the configuration (order of RobotModel) at `time`. */
  configurationAt(time: number, q: Float64Array): void;
  /** Writes what each velocity coordinate may be at most between `from` and `until`, rad/s or m/s, not below 0. */
  fastestWithin(from: number, until: number, out: Float64Array): void;
}

/** Two links that collide at `time` s. */
export type MotionCollision = { time: number; pair: LinkDistance };

/** A pair that was in collision at the start may go this much deeper before it counts, m: rounding and noise. */
const deeper = 1e-4;
/** Between two looks at a pair, s at least: what passes in less is below a tenth of a millimetre. */
const leastStep = 5e-5;
const cells = 64;
/** s: how long the distance of the balls must last to do without that of the shapes. */
const ballsLast = 0.2;
/** How often a pair that began in collision is looked at, s. */
const insideStep = 0.01;

/**
 * Looks for self-collision along a motion, by conservative advancement: where two shapes are d apart, neither can be
 * reached before the joints between them have moved one of its points by d. So nothing is missed between samples, and
 * pairs that are far apart are looked at a few times only. Work comes in portions, for a thread that must not be held up.
 */
export class MotionCollisionCheck {
  private readonly data: RobotData;
  private readonly q: Float64Array;
  private readonly reach: PairReach;
  /** For each pair of shapes, when it is to be looked at next; Infinity: never more. */
  private readonly due: Float64Array;
  /** For pairs that began in collision, how deep they may be; NaN: none. */
  private readonly floor: Float64Array;
  /** Sum over velocity coordinates and cells: how far each coordinate may have gone until the cell's begin. */
  private readonly travelled: Float64Array;
  private readonly nv: number;
  private time = -1;

  /** Portions of several checks may alternate on one model. */
  constructor(
    private readonly model: CollisionModel,
    private readonly motion: MotionOfJoints,
  ) {
    const { robot, pairA } = model;
    this.data = createData(robot);
    this.q = new Float64Array(robot.nq);
    this.reach = createPairReach(model);
    this.due = new Float64Array(pairA.length);
    this.floor = new Float64Array(pairA.length).fill(Number.NaN);
    this.nv = robot.nv;
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

  /**
   * Goes on, with at most about `most` looks at pairs. "free": nothing collides to the end; null: not done yet.
   */
  advance(most: number): MotionCollision | "free" | null {
    const { due, motion } = this;
    // Another check may have used the model's workspace since.
    this.time = -1;
    for (let looks = 0; looks < most; ) {
      const next = this.earliest();
      if (next > motion.duration) return "free";
      // Placing the links costs about as much as a look at two pairs.
      this.place(next);
      looks += 2;
      for (let pair = 0; pair < due.length; pair += 1) {
        if ((due[pair] as number) > next) continue;
        looks += 1;
        const hit = this.look(pair, next);
        if (hit !== null) return hit;
      }
    }
    return null;
  }

  private earliest(): number {
    let next = Number.POSITIVE_INFINITY;
    for (let pair = 0; pair < this.due.length; pair += 1) next = Math.min(next, this.due[pair] as number);
    return next;
  }

  private place(time: number): void {
    if (time === this.time) return;
    this.time = time;
    this.motion.configurationAt(time, this.q);
    forwardKinematics(this.model.robot, this.data, this.q);
    placeShapes(this.model, this.data);
  }

  private look(pair: number, time: number): MotionCollision | null {
    const { model, due, motion, floor } = this;
    const isInside = !Number.isNaN(floor[pair] as number);
    let distance = ballsApart(model, pair);
    const wayLeft = this.wayToEnd(pair, time);
    if (!isInside && distance > wayLeft) {
      due[pair] = Number.POSITIVE_INFINITY;
      return null;
    }
    // Balls suffice where they alone last for a good part of the way.
    if (isInside || this.timeToMove(pair, time, distance) < time + ballsLast) {
      // Whether they are farther apart than all the way that is left can be told sooner than how far.
      distance = measure(model, pair, isInside ? Number.POSITIVE_INFINITY : wayLeft);
    }
    if (distance <= 0 && time === 0) {
      floor[pair] = distance - deeper;
      due[pair] = insideStep;
      return null;
    }
    if (isInside) {
      if (distance < (floor[pair] as number)) return this.hit(pair, time, distance);
      // Once out it is a pair like any other.
      if (distance > deeper) floor[pair] = Number.NaN;
      due[pair] = this.later(time, insideStep);
      return null;
    }
    if (distance <= 0) return this.hit(pair, time, distance);
    const until = distance > wayLeft ? Number.POSITIVE_INFINITY : this.timeToMove(pair, time, distance);
    due[pair] = until > motion.duration ? Number.POSITIVE_INFINITY : this.later(time, until - time);
    return null;
  }

  /** The next time, the end itself never left out. */
  private later(time: number, step: number): number {
    const { duration } = this.motion;
    if (time >= duration) return Number.POSITIVE_INFINITY;
    return Math.min(duration, time + Math.max(leastStep, step));
  }

  private hit(pair: number, time: number, distance: number): MotionCollision {
    return { time, pair: answerOf(this.model, pair, distance) };
  }

  /** When, from `time` on, the joints between the pair's links may have moved a point of it by `distance`; Infinity: never. */
  private timeToMove(pair: number, time: number, distance: number): number {
    if (distance <= 0) return time;
    const { motion } = this;
    const length = motion.duration / cells;
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
  private wayToEnd(pair: number, time: number): number {
    const length = this.motion.duration / cells;
    const cell = Math.min(cells - 1, Math.floor(time / length));
    let way = (this.wayIn(pair, cell) * ((cell + 1) * length - time)) / length;
    const { first, coordinate, weight } = this.reach;
    const [at, end] = [(cell + 1) * this.nv, cells * this.nv];
    for (let k = first[pair] as number; k < (first[pair + 1] as number); k += 1) {
      const v = coordinate[k] as number;
      way +=
        (weight[k] as number) * ((this.travelled[end + v] as number) - (this.travelled[at + v] as number));
    }
    return way;
  }

  /** How far the joints between the pair's links may move one of its points in a cell, m. */
  private wayIn(pair: number, cell: number): number {
    const { first, coordinate, weight } = this.reach;
    let way = 0;
    const at = cell * this.nv;
    for (let k = first[pair] as number; k < (first[pair + 1] as number); k += 1) {
      const v = at + (coordinate[k] as number);
      way +=
        (weight[k] as number) * ((this.travelled[v + this.nv] as number) - (this.travelled[v] as number));
    }
    return way;
  }
}
