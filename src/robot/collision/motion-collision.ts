import { createData, type RobotData } from "../data.ts";
import { forwardKinematics } from "../forward-kinematics.ts";
import type { CollisionModel } from "./collision-model.ts";
import { type Margins, marginOf } from "./margins.ts";
import type { MotionOfJoints } from "./motion-of-joints.ts";
import { type PairGroups, pairGroups } from "./pair-groups.ts";
import { PairTravel } from "./pair-travel.ts";
import { ballsApart, ShapePlaces } from "./place-shapes.ts";
import { answerOf, type LinkDistance, measure } from "./self-collision.ts";

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
  /** m: how much nearer a pair may come that began nearer than its margin; 0.1 mm by default, for noise. */
  deeper?: number;
};

/** A pair that began nearer than its margin may come this much nearer before it counts, m: rounding and noise. */
const usuallyDeeper = 1e-4;
/** Between two looks at a pair, s at least: what passes in less is below a tenth of a millimetre. */
const leastStep = 5e-5;
/** s: how long the distance of the balls must last to do without that of the shapes. */
const ballsLast = 0.2;
/** A pair that began nearer than its margin is looked at no more often than this, but for contact, s. */
const insideStep = 0.01;
/** A pair is looked at together with others from this share of its time on: placing the links costs as much as a few looks. */
const togetherFrom = 0.7;
/** Boxes around several shapes that are nearer than this are no use, m. */
const nearBoxes = 0.03;

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
  private readonly groups: PairGroups;
  private readonly model: CollisionModel;
  private readonly travel: PairTravel;
  private readonly places: ShapePlaces;
  /** For each pair of shapes, when it is to be looked at at the latest; Infinity: never more. */
  private readonly due: Float64Array;
  /** The same: when it may as well be looked at, if others are. */
  private readonly early: Float64Array;
  /** For pairs that began nearer than their margin, how near they may come; NaN: none. */
  private readonly floor: Float64Array;
  private readonly margin: number | Margins;
  private readonly leastWithin: number;
  private readonly deeper: number;
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
    model: CollisionModel,
    private readonly motion: MotionOfJoints,
    { margin = 0, leastWithin = Number.POSITIVE_INFINITY, deeper = usuallyDeeper }: MotionCheckOptions = {},
  ) {
    this.deeper = deeper;
    this.margin = margin;
    this.leastWithin = leastWithin;
    this.groups = pairGroups(model);
    this.model = this.groups.model;
    const { robot, pairA } = this.model;
    this.data = createData(robot);
    this.q = new Float64Array(robot.nq);
    this.travel = new PairTravel(this.model, motion, this.data);
    this.places = new ShapePlaces(this.model, this.data);
    this.due = new Float64Array(pairA.length).fill(Number.POSITIVE_INFINITY);
    for (const head of this.groups.heads) this.due[head] = 0;
    this.early = this.due.slice();
    this.floor = new Float64Array(pairA.length).fill(Number.NaN);
  }

  /**
   * Goes on, with at most about `most` looks at pairs. "free": nothing collides to the end; null: not done yet.
   */
  advance(most: number): MotionCollision | "free" | null {
    const { due, early, motion } = this;
    const { own } = this.groups;
    // Another check may have used the model's workspace since.
    this.time = -1;
    if (this.nearest.pair < 0 && this.leastWithin < Number.POSITIVE_INFINITY) this.measureStart();
    let next = this.earliest();
    for (let looks = 0; looks < most; ) {
      if (next > motion.duration) return "free";
      // Placing the links costs about as much as a look at two pairs.
      this.place(next);
      looks += 2;
      // Boxes around several shapes first, whose pairs may then be due at once.
      for (let pair = own; pair < due.length; pair += 1) {
        if ((early[pair] as number) > next) continue;
        looks += 1;
        this.lookAtBoxes(pair, next);
        this.isDueBy(pair, next);
      }
      for (let pair = 0; pair < own; pair += 1) {
        if ((early[pair] as number) > next) continue;
        looks += 1;
        const hit = this.look(pair, next);
        if (hit !== null) return hit;
        this.isDueBy(pair, next);
      }
      next = this.earliest();
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

  /** After a look: when the pair may as well be looked at with others. */
  private isDueBy(pair: number, time: number): void {
    const until = this.due[pair] as number;
    this.early[pair] = until === Number.POSITIVE_INFINITY ? until : time + togetherFrom * (until - time);
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
    this.travel.placed();
    this.places.moved();
  }

  /** Nearest pair at the start, so that the first looks know what is near. */
  private measureStart(): void {
    this.place(0);
    for (let pair = 0; pair < this.groups.own; pair += 1) {
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

  /** What is not to be passed unseen, m: the pair's margin, and what would be nearer than the least so far. */
  private levelOf(pair: number): number {
    const margin = marginOf(this.model, pair, this.margin);
    return this.nearest.pair < 0 ? margin : Math.max(margin, this.nearest.metres - this.leastWithin);
  }

  /** Of the boxes around several shapes: until when they are apart. Where they are near, their pairs take their place. */
  private lookAtBoxes(pair: number, time: number): void {
    const { model, due, motion, groups } = this;
    const level = this.levelOf(pair);
    const wayLeft = this.travel.wayToEnd(pair, time);
    this.places.placePair(pair);
    let distance = ballsApart(model, pair);
    if (distance - level <= Math.max(wayLeft, nearBoxes)) distance = measure(model, pair, wayLeft + level);
    const room = distance - level;
    due[pair] = Number.POSITIVE_INFINITY;
    if (room > wayLeft) return;
    if (room > nearBoxes) {
      const until = this.travel.timeToMove(pair, time, room);
      if (until <= motion.duration) due[pair] = this.later(time, until - time);
      return;
    }
    const at = pair - groups.own;
    for (let one = groups.begin[at] as number; one < (groups.end[at] as number); one += 1) {
      due[one] = time;
      this.early[one] = time;
    }
  }

  private look(pair: number, time: number): MotionCollision | null {
    const { model, due, motion, floor } = this;
    const isInside = !Number.isNaN(floor[pair] as number);
    const margin = marginOf(model, pair, this.margin);
    const level = this.levelOf(pair);
    this.places.placePair(pair);
    let distance = ballsApart(model, pair);
    const wayLeft = this.travel.wayToEnd(pair, time);
    if (!isInside && distance - level > wayLeft) {
      due[pair] = Number.POSITIVE_INFINITY;
      return null;
    }
    // Balls suffice where they alone last for a good part of the way.
    if (isInside || this.travel.timeToMove(pair, time, distance - level) < time + ballsLast) {
      // Whether they are farther apart than all the way that is left can be told sooner than how far.
      distance = measure(model, pair, isInside ? Number.POSITIVE_INFINITY : wayLeft + level);
      this.note(pair, time, distance);
    }
    if (time === 0 && distance <= margin) {
      floor[pair] = distance > 0 ? Math.max(0, distance - this.deeper) : distance - this.deeper;
      due[pair] = this.laterInside(pair, time, distance, this.deeper);
      return null;
    }
    if (isInside) {
      const lowest = floor[pair] as number;
      if (distance < lowest || (distance === 0 && lowest === 0)) return this.hit(pair, time, distance);
      if (distance <= margin + this.deeper) {
        due[pair] = this.laterInside(pair, time, distance, distance - lowest);
        return null;
      }
      // Once out it is a pair like any other.
      floor[pair] = Number.NaN;
    }
    if (distance <= margin) return this.hit(pair, time, distance);
    const room = distance - level;
    const until = room > wayLeft ? Number.POSITIVE_INFINITY : this.travel.timeToMove(pair, time, room);
    due[pair] = until > motion.duration ? Number.POSITIVE_INFINITY : this.later(time, until - time);
    return null;
  }

  /** Of a pair that began nearer than its margin: soon, but no more often than it can come nearer by `room`. Contact is never missed. */
  private laterInside(pair: number, time: number, distance: number, room: number): number {
    const step = Math.max(insideStep, this.travel.timeToMove(pair, time, room) - time);
    if (distance <= 0) return this.later(time, step);
    return this.later(time, Math.min(step, this.travel.timeToMove(pair, time, distance) - time));
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
}
