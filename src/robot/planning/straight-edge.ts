import type { CollisionModel } from "../collision/collision-model.ts";
import type { Margins } from "../collision/margins.ts";
import { MotionCollisionCheck, type MotionOfJoints } from "../collision/motion-collision.ts";

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
  constructor(
    private readonly model: CollisionModel,
    private readonly joints: readonly PlannedJoint[],
    private readonly rest: Float64Array,
    private readonly margins: Margins,
  ) {}

  /**
   * Whether nothing on the way comes nearer than its margin: exact, as motions are checked before they are sent. A pair that is
   * nearer at the begin may part.
   */
  isFree(from: Float64Array, to: Float64Array): boolean {
    const check = new MotionCollisionCheck(this.model, this.motion(from, to), { margin: this.margins });
    return check.advance(allLooks) === "free";
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
