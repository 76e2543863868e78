import type { RobotData } from "../robot/data.ts";
import { createData } from "../robot/data.ts";
import { aba } from "../robot/dynamics/aba.ts";
import { integrate } from "../robot/integrate.ts";
import type { RobotModel } from "../robot/model.ts";

/**
 * Goes ahead in time with a robot that obeys M(q) a + h(q, v) = τ, by the classical fourth-order rule of
 * Runge and Kutta on the configuration manifold. Friction, stops and what a joint may bear are not its business
 * (joint-constraints.ts). A planar or floating joint that turns fast within one step keeps second order only.
 */
export class RungeKutta {
  readonly #model: RobotModel;
  readonly #data: RobotData;
  readonly #q: Float64Array;
  readonly #rates: readonly Float64Array[];
  readonly #accelerations: readonly Float64Array[];
  readonly #mean: Float64Array;

  constructor(model: RobotModel) {
    const vectors = (): Float64Array[] => [0, 1, 2, 3].map(() => new Float64Array(model.nv));
    this.#model = model;
    this.#data = createData(model);
    this.#q = new Float64Array(model.nq);
    this.#rates = vectors();
    this.#accelerations = vectors();
    this.#mean = new Float64Array(model.nv);
  }

  /**
   * Moves `q` and `v` on by `dt` seconds under the constant efforts `tau`. False, and nothing moved, when the
   * motion is not determined (see `aba`). Allocates nothing.
   */
  step(q: Float64Array, v: Float64Array, tau: Float64Array, dt: number): boolean {
    const model = this.#model;
    const { nv } = model;
    const [v1, v2, v3, v4] = this.#rates as [Float64Array, Float64Array, Float64Array, Float64Array];
    const [a1, a2, a3, a4] = this.#accelerations as [Float64Array, Float64Array, Float64Array, Float64Array];
    v1.set(v);
    if (!aba(model, this.#data, q, v1, tau, a1)) return false;
    integrate(model, q, v1, dt / 2, this.#q);
    addScaled(v2, v, a1, dt / 2);
    if (!aba(model, this.#data, this.#q, v2, tau, a2)) return false;
    integrate(model, q, v2, dt / 2, this.#q);
    addScaled(v3, v, a2, dt / 2);
    if (!aba(model, this.#data, this.#q, v3, tau, a3)) return false;
    integrate(model, q, v3, dt, this.#q);
    addScaled(v4, v, a3, dt);
    if (!aba(model, this.#data, this.#q, v4, tau, a4)) return false;
    const mean = this.#mean;
    for (let i = 0; i < nv; i += 1) {
      mean[i] = ((v1[i] as number) + 2 * ((v2[i] as number) + (v3[i] as number)) + (v4[i] as number)) / 6;
      const a = ((a1[i] as number) + 2 * ((a2[i] as number) + (a3[i] as number)) + (a4[i] as number)) / 6;
      v[i] = (v[i] as number) + dt * a;
    }
    integrate(model, q, mean, dt, q);
    return true;
  }
}

function addScaled(out: Float64Array, a: Float64Array, b: Float64Array, scale: number): void {
  for (let i = 0; i < out.length; i += 1) out[i] = (a[i] as number) + scale * (b[i] as number);
}
