import { createData, type RobotData } from "../robot/data.ts";
import { factorize, solve } from "../robot/dynamics/cholesky.ts";
import { crba } from "../robot/dynamics/crba.ts";
import { integrate } from "../robot/integrate.ts";
import type { RobotModel } from "../robot/model.ts";

/** Rounds over all bounded impulses; they settle fast because a mass matrix is nearly diagonal. */
const rounds = 12;

/**
 * What acts on joints at once and stiffly, solved implicitly at the end of a step so that no friction,
 * however strong, makes the simulation ring: viscous damping, dry friction, hard stops (plastic impact), and
 * joints that are held. With M′ = M + dt·diag(d): v′ = M′⁻¹ (M v + λ), where each λ takes its
 * joint to rest, no stronger than its friction · dt; a stop only pushes inwards. By projected Gauss–Seidel
 * (Catto, Iterative dynamics with temporal coherence, 2005).
 */
export class JointConstraints {
  /** Per number of v; N·m·s/rad or N·s/m, N·m or N (Infinity holds the joint). May be changed between steps. */
  readonly damping: Float64Array;
  readonly friction: Float64Array;
  readonly #model: RobotModel;
  readonly #data: RobotData;
  readonly #lower: Float64Array;
  readonly #upper: Float64Array;
  readonly #qOf: Int32Array;
  readonly #mass: Float64Array;
  readonly #response: Float64Array;
  readonly #impulse: Float64Array;
  readonly #least: Float64Array;
  readonly #most: Float64Array;
  readonly #momentum: Float64Array;
  readonly #before: Float64Array;

  constructor(model: RobotModel) {
    const { nv } = model;
    this.#model = model;
    this.#data = createData(model);
    this.damping = new Float64Array(nv);
    this.friction = new Float64Array(nv);
    this.#lower = new Float64Array(nv).fill(Number.NEGATIVE_INFINITY);
    this.#upper = new Float64Array(nv).fill(Number.POSITIVE_INFINITY);
    this.#qOf = new Int32Array(nv).fill(-1);
    for (const [index, joint] of model.joints.entries()) {
      if (joint.vIndex < 0 || joint.type === "planar" || joint.type === "floating") continue;
      const rate = Math.abs(joint.mimic?.multiplier ?? 1);
      const at = joint.vIndex;
      // A follower's friction acts on its master, by its multiplier.
      this.damping[at] = (this.damping[at] ?? 0) + rate * rate * (model.damping[index + 1] ?? 0);
      this.friction[at] = (this.friction[at] ?? 0) + rate * (model.friction[index + 1] ?? 0);
      if (joint.nv !== 1) continue;
      this.#lower[at] = joint.lower;
      this.#upper[at] = joint.upper;
      this.#qOf[at] = joint.qIndex;
    }
    this.#mass = new Float64Array(nv * nv);
    this.#response = new Float64Array(nv * nv);
    this.#impulse = new Float64Array(nv);
    this.#least = new Float64Array(nv);
    this.#most = new Float64Array(nv);
    this.#momentum = new Float64Array(nv);
    this.#before = new Float64Array(nv);
  }

  /**
   * Changes `v` by what damping, friction and stops did in the last `dt`, and `q` by half of that times `dt`, as a
   * force that acted all the time would have: so that a joint at rest stays where it is.
   */
  apply(q: Float64Array, v: Float64Array, dt: number): void {
    const { nv } = this.#model;
    if (!this.#collectBounds(q, v, dt)) return;
    this.#before.set(v);
    const mass = this.#mass;
    crba(this.#model, this.#data, q, mass);
    for (let i = 0; i < nv; i += 1) {
      let sum = 0;
      for (let k = 0; k < nv; k += 1) sum += (mass[nv * i + k] as number) * (v[k] as number);
      this.#momentum[i] = sum;
    }
    for (let i = 0; i < nv; i += 1)
      mass[nv * i + i] = (mass[nv * i + i] as number) + dt * (this.damping[i] as number);
    if (!factorize(mass, nv)) return;
    solve(mass, nv, this.#momentum);
    v.set(this.#momentum);
    this.#settle(v);
    for (let i = 0; i < nv; i += 1) this.#before[i] = (v[i] as number) - (this.#before[i] as number);
    integrate(this.#model, q, this.#before, dt / 2, q);
    for (let i = 0; i < nv; i += 1) {
      const at = this.#qOf[i] as number;
      if (at < 0) continue;
      q[at] = Math.min(this.#upper[i] as number, Math.max(this.#lower[i] as number, q[at] as number));
    }
  }

  /** False when nothing acts at all: then the step before was exact as it is. */
  #collectBounds(q: Float64Array, v: Float64Array, dt: number): boolean {
    let any = false;
    for (let i = 0; i < this.#model.nv; i += 1) {
      const strength = (this.friction[i] as number) * dt;
      let least = -strength;
      let most = strength;
      const at = this.#qOf[i] as number;
      if (at >= 0) {
        const position = q[at] as number;
        if (position <= (this.#lower[i] as number) && (v[i] as number) < 0) most = Number.POSITIVE_INFINITY;
        if (position >= (this.#upper[i] as number) && (v[i] as number) > 0) least = Number.NEGATIVE_INFINITY;
      }
      this.#least[i] = least;
      this.#most[i] = most;
      if (least < 0 || most > 0 || (this.damping[i] as number) > 0) any = true;
    }
    return any;
  }

  #settle(v: Float64Array): void {
    const { nv } = this.#model;
    for (let i = 0; i < nv; i += 1) {
      this.#impulse[i] = 0;
      if (this.#least[i] === 0 && this.#most[i] === 0) continue;
      // Column i of M′⁻¹: how all joints answer to a unit impulse on joint i.
      const column = this.#response.subarray(nv * i, nv * (i + 1));
      column.fill(0);
      column[i] = 1;
      solve(this.#mass, nv, column);
    }
    for (let round = 0; round < rounds; round += 1) {
      let largest = 0;
      for (let i = 0; i < nv; i += 1) {
        if (this.#least[i] === 0 && this.#most[i] === 0) continue;
        const before = this.#impulse[i] as number;
        const wished = before - (v[i] as number) / (this.#response[nv * i + i] as number);
        const after = Math.min(this.#most[i] as number, Math.max(this.#least[i] as number, wished));
        this.#impulse[i] = after;
        const change = after - before;
        for (let k = 0; k < nv; k += 1) {
          const answer = change * (this.#response[nv * i + k] as number);
          v[k] = (v[k] as number) + answer;
          largest = Math.max(largest, Math.abs(answer));
        }
      }
      if (largest < 1e-12) break;
    }
  }
}
