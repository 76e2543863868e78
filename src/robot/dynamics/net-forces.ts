import type { RobotData } from "../data.ts";
import type { RobotModel } from "../model.ts";

/*
 * Hot file: nothing is allocated.
 */

/**
 * Fills `data.force`, what each body needs for itself in its own axes at its own origin: I a + v ×* I v (Newton–Euler),
 * from `data.velocity` and `data.acceleration` in the same axes.
 */
export function netForces(model: RobotModel, data: RobotData): void {
  const { bodyCount, ownInertia: inertia } = model.bodies;
  const { velocity, acceleration, force } = data;
  for (let body = 0; body < bodyCount; body += 1) {
    const b = 6 * body;
    const v0 = velocity[b] as number;
    const v1 = velocity[b + 1] as number;
    const v2 = velocity[b + 2] as number;
    const v3 = velocity[b + 3] as number;
    const v4 = velocity[b + 4] as number;
    const v5 = velocity[b + 5] as number;
    const a0 = acceleration[b] as number;
    const a1 = acceleration[b + 1] as number;
    const a2 = acceleration[b + 2] as number;
    const a3 = acceleration[b + 3] as number;
    const a4 = acceleration[b + 4] as number;
    const a5 = acceleration[b + 5] as number;
    const i = 10 * body;
    const m = inertia[i] as number;
    const h0 = inertia[i + 1] as number;
    const h1 = inertia[i + 2] as number;
    const h2 = inertia[i + 3] as number;
    const xx = inertia[i + 4] as number;
    const xy = inertia[i + 5] as number;
    const xz = inertia[i + 6] as number;
    const yy = inertia[i + 7] as number;
    const yz = inertia[i + 8] as number;
    const zz = inertia[i + 9] as number;
    let f0 = m * a0 + a4 * h2 - a5 * h1;
    let f1 = m * a1 + a5 * h0 - a3 * h2;
    let f2 = m * a2 + a3 * h1 - a4 * h0;
    let f3 = h1 * a2 - h2 * a1 + xx * a3 + xy * a4 + xz * a5;
    let f4 = h2 * a0 - h0 * a2 + xy * a3 + yy * a4 + yz * a5;
    let f5 = h0 * a1 - h1 * a0 + xz * a3 + yz * a4 + zz * a5;
    const p0 = m * v0 + v4 * h2 - v5 * h1;
    const p1 = m * v1 + v5 * h0 - v3 * h2;
    const p2 = m * v2 + v3 * h1 - v4 * h0;
    const l0 = h1 * v2 - h2 * v1 + xx * v3 + xy * v4 + xz * v5;
    const l1 = h2 * v0 - h0 * v2 + xy * v3 + yy * v4 + yz * v5;
    const l2 = h0 * v1 - h1 * v0 + xz * v3 + yz * v4 + zz * v5;
    f0 += v4 * p2 - v5 * p1;
    f1 += v5 * p0 - v3 * p2;
    f2 += v3 * p1 - v4 * p0;
    f3 += v4 * l2 - v5 * l1 + v1 * p2 - v2 * p1;
    f4 += v5 * l0 - v3 * l2 + v2 * p0 - v0 * p2;
    f5 += v3 * l1 - v4 * l0 + v0 * p1 - v1 * p0;
    force[b] = f0;
    force[b + 1] = f1;
    force[b + 2] = f2;
    force[b + 3] = f3;
    force[b + 4] = f4;
    force[b + 5] = f5;
  }
}
