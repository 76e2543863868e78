import { Chance } from "../../core/chance.ts";
import type { RobotModel } from "../model.ts";

/** Within this of a limit a joint counts as at it, rad or m. */
const atLimit = 1e-9;

/**
 * The room in which inverse kinematics looks: every single-axis joint between its limits, narrowed by those of
 * its followers; and the row of other starts in it.
 */
export class JointRange {
  readonly #model: RobotModel;
  readonly #lower: Float64Array;
  readonly #upper: Float64Array;
  /** Where in q a number of v has its position; −1 for planar and floating joints and the base. */
  readonly #qOf: Int32Array;
  readonly #chance = new Chance(1);

  constructor(model: RobotModel) {
    this.#model = model;
    this.#lower = new Float64Array(model.nv).fill(Number.NEGATIVE_INFINITY);
    this.#upper = new Float64Array(model.nv).fill(Number.POSITIVE_INFINITY);
    this.#qOf = new Int32Array(model.nv).fill(-1);
    for (const joint of model.joints) {
      if (joint.nv !== 1) continue;
      let { lower, upper } = joint;
      for (const follower of model.joints) {
        const { mimic } = follower;
        if (mimic?.joint !== joint.name || mimic.multiplier === 0) continue;
        const ends = [follower.lower, follower.upper].map((end) => (end - mimic.offset) / mimic.multiplier);
        lower = Math.max(lower, Math.min(...ends));
        upper = Math.min(upper, Math.max(...ends));
      }
      this.#qOf[joint.vIndex] = joint.qIndex;
      this.#lower[joint.vIndex] = Math.min(lower, upper);
      this.#upper[joint.vIndex] = Math.max(lower, upper);
    }
  }

  /** Whether number `v` is at a limit and `move` would take it out. */
  leaves(q: Float64Array, v: number, move: number): boolean {
    const at = this.#qOf[v] as number;
    if (at < 0) return false;
    const position = q[at] as number;
    return (
      (move < 0 && position <= (this.#lower[v] as number) + atLimit) ||
      (move > 0 && position >= (this.#upper[v] as number) - atLimit)
    );
  }

  keepInside(q: Float64Array): void {
    for (let v = 0; v < this.#model.nv; v += 1) {
      const at = this.#qOf[v] as number;
      if (at < 0) continue;
      const inside = Math.min(q[at] as number, this.#upper[v] as number);
      q[at] = Math.max(inside, this.#lower[v] as number);
    }
  }

  /** The row of starts begins anew, so that one question always has one answer. */
  restart(): void {
    this.#chance.restart();
  }

  /**
   * Writes another start into `q`: joints anywhere in their ranges, at most a turn (or a metre) wide and around `start`. A base that may move
   * is put within half a metre of its start.
   */
  startElsewhere(start: Float64Array, moveBase: boolean, q: Float64Array): void {
    for (let i = 0; i < this.#model.nq; i += 1) q[i] = start[i] as number;
    for (let i = 0; i < this.#model.joints.length; i += 1) {
      const joint = this.#model.joints[i];
      if (joint === undefined || joint.nv !== 1) continue;
      const [lower, upper] = [this.#lower[joint.vIndex] as number, this.#upper[joint.vIndex] as number];
      const middle = start[joint.qIndex] as number;
      const half = joint.type === "prismatic" ? 0.5 : Math.PI;
      const from = Math.max(lower, Math.min(middle - half, upper - 2 * half));
      const to = Math.min(upper, Math.max(middle + half, lower + 2 * half));
      q[joint.qIndex] = from + (to - from) * this.#chance.next();
    }
    if (moveBase) for (let k = 0; k < 3; k += 1) q[k] = (q[k] as number) + this.#chance.next() - 0.5;
  }
}
