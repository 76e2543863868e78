import { createData, type RobotData } from "../data.ts";
import { factorize, solve } from "../dynamics/cholesky.ts";
import { forwardKinematics } from "../forward-kinematics.ts";
import { frameJacobian } from "../frame-jacobian.ts";
import { difference, integrate } from "../integrate.ts";
import type { RobotModel } from "../model.ts";
import { JointRange } from "./joint-range.ts";
import { chainReach, distanceFrom, firstMovingLink } from "./reach.ts";
import { type LinkTarget, rowsOf, writeTargetError } from "./target.ts";

/*
 * Damped least squares: the step is Jᵀ (J Jᵀ + λ 1)⁻¹ e, with λ proportional to the square of the error
 * that is left (Sugihara, Solvability-unconcerned inverse kinematics by the Levenberg–Marquardt method,
 * 2011), so that it is calm far away and Newton's near the end. Joints at a limit that would leave it
 * are left out of the step; a posture is sought in what the task leaves free (Nakamura 1991).
 */

export type InverseKinematicsOptions = {
  /** m and rad: how near is there. Default 1e-6. */
  tolerance?: number;
  /** Steps of one attempt at most. Default 60. */
  steps?: number;
  /** How many starts are tried; the first is the caller's. Default 60. */
  attempts?: number;
  /** A configuration to stay near where the targets leave a choice. */
  posture?: Float64Array | null;
  /** Whether a floating base may move. Default no. */
  moveBase?: boolean;
};

/**
 * `converged`: all targets are met. `outOfReach`: some target is further away than its chain is long.
 * `stuck`: neither, though every attempt was used; `q` is the nearest that was found.
 */
export type InverseKinematicsOutcome = "converged" | "stuck" | "outOfReach";

export type InverseKinematicsAnswer = {
  outcome: InverseKinematicsOutcome;
  /** A configuration inside the joints' limits (a start outside is brought inside). Overwritten by the next call. */
  q: Float64Array;
  /** The largest that is left: m, rad. */
  positionError: number;
  orientationError: number;
  /** All attempts together. */
  steps: number;
  attempts: number;
};

/** No joint moves more in one step, rad or m: further out the slopes mean nothing. */
const longestStep = 0.7;
/** How much of the way to the posture is gone in one step. */
const postureGain = 0.2;
/** λ never falls below: keeps J Jᵀ + λ 1 regular in a singular pose. */
const leastDamping = 1e-12;
/** An attempt whose error has not halved in so many steps is given up. */
const patience = 12;

/** Solves for the links it was made for, again and again; nothing is allocated a call but the answer. */
export class InverseKinematics {
  readonly #model: RobotModel;
  readonly #data: RobotData;
  readonly #rows: number;
  readonly #range: JointRange;
  readonly #free: Uint8Array;
  readonly #held: Uint8Array;
  readonly #moving: Uint8Array;
  readonly #reach: ReadonlyMap<number, number>;
  readonly #jacobian: Float64Array;
  readonly #part: Float64Array;
  readonly #square: Float64Array;
  readonly #error: Float64Array;
  readonly #task: Float64Array;
  readonly #step: Float64Array;
  readonly #towards: Float64Array;
  readonly #q: Float64Array;
  readonly #best: Float64Array;
  readonly #next: Float64Array;

  /** `targets` sets which links are meant and whether by place or by pose; `solve` must be given the like. */
  constructor(model: RobotModel, targets: readonly Pick<LinkTarget, "link" | "quaternion">[]) {
    const rows = targets.reduce((sum, one) => sum + rowsOf({ ...one, position: [] }), 0);
    if (rows === 0) throw new Error("inverse kinematics needs a target");
    for (const { link } of targets) {
      if (!(link >= 0 && link < model.links.length)) throw new Error(`there is no link ${link}`);
    }
    const { nv, nq } = model;
    this.#model = model;
    this.#data = createData(model);
    this.#rows = rows;
    this.#range = new JointRange(model);
    this.#free = new Uint8Array(nv);
    this.#held = new Uint8Array(nv);
    this.#moving = new Uint8Array(nv);
    this.#reach = new Map(targets.map(({ link }) => [link, chainReach(model, link)]));
    this.#jacobian = new Float64Array(rows * nv);
    this.#part = new Float64Array(6 * nv);
    this.#square = new Float64Array(rows * rows);
    this.#error = new Float64Array(rows);
    this.#task = new Float64Array(rows);
    this.#step = new Float64Array(nv);
    this.#towards = new Float64Array(nv);
    this.#q = new Float64Array(nq);
    this.#best = new Float64Array(nq);
    this.#next = new Float64Array(nq);
  }

  /** From `start` (warm), towards `targets` in the constructor's order. Same inputs, same answer. */
  solve(
    start: Float64Array,
    targets: readonly LinkTarget[],
    options: InverseKinematicsOptions = {},
  ): InverseKinematicsAnswer {
    const { tolerance = 1e-6, steps = 60, attempts = 60, posture = null, moveBase = false } = options;
    const model = this.#model;
    this.#free.fill(1);
    if (model.base === "floating" && !moveBase) this.#free.fill(0, 0, 6);
    this.#q.set(start.subarray(0, model.nq));
    this.#range.keepInside(this.#q);
    this.#best.set(this.#q);
    this.#range.restart();
    let least = Number.POSITIVE_INFINITY;
    let taken = 0;
    let attempt = 0;
    const tooFar = this.#tooFar(targets, tolerance, moveBase);
    const most = tooFar ? 1 : attempts;
    for (attempt = 1; ; attempt += 1) {
      let milestone = Number.POSITIVE_INFINITY;
      let since = 0;
      for (let step = 0; step <= steps; step += 1) {
        const left = this.#measure(targets);
        if (left < least) {
          least = left;
          this.#best.set(this.#q);
        }
        if (this.#isThere(targets, tolerance)) return this.#answer(targets, "converged", taken, attempt);
        if (left < milestone / 2) {
          milestone = left;
          since = 0;
        }
        since += 1;
        if (since > patience || step === steps) break;
        this.#advance(targets, left, posture);
        taken += 1;
      }
      if (attempt >= most) break;
      this.#range.startElsewhere(start, moveBase, this.#q);
    }
    this.#q.set(this.#best);
    this.#measure(targets);
    return this.#answer(targets, tooFar ? "outOfReach" : "stuck", taken, attempt);
  }

  /** Fills the error and gives the half of its square. */
  #measure(targets: readonly LinkTarget[]): number {
    forwardKinematics(this.#model, this.#data, this.#q);
    let at = 0;
    for (let i = 0; i < targets.length; i += 1) {
      const target = targets[i] as LinkTarget;
      writeTargetError(this.#data, target, this.#error, at);
      at += rowsOf(target);
    }
    if (at !== this.#rows)
      throw new Error(`the targets have ${at} rows; this solver was made for ${this.#rows}`);
    let sum = 0;
    for (let i = 0; i < at; i += 1) sum += (this.#error[i] as number) ** 2;
    return sum / 2;
  }

  #isThere(targets: readonly LinkTarget[], tolerance: number): boolean {
    let at = 0;
    for (let i = 0; i < targets.length; i += 1) {
      const rows = rowsOf(targets[i] as LinkTarget);
      for (let part = 0; part < rows; part += 3) if (!(this.#length(at + part) <= tolerance)) return false;
      at += rows;
    }
    return true;
  }

  #length(at: number): number {
    const e = this.#error;
    return Math.sqrt((e[at] as number) ** 2 + (e[at + 1] as number) ** 2 + (e[at + 2] as number) ** 2);
  }

  #advance(targets: readonly LinkTarget[], left: number, posture: Float64Array | null): void {
    const { nv } = this.#model;
    const free = this.#free;
    this.#fillJacobian(targets);
    this.#towards.fill(0);
    if (posture !== null) difference(this.#model, this.#q, posture, this.#towards);
    const held = this.#held;
    held.fill(0);
    // Joints that the step would push through a limit are held, and the step is sought again.
    for (let round = 0; round < nv; round += 1) {
      this.#solveStep(left);
      let found = false;
      for (let i = 0; i < nv; i += 1) {
        const out = this.#range.leaves(this.#q, i, this.#step[i] as number);
        if (out && held[i] === 0 && free[i] === 1) {
          held[i] = 1;
          found = true;
        }
      }
      if (!found) break;
    }
    let longest = 0;
    for (let i = 0; i < nv; i += 1) longest = Math.max(longest, Math.abs(this.#step[i] as number));
    integrate(
      this.#model,
      this.#q,
      this.#step,
      longest > longestStep ? longestStep / longest : 1,
      this.#next,
    );
    this.#q.set(this.#next);
    this.#range.keepInside(this.#q);
  }

  #fillJacobian(targets: readonly LinkTarget[]): void {
    const { nv } = this.#model;
    let at = 0;
    for (let i = 0; i < targets.length; i += 1) {
      const target = targets[i] as LinkTarget;
      const numbers = rowsOf(target) * nv;
      frameJacobian(this.#model, this.#data, target.link, this.#part);
      for (let k = 0; k < numbers; k += 1) this.#jacobian[at + k] = this.#part[k] as number;
      at += numbers;
    }
  }

  /** step = w + Jᵀ (J Jᵀ + λ 1)⁻¹ (e − J w) over the joints that may move, w being the way to the posture. */
  #solveStep(left: number): void {
    const { nv } = this.#model;
    const rows = this.#rows;
    const j = this.#jacobian;
    const square = this.#square;
    for (let i = 0; i < nv; i += 1) {
      const moves = this.#free[i] === 1 && this.#held[i] === 0;
      this.#moving[i] = moves ? 1 : 0;
      this.#step[i] = moves ? postureGain * (this.#towards[i] as number) : 0;
    }
    for (let a = 0; a < rows; a += 1) {
      let wished = 0;
      for (let i = 0; i < nv; i += 1) wished += (j[a * nv + i] as number) * (this.#step[i] as number);
      this.#task[a] = (this.#error[a] as number) - wished;
      for (let b = 0; b <= a; b += 1) {
        let sum = a === b ? left + leastDamping : 0;
        for (let i = 0; i < nv; i += 1) {
          sum += (j[a * nv + i] as number) * (j[b * nv + i] as number) * (this.#moving[i] as number);
        }
        square[a * rows + b] = sum;
      }
    }
    if (!factorize(square, rows)) {
      this.#step.fill(0);
      return;
    }
    solve(square, rows, this.#task);
    for (let i = 0; i < nv; i += 1) {
      if (this.#moving[i] === 0) continue;
      let sum = this.#step[i] as number;
      for (let a = 0; a < rows; a += 1) sum += (j[a * nv + i] as number) * (this.#task[a] as number);
      this.#step[i] = sum;
    }
  }

  #tooFar(targets: readonly LinkTarget[], tolerance: number, moveBase: boolean): boolean {
    if (moveBase) return false;
    forwardKinematics(this.#model, this.#data, this.#q);
    for (let i = 0; i < targets.length; i += 1) {
      const { link, position } = targets[i] as LinkTarget;
      const first = firstMovingLink(this.#model, link);
      // With a slide first, the joint frame itself stays; the slide is in the reach.
      if (distanceFrom(this.#data, first, position) > (this.#reach.get(link) as number) + tolerance)
        return true;
    }
    return false;
  }

  #answer(
    targets: readonly LinkTarget[],
    outcome: InverseKinematicsOutcome,
    steps: number,
    attempts: number,
  ): InverseKinematicsAnswer {
    let positionError = 0;
    let orientationError = 0;
    let at = 0;
    for (let i = 0; i < targets.length; i += 1) {
      const rows = rowsOf(targets[i] as LinkTarget);
      positionError = Math.max(positionError, this.#length(at));
      if (rows === 6) orientationError = Math.max(orientationError, this.#length(at + 3));
      at += rows;
    }
    return { outcome, q: this.#q, positionError, orientationError, steps, attempts };
  }
}
