import type { CollisionModel } from "../collision/collision-model.ts";
import type { Margins } from "../collision/margins.ts";
import { MotionCollisionCheck } from "../collision/motion-collision.ts";
import type { MotionOfJoints } from "../collision/motion-of-joints.ts";
import { cornerPoint, cornerRate } from "../path/corner-blend.ts";
import { EdgeCheck } from "./edge-check.ts";

/** A joint that a planner moves: where it stands in q and v; its range, rad or m; and what it weighs in distances. */
export type PlannedJoint = {
  readonly name: string;
  readonly qIndex: number;
  readonly vIndex: number;
  readonly lower: number;
  readonly upper: number;
  readonly weight: number;
};

/** Looks at pairs, more than any edge needs. */
const allLooks = 1e9;

/** Straight ways between two configurations of some joints of a robot, the others standing as in `rest`. */
export class StraightEdges {
  private readonly check: EdgeCheck;
  private readonly q: Float64Array;
  private readonly moved: Float64Array;
  /** Configurations that are known to be free. */
  private readonly clear = new WeakSet<Float64Array>();

  constructor(
    private readonly model: CollisionModel,
    private readonly joints: readonly PlannedJoint[],
    private readonly rest: Float64Array,
    private readonly margins: Margins,
  ) {
    this.check = new EdgeCheck(model, margins);
    this.q = rest.slice();
    this.moved = new Float64Array(model.robot.nv);
  }

  /** Whether every pair is farther apart than its margin. */
  isClear(positions: Float64Array): boolean {
    if (this.clear.has(positions)) return true;
    this.motion(positions, positions).configurationAt(0, this.q);
    if (!this.check.isClear(this.q)) return false;
    this.clear.add(positions);
    return true;
  }

  /**
   * Whether nothing on the way comes nearer than its margin: exact, by the same bounds as motions are checked before they are sent.
   * A pair that is nearer at the begin may part.
   */
  isFree(from: Float64Array, to: Float64Array): boolean {
    const motion = this.motion(from, to);
    const at = (share: number): Float64Array => {
      motion.configurationAt(share, this.q);
      return this.q;
    };
    motion.fastestWithin(0, 1, this.moved);
    // The end first: a way into the unknown mostly fails there.
    if (this.check.isClear(at(1)) && this.check.isFree(this.moved, at)) {
      this.clear.add(from);
      this.clear.add(to);
      return true;
    }
    if (this.isClear(from)) return false;
    const parting = new MotionCollisionCheck(this.model, motion, { margin: this.margins });
    return parting.advance(allLooks) === "free";
  }

  /** The same between two places that are known to be free. */
  isFreeBetween(from: Float64Array, to: Float64Array): boolean {
    const motion = this.motion(from, to);
    motion.fastestWithin(0, 1, this.moved);
    return this.check.isFree(this.moved, (share) => {
      motion.configurationAt(share, this.q);
      return this.q;
    });
  }

  /** Whether the curve past a corner is free (see corner-blend.ts): from `h` before it to `h` behind it, along unit directions. */
  isCornerFree(
    corner: Float64Array,
    before: readonly number[],
    after: readonly number[],
    h: number,
  ): boolean {
    const { joints, rest, moved, q } = this;
    const place = [...corner];
    const at = new Float64Array(corner.length);
    moved.fill(0);
    for (const [j, { vIndex }] of joints.entries()) {
      moved[vIndex] = cornerRate(before[j] as number, after[j] as number, h);
    }
    return this.check.isFree(moved, (share) => {
      cornerPoint(place, before, after, h, share, at);
      q.set(rest);
      for (const [j, { qIndex }] of joints.entries()) q[qIndex] = at[j] as number;
      return q;
    });
  }

  private motion(from: Float64Array, to: Float64Array): MotionOfJoints {
    const { joints, rest } = this;
    return {
      duration: 1,
      configurationAt: (time, q) => {
        q.set(rest);
        for (let j = 0; j < joints.length; j += 1) {
          const { qIndex } = joints[j] as PlannedJoint;
          q[qIndex] = (from[j] as number) + time * ((to[j] as number) - (from[j] as number));
        }
      },
      fastestWithin: (_from, _until, out) => {
        out.fill(0);
        for (let j = 0; j < joints.length; j += 1) {
          const { vIndex } = joints[j] as PlannedJoint;
          out[vIndex] = Math.abs((to[j] as number) - (from[j] as number));
        }
      },
    };
  }
}

/** How far two configurations are apart, by the joints' weights. */
export function distanceOf(joints: readonly PlannedJoint[], a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < joints.length; j += 1) {
    const way = ((b[j] as number) - (a[j] as number)) * (joints[j] as PlannedJoint).weight;
    sum += way * way;
  }
  return Math.sqrt(sum);
}
