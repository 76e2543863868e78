import { createData, type RobotData } from "../data.ts";
import { factorize, solve } from "../dynamics/cholesky.ts";
import { forwardKinematics } from "../forward-kinematics.ts";
import { frameJacobian } from "../frame-jacobian.ts";
import { type LinkTarget, writeTargetError } from "../inverse-kinematics/target.ts";
import type { ModelJoint, RobotModel } from "../model.ts";
import { transformSize } from "../rigid-transform.ts";

/** Keeps the equations solvable in a singular configuration: the square of m or rad. */
const damping = 1e-10;

/** The joints that move a link, and what their velocities do to it. Its arrays are overwritten by each call. */
export class ChainRates {
  private readonly data: RobotData;
  private readonly jacobian: Float64Array;
  private readonly square = new Float64Array(36);
  private readonly task = new Float64Array(6);
  private readonly moved = new Float64Array(6);
  private isPlaced = false;

  constructor(
    readonly model: RobotModel,
    readonly link: number,
    readonly chain: readonly ModelJoint[],
  ) {
    this.data = createData(model);
    this.jacobian = new Float64Array(6 * model.nv);
  }

  /** The configuration that the other methods speak of. */
  place(q: Float64Array): void {
    forwardKinematics(this.model, this.data, q);
    frameJacobian(this.model, this.data, this.link, this.jacobian);
    this.isPlaced = false;
  }

  /** Writes to `out` where a link is in the root frame (see rigid-transform.ts). */
  pose(link: number, out: Float64Array): void {
    const at = transformSize * link;
    out.set(this.data.rootFromLink.subarray(at, at + transformSize));
  }

  /** Writes what the link misses to a place: m, and rad about the root's axes. */
  errorTo(target: LinkTarget, out: Float64Array): void {
    writeTargetError(this.data, target, out, 0);
  }

  /**
   * Writes to `out` the least joint velocities (rad/s or m/s, in the order of the chain) that move the link by `twist` (root axes).
   * Returns how much of the twist they leave out: 0 nothing, 1 all of it.
   */
  rates(twist: Float64Array, out: Float64Array): number {
    const { square, task, chain, jacobian, model } = this;
    if (!this.isPlaced) {
      this.fillSquare();
      this.isPlaced = true;
      if (!factorize(square, 6)) square[0] = Number.NaN;
    }
    task.set(twist);
    solve(square, 6, task);
    for (const [i, { vIndex }] of chain.entries()) {
      let sum = 0;
      for (let a = 0; a < 6; a += 1) {
        sum += (jacobian[a * model.nv + vIndex] as number) * (task[a] as number);
      }
      out[i] = sum;
    }
    return this.leftOut(twist, out);
  }

  /** Writes to `out` the twist of the link (root axes) under joint velocities. */
  twist(rates: Float64Array, out: Float64Array): void {
    for (let a = 0; a < 6; a += 1) {
      let sum = 0;
      for (const [i, { vIndex }] of this.chain.entries()) {
        sum += (this.jacobian[a * this.model.nv + vIndex] as number) * (rates[i] as number);
      }
      out[a] = sum;
    }
  }

  private leftOut(twist: Float64Array, rates: Float64Array): number {
    this.twist(rates, this.moved);
    let [off, size] = [0, 0];
    for (let a = 0; a < 6; a += 1) {
      off += ((this.moved[a] as number) - (twist[a] as number)) ** 2;
      size += (twist[a] as number) ** 2;
    }
    if (size === 0) return 0;
    const share = Math.sqrt(off / size);
    return Number.isFinite(share) ? share : 1;
  }

  /** J Jᵀ of the chain's columns, with the damping. */
  private fillSquare(): void {
    const { square, jacobian, chain, model } = this;
    for (let a = 0; a < 6; a += 1) {
      for (let b = 0; b <= a; b += 1) {
        let sum = a === b ? damping : 0;
        for (const { vIndex } of chain) {
          sum += (jacobian[a * model.nv + vIndex] as number) * (jacobian[b * model.nv + vIndex] as number);
        }
        square[6 * a + b] = sum;
      }
    }
  }
}
