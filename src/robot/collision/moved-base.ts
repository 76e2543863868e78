import type { RobotData } from "../data.ts";
import { compose, transformSize } from "../rigid-transform.ts";
import { type CollisionModel, ofShapePairs, type ShapeNumbers } from "./collision-model.ts";
import { ballsApart, placeShapes } from "./place-shapes.ts";
import { answerOf, type LinkDistance, measure } from "./self-collision.ts";
import { type CollisionShape, coreKind } from "./shape.ts";

/** A pair that stands nearer than its margin may come this much nearer before it counts, m: rounding. */
const deeper = 1e-6;

/**
 * A robot whose base moves on the ground among objects that do not move with it: all of its shapes, those that are fixed to the
 * base too, against these objects. Planes are left out: a base rests on them.
 */
export class MovedBase {
  private readonly model: CollisionModel;
  private readonly own: number[] = [];
  private readonly moved = new Float64Array(transformSize);
  private readonly poses: Float64Array;
  private readonly centres: Float64Array;
  /** How near each pair may come, m. */
  private readonly floors: Float64Array;

  /** `world`: ids of the objects that do not move with the base. */
  constructor({ robot, shapes }: CollisionModel, world: ReadonlySet<string>) {
    const isOfWorld = ({ role, label, link }: CollisionShape) =>
      role !== null && link === 0 && world.has(label);
    const pairs: ShapeNumbers[] = [];
    for (const [i, shape] of shapes.entries()) {
      if (isOfWorld(shape)) continue;
      // What is carried moves with the base; what stands at the root, and is no part of the world, too.
      this.own.push(i);
      for (const [j, other] of shapes.entries()) {
        if (isOfWorld(other) && other.kind !== coreKind.plane && shape.kind !== coreKind.plane)
          pairs.push([i, j]);
      }
    }
    this.model = ofShapePairs(robot, shapes, pairs);
    this.poses = new Float64Array(this.model.work.poses.length);
    this.centres = new Float64Array(this.model.work.centres.length);
    this.floors = new Float64Array(pairs.length);
  }

  /** Whether there is nothing that the base could meet. */
  isAlone(): boolean {
    return this.floors.length === 0;
  }

  /** Where the robot stands now (`forwardKinematics` must have run on `data`); what is nearer than `margin`, m, may stay so. */
  place(data: RobotData, margin: number): void {
    const { model, poses, centres, floors } = this;
    placeShapes(model, data);
    poses.set(model.work.poses);
    centres.set(model.work.centres);
    for (let pair = 0; pair < floors.length; pair += 1) {
      const near = ballsApart(model, pair) > margin ? margin : Math.min(margin, measure(model, pair, margin));
      floors[pair] = near < margin ? near - deeper : margin;
    }
  }

  /**
   * The first pair that is nearer than it may be with the base moved by (x, y) m and turned by `yaw` rad, in the axes of the base
   * as it was placed; null: none is.
   */
  meets(x: number, y: number, yaw: number): LinkDistance | null {
    const { model, floors } = this;
    this.move(x, y, Math.cos(yaw), Math.sin(yaw));
    for (let pair = 0; pair < floors.length; pair += 1) {
      const least = floors[pair] as number;
      if (ballsApart(model, pair) > least) continue;
      const distance = measure(model, pair, Math.max(least, 0));
      if (distance < least) return answerOf(model, pair, distance);
    }
    return null;
  }

  /**
   * The pair that is nearest with the base moved so, where one is at most `most` m apart; `isMet`: a pair is nearer than it may be,
   * and then it is that pair.
   */
  nearest(x: number, y: number, yaw: number, most: number): { pair: LinkDistance; isMet: boolean } | null {
    const { model, floors } = this;
    this.move(x, y, Math.cos(yaw), Math.sin(yaw));
    let best = most;
    let found: LinkDistance | null = null;
    for (let pair = 0; pair < floors.length; pair += 1) {
      const least = floors[pair] as number;
      const within = Math.max(best, least, 0);
      if (ballsApart(model, pair) > within) continue;
      const distance = measure(model, pair, within);
      if (distance < least) return { pair: answerOf(model, pair, distance), isMet: true };
      if (distance > best) continue;
      best = distance;
      found = answerOf(model, pair, distance);
    }
    return found === null ? null : { pair: found, isMet: false };
  }

  /** m: the least that a pair must stay apart; where none is nearer than its margin that margin. */
  leastFloor(): number {
    return this.floors.reduce((least, floor) => Math.min(least, floor), Number.POSITIVE_INFINITY);
  }

  private move(x: number, y: number, cosine: number, sine: number): void {
    const { poses, centres } = this.model.work;
    this.moved.set([cosine, -sine, 0, sine, cosine, 0, 0, 0, 1, x, y, 0]);
    for (const shape of this.own) {
      compose(this.moved, 0, this.poses, transformSize * shape, poses, transformSize * shape);
      const c = 3 * shape;
      const [cx, cy] = [this.centres[c] as number, this.centres[c + 1] as number];
      centres[c] = cosine * cx - sine * cy + x;
      centres[c + 1] = sine * cx + cosine * cy + y;
    }
  }
}
