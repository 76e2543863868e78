import type { RobotData } from "../data.ts";
import type { RobotModel } from "../model.ts";

/*
 * Hot file: nothing is allocated. An articulated inertia maps a body's spatial acceleration to the force that it takes; both
 * in base axes at the body's own origin, where the inertias of small parts far from the base keep their digits. It is
 * symmetric, 21 numbers: rows and columns linear (xx xy xz yy yz zz), then linear by angular (9, row
 * by row), then angular (xx xy xz yy yz zz).
 */
export const articulatedSize = 21;

/** Sets every body's articulated inertia to its rigid one; `placeBodies` must have run. */
export function startArticulated(model: RobotModel, data: RobotData): void {
  const { bodyCount, mass, centerOfMass, inertia } = model.bodies;
  const { articulated, baseFromBody } = data;
  for (let body = 0; body < bodyCount; body += 1) {
    const b = 12 * body;
    const r0 = baseFromBody[b] as number;
    const r1 = baseFromBody[b + 1] as number;
    const r2 = baseFromBody[b + 2] as number;
    const r3 = baseFromBody[b + 3] as number;
    const r4 = baseFromBody[b + 4] as number;
    const r5 = baseFromBody[b + 5] as number;
    const r6 = baseFromBody[b + 6] as number;
    const r7 = baseFromBody[b + 7] as number;
    const r8 = baseFromBody[b + 8] as number;
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
    const c0 = r0 * l0 + r1 * l1 + r2 * l2;
    const c1 = r3 * l0 + r4 * l1 + r5 * l2;
    const c2 = r6 * l0 + r7 * l1 + r8 * l2;
    const m = mass[body] as number;
    const h0 = m * c0;
    const h1 = m * c1;
    const h2 = m * c2;
    const at = articulatedSize * body;
    articulated[at] = m;
    articulated[at + 1] = 0;
    articulated[at + 2] = 0;
    articulated[at + 3] = m;
    articulated[at + 4] = 0;
    articulated[at + 5] = m;
    articulated[at + 6] = 0;
    articulated[at + 7] = h2;
    articulated[at + 8] = -h1;
    articulated[at + 9] = -h2;
    articulated[at + 10] = 0;
    articulated[at + 11] = h0;
    articulated[at + 12] = h1;
    articulated[at + 13] = -h0;
    articulated[at + 14] = 0;
    articulated[at + 15] = w0 * r0 + w1 * r1 + w2 * r2 + h1 * c1 + h2 * c2;
    articulated[at + 16] = w0 * r3 + w1 * r4 + w2 * r5 - h0 * c1;
    articulated[at + 17] = w0 * r6 + w1 * r7 + w2 * r8 - h0 * c2;
    articulated[at + 18] = w3 * r3 + w4 * r4 + w5 * r5 + h0 * c0 + h2 * c2;
    articulated[at + 19] = w3 * r6 + w4 * r7 + w5 * r8 - h1 * c2;
    articulated[at + 20] = w6 * r6 + w7 * r7 + w8 * r8 + h0 * c0 + h1 * c1;
  }
}

/** I ← I − U Uᵀ/D. */
export function project(
  articulated: Float64Array,
  i: number,
  perOwn: number,
  u0: number,
  u1: number,
  u2: number,
  u3: number,
  u4: number,
  u5: number,
): void {
  const w0 = u0 * perOwn;
  const w1 = u1 * perOwn;
  const w2 = u2 * perOwn;
  const w3 = u3 * perOwn;
  const w4 = u4 * perOwn;
  const w5 = u5 * perOwn;
  articulated[i] = (articulated[i] as number) - w0 * u0;
  articulated[i + 1] = (articulated[i + 1] as number) - w0 * u1;
  articulated[i + 2] = (articulated[i + 2] as number) - w0 * u2;
  articulated[i + 3] = (articulated[i + 3] as number) - w1 * u1;
  articulated[i + 4] = (articulated[i + 4] as number) - w1 * u2;
  articulated[i + 5] = (articulated[i + 5] as number) - w2 * u2;
  articulated[i + 6] = (articulated[i + 6] as number) - w0 * u3;
  articulated[i + 7] = (articulated[i + 7] as number) - w0 * u4;
  articulated[i + 8] = (articulated[i + 8] as number) - w0 * u5;
  articulated[i + 9] = (articulated[i + 9] as number) - w1 * u3;
  articulated[i + 10] = (articulated[i + 10] as number) - w1 * u4;
  articulated[i + 11] = (articulated[i + 11] as number) - w1 * u5;
  articulated[i + 12] = (articulated[i + 12] as number) - w2 * u3;
  articulated[i + 13] = (articulated[i + 13] as number) - w2 * u4;
  articulated[i + 14] = (articulated[i + 14] as number) - w2 * u5;
  articulated[i + 15] = (articulated[i + 15] as number) - w3 * u3;
  articulated[i + 16] = (articulated[i + 16] as number) - w3 * u4;
  articulated[i + 17] = (articulated[i + 17] as number) - w3 * u5;
  articulated[i + 18] = (articulated[i + 18] as number) - w4 * u4;
  articulated[i + 19] = (articulated[i + 19] as number) - w4 * u5;
  articulated[i + 20] = (articulated[i + 20] as number) - w5 * u5;
}

/**
 * Adds the inertia at `i` to that at `p`, whose origin lies r = (r0, r1, r2) behind: with A, B, C the
 * blocks, B′ = B − A [r] and C′ = C + [r] B′ + ([r] B)ᵀ, where [r] is the matrix of r ×.
 */
export function addShifted(
  articulated: Float64Array,
  i: number,
  p: number,
  r0: number,
  r1: number,
  r2: number,
): void {
  const a00 = articulated[i] as number;
  const a01 = articulated[i + 1] as number;
  const a02 = articulated[i + 2] as number;
  const a11 = articulated[i + 3] as number;
  const a12 = articulated[i + 4] as number;
  const a22 = articulated[i + 5] as number;
  const b00 = articulated[i + 6] as number;
  const b01 = articulated[i + 7] as number;
  const b02 = articulated[i + 8] as number;
  const b10 = articulated[i + 9] as number;
  const b11 = articulated[i + 10] as number;
  const b12 = articulated[i + 11] as number;
  const b20 = articulated[i + 12] as number;
  const b21 = articulated[i + 13] as number;
  const b22 = articulated[i + 14] as number;
  const n00 = b00 - a01 * r2 + a02 * r1;
  const n01 = b01 + a00 * r2 - a02 * r0;
  const n02 = b02 - a00 * r1 + a01 * r0;
  const n10 = b10 - a11 * r2 + a12 * r1;
  const n11 = b11 + a01 * r2 - a12 * r0;
  const n12 = b12 - a01 * r1 + a11 * r0;
  const n20 = b20 - a12 * r2 + a22 * r1;
  const n21 = b21 + a02 * r2 - a22 * r0;
  const n22 = b22 - a02 * r1 + a12 * r0;
  articulated[p] = (articulated[p] as number) + a00;
  articulated[p + 1] = (articulated[p + 1] as number) + a01;
  articulated[p + 2] = (articulated[p + 2] as number) + a02;
  articulated[p + 3] = (articulated[p + 3] as number) + a11;
  articulated[p + 4] = (articulated[p + 4] as number) + a12;
  articulated[p + 5] = (articulated[p + 5] as number) + a22;
  articulated[p + 6] = (articulated[p + 6] as number) + n00;
  articulated[p + 7] = (articulated[p + 7] as number) + n01;
  articulated[p + 8] = (articulated[p + 8] as number) + n02;
  articulated[p + 9] = (articulated[p + 9] as number) + n10;
  articulated[p + 10] = (articulated[p + 10] as number) + n11;
  articulated[p + 11] = (articulated[p + 11] as number) + n12;
  articulated[p + 12] = (articulated[p + 12] as number) + n20;
  articulated[p + 13] = (articulated[p + 13] as number) + n21;
  articulated[p + 14] = (articulated[p + 14] as number) + n22;
  articulated[p + 15] =
    (articulated[p + 15] as number) +
    (articulated[i + 15] as number) +
    r1 * n20 -
    r2 * n10 +
    r1 * b20 -
    r2 * b10;
  articulated[p + 16] =
    (articulated[p + 16] as number) +
    (articulated[i + 16] as number) +
    r1 * n21 -
    r2 * n11 +
    r2 * b00 -
    r0 * b20;
  articulated[p + 17] =
    (articulated[p + 17] as number) +
    (articulated[i + 17] as number) +
    r1 * n22 -
    r2 * n12 +
    r0 * b10 -
    r1 * b00;
  articulated[p + 18] =
    (articulated[p + 18] as number) +
    (articulated[i + 18] as number) +
    r2 * n01 -
    r0 * n21 +
    r2 * b01 -
    r0 * b21;
  articulated[p + 19] =
    (articulated[p + 19] as number) +
    (articulated[i + 19] as number) +
    r2 * n02 -
    r0 * n22 +
    r0 * b11 -
    r1 * b01;
  articulated[p + 20] =
    (articulated[p + 20] as number) +
    (articulated[i + 20] as number) +
    r0 * n12 -
    r1 * n02 +
    r0 * b12 -
    r1 * b02;
}
