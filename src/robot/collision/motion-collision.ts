import { createData, type RobotData } from "../data.ts";
import { forwardKinematics } from "../forward-kinematics.ts";
import type { CollisionModel } from "./collision-model.ts";
import { type Margins, marginOf } from "./margins.ts";
import { PairWays } from "./pair-ways.ts";
import { ballsApart, ShapePlaces } from "./place-shapes.ts";
import { answerOf, type LinkDistance, measure } from "./self-collision.ts";

/** Where all joints of a robot are over time, in s from the start; the check owns no array of it. */
export interface MotionOfJoints {
  readonly duration: number;
  /** Writes the configuration (order of RobotModel) at `time`. */
  configurationAt(time: number, q: Float64Array): void;
  /** Writes what each velocity coordinate may be at most between `from` and `until`, rad/s or m/s, not below 0. */
  fastestWithin(from: number, until: number, out: Float64Array): void;
}

/** Two links, or a link and an object, that collide or come nearer than their margin at `time` s. */
export type MotionCollision = { time: number; pair: LinkDistance };

/** How near a motion comes to a collision: the pair, and when, s from its start. */
export type LeastDistance = { metres: number; pair: LinkDistance; time: number };

export type MotionCheckOptions = {
  /** A pair that comes nearer than its margin counts as a collision. 0 by default. */
  margin?: number | Margins;
  /**
   * m: how exactly `least` is to be known, which takes more looks; Infinity by default: only what the check itself happens
   * to see.
   */
  leastWithin?: number;
};

/** A pair that began nearer than its margin may come this much nearer before it counts, m: rounding and noise. */
const deeper = 1e-4;
/** Between two looks at a pair, s at least: what passes in less is below a tenth of a millimetre. */
const leastStep = 5e-5;
const cells = 64;
/** s: how long the distance of the balls must last to do without that of the shapes. */
const ballsLast = 0.2;
/** How often a pair that began nearer than its margin is looked at at least, s. */
const insideStep = 0.01;
/** A pair is looked at together with others from this share of its time on: placing the links costs as much as a few looks. */
const togetherFrom = 0.7;

/**
 * Looks for collision along a motion, of the robot with itself and its surroundings, by conservative advancement: where
 * two shapes are d apart, they are not nearer than m before the joints between them have moved a point by d − m. So nothing
 * is missed between samples, and pairs that are far apart are looked at a few times only. A pair that begins nearer than
 * its margin may part or stay, but not come nearer; contact of such a pair is not missed either, while what it comes nearer
 * without contact is told within 10 ms. Work comes in portions, for a thread that must not be held up.
 */
export class MotionCollisionCheck {
  private readonly data: RobotData;
  private readonly q: Float64Array;
  private readonly ways: PairWays;
  private readonly places: ShapePlaces;
  /** For each pair of shapes, when it is to be looked at at the latest; Infinity: never more. */
  private readonly due: Float64Array;
  /** The same: when it may as well be looked at, if others are. */
  private readonly early: Float64Array;
  /** For pairs that began nearer than their margin, how near they may come; NaN: none. */
  private readonly floor: Float64Array;
  /** Sum over velocity coordinates and cells: how far each coordinate may have gone until the cell's begin. */
  private readonly travelled: Float64Array;
  private readonly nv: number;
  private readonly margin: number | Margins;
  private readonly leastWithin: number;
  /** The nearest pair so far with its distance, time and points; its pair is −1 before any. */
  private readonly nearest = {
    pair: -1,
    metres: Number.POSITIVE_INFINITY,
    time: 0,
    points: new Float64Array(6),
  };
  private time = -1;

  /** Portions of several checks may alternate on one model. */
  constructor(
    private readonly model: CollisionModel,
    private readonly motion: MotionOfJoints,
    { margin = 0, leastWithin = Number.POSITIVE_INFINITY }: MotionCheckOptions = {},
  ) {
    this.margin = margin;
    this.leastWithin = leastWithin;
    const { robot, pairA } = model;
    this.data = createData(robot);
    this.q = new Float64Array(robot.nq);
    this.ways = new PairWays(model, this.data);
    this.places = new ShapePlaces(model, this.data);
    this.due = new Float64Array(pairA.length);
    this.early = new Float64Array(pairA.length);
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
    const { due, early, motion } = this;
    // Another check may have used the model's workspace since.
    this.time = -1;
    if (this.nearest.pair < 0 && this.leastWithin < Number.POSITIVE_INFINITY) this.measureStart();
    let next = this.earliest();
    for (let looks = 0; looks < most; ) {
      if (next > motion.duration) return "free";
      // Placing the links costs about as much as a look at two pairs.
      this.place(next);
      looks += 2;
      let earliest = Number.POSITIVE_INFINITY;
      for (let pair = 0; pair < due.length; pair += 1) {
        if ((early[pair] as number) <= next) {
          looks += 1;
          const hit = this.look(pair, next);
          if (hit !== null) return hit;
          const until = due[pair] as number;
          early[pair] = until === Number.POSITIVE_INFINITY ? until : next + togetherFrom * (until - next);
        }
        earliest = Math.min(earliest, due[pair] as number);
      }
      next = earliest;
    }
    return null;
  }

  /**
   * The least distance measured so far; null before any. When the check has ended with "free", no pair comes nearer than
   * `metres − leastWithin` or than its margin, whichever is more.
   */
  least(): LeastDistance | null {
    const { pair, metres, time, points } = this.nearest;
    if (pair < 0) return null;
    const { work } = this.model;
    work.point1.set(points.subarray(0, 3));
    work.point2.set(points.subarray(3, 6));
    return { metres, time, pair: answerOf(this.model, pair, metres) };
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
    this.ways.placed();
    this.places.moved();
  }

  /** Nearest pair at the start, so that the first looks know what is near. */
  private measureStart(): void {
    this.place(0);
    for (let pair = 0; pair < this.due.length; pair += 1) {
      const { metres } = this.nearest;
      this.places.placePair(pair);
      if (ballsApart(this.model, pair) < metres) this.note(pair, 0, measure(this.model, pair, metres));
    }
  }

  /** Keeps a distance that was measured just now if it is the least. */
  private note(pair: number, time: number, distance: number): void {
    const { nearest } = this;
    if (!(distance < nearest.metres)) return;
    nearest.pair = pair;
    nearest.metres = distance;
    nearest.time = time;
    nearest.points.set(this.model.work.point1, 0);
    nearest.points.set(this.model.work.point2, 3);
  }

  private look(pair: number, time: number): MotionCollision | null {
    const { model, due, motion, floor } = this;
    const isInside = !Number.isNaN(floor[pair] as number);
    const margin = marginOf(model, pair, this.margin);
    // Not to be passed unseen: the margin, and what would be nearer than the least so far.
    const level = this.nearest.pair < 0 ? margin : Math.max(margin, this.nearest.metres - this.leastWithin);
    this.places.placePair(pair);
    let distance = ballsApart(model, pair);
    const wayLeft = this.wayToEnd(pair, time);
    if (!isInside && distance - level > wayLeft) {
      due[pair] = Number.POSITIVE_INFINITY;
      return null;
    }
    // Balls suffice where they alone last for a good part of the way.
    if (isInside || this.timeToMove(pair, time, distance - level) < time + ballsLast) {
      // Whether they are farther apart than all the way that is left can be told sooner than how far.
      distance = measure(model, pair, isInside ? Number.POSITIVE_INFINITY : wayLeft + level);
      this.note(pair, time, distance);
    }
    if (time === 0 && distance <= margin) {
      floor[pair] = distance > 0 ? Math.max(0, distance - deeper) : distance - deeper;
      due[pair] = this.laterInside(pair, time, distance);
      return null;
    }
    if (isInside) {
      const lowest = floor[pair] as number;
      if (distance < lowest || (distance === 0 && lowest === 0)) return this.hit(pair, time, distance);
      // Once out it is a pair like any other.
      if (distance > margin + deeper) floor[pair] = Number.NaN;
      due[pair] = this.laterInside(pair, time, distance);
      return null;
    }
    if (distance <= margin) return this.hit(pair, time, distance);
    const room = distance - level;
    const until = room > wayLeft ? Number.POSITIVE_INFINITY : this.timeToMove(pair, time, room);
    due[pair] = until > motion.duration ? Number.POSITIVE_INFINITY : this.later(time, until - time);
    return null;
  }

  /** Of a pair that began nearer than its margin: soon, but no more often than contact can come. */
  private laterInside(pair: number, time: number, distance: number): number {
    if (distance <= 0) return this.later(time, insideStep);
    return this.later(time, Math.min(insideStep, this.timeToMove(pair, time, distance) - time));
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
  private wayToEnd(pair: number, time: number): number {
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
