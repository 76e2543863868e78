import type { RobotData } from "../data.ts";
import type { RobotModel } from "../model.ts";

/*
 * Hot file: nothing is allocated. A rigid body's inertia about the base's origin is ten numbers:
 *
 *   at + 0        m, kg
 *   at + 1 … 3    h = m c, the first moment of mass, kg·m
 *   at + 4 … 9    xx xy xz yy yz zz about the origin, kg·m²
 *
 * A spatial motion (v, ω) has the momentum p = m v + ω × h, L = h × v + I ω.
 */
export const inertiaSize = 10;

/**
 * Fills `data.inertia` for all bodies, in the base's axes about the base's origin; `placeBodies` must have run.
 * I = R I_c Rᵀ + m (c·c 1 − c cᵀ): turned, then moved to the origin (parallel axes).
 */
export function placeInertias(model: RobotModel, data: RobotData): void {
  const { bodyCount, mass, centerOfMass, inertia } = model.bodies;
  const poses = data.baseFromBody;
  const out = data.inertia;
  for (let body = 0; body < bodyCount; body += 1) {
    const b = 12 * body;
    const r0 = poses[b] as number;
    const r1 = poses[b + 1] as number;
    const r2 = poses[b + 2] as number;
    const r3 = poses[b + 3] as number;
    const r4 = poses[b + 4] as number;
    const r5 = poses[b + 5] as number;
    const r6 = poses[b + 6] as number;
    const r7 = poses[b + 7] as number;
    const r8 = poses[b + 8] as number;
    const i = 6 * body;
    const xx = inertia[i] as number;
    const xy = inertia[i + 1] as number;
    const xz = inertia[i + 2] as number;
    const yy = inertia[i + 3] as number;
    const yz = inertia[i + 4] as number;
    const zz = inertia[i + 5] as number;
    const w0 = r0 * xx + r1 * xy + r2 * xz;
    const w1 = r0 * xy + r1 * yy + r2 * yz;
    const w2 = r0 * xz + r1 * yz + r2 * zz;
    const w3 = r3 * xx + r4 * xy + r5 * xz;
    const w4 = r3 * xy + r4 * yy + r5 * yz;
    const w5 = r3 * xz + r4 * yz + r5 * zz;
    const w6 = r6 * xx + r7 * xy + r8 * xz;
    const w7 = r6 * xy + r7 * yy + r8 * yz;
    const w8 = r6 * xz + r7 * yz + r8 * zz;
    const k = 3 * body;
    const l0 = centerOfMass[k] as number;
    const l1 = centerOfMass[k + 1] as number;
    const l2 = centerOfMass[k + 2] as number;
    const c0 = r0 * l0 + r1 * l1 + r2 * l2 + (poses[b + 9] as number);
    const c1 = r3 * l0 + r4 * l1 + r5 * l2 + (poses[b + 10] as number);
    const c2 = r6 * l0 + r7 * l1 + r8 * l2 + (poses[b + 11] as number);
    const m = mass[body] as number;
    const h0 = m * c0;
    const h1 = m * c1;
    const h2 = m * c2;
    const at = inertiaSize * body;
    out[at] = m;
    out[at + 1] = h0;
    out[at + 2] = h1;
    out[at + 3] = h2;
    out[at + 4] = w0 * r0 + w1 * r1 + w2 * r2 + h1 * c1 + h2 * c2;
    out[at + 5] = w0 * r3 + w1 * r4 + w2 * r5 - h0 * c1;
    out[at + 6] = w0 * r6 + w1 * r7 + w2 * r8 - h0 * c2;
    out[at + 7] = w3 * r3 + w4 * r4 + w5 * r5 + h0 * c0 + h2 * c2;
    out[at + 8] = w3 * r6 + w4 * r7 + w5 * r8 - h1 * c2;
    out[at + 9] = w6 * r6 + w7 * r7 + w8 * r8 + h0 * c0 + h1 * c1;
  }
}
