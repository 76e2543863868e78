import type { RobotData } from "../data.ts";
import type { RobotModel } from "../model.ts";

/*
 * Hot file: nothing is allocated. An articulated inertia maps a body's spatial acceleration to the force
 * that it takes, both in the body's own axes at its own origin: there the inertias of small parts far
 * from the base keep their digits. It is symmetric, 21 numbers: rows and columns linear (xx xy xz yy yz
 * zz), then linear by angular (9, row by row), then angular (xx xy xz yy yz zz).
 */
export const articulatedSize = 21;

/**
 * Where the six numbers of column k are among the 21: row k of the table.
 */
export const columnPlaces = Uint8Array.of(
  0,
  1,
  2,
  6,
  7,
  8,
  1,
  3,
  4,
  9,
  10,
  11,
  2,
  4,
  5,
  12,
  13,
  14,
  6,
  9,
  12,
  15,
  16,
  17,
  7,
  10,
  13,
  16,
  18,
  19,
  8,
  11,
  14,
  17,
  19,
  20,
);

/** Sets every body's articulated inertia to its rigid one. */
export function startArticulated(model: RobotModel, data: RobotData): void {
  const { bodyCount, ownInertia } = model.bodies;
  const { articulated } = data;
  for (let body = 0; body < bodyCount; body += 1) {
    const i = 10 * body;
    const at = articulatedSize * body;
    const m = ownInertia[i] as number;
    const h0 = ownInertia[i + 1] as number;
    const h1 = ownInertia[i + 2] as number;
    const h2 = ownInertia[i + 3] as number;
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
    articulated[at + 15] = ownInertia[i + 4] as number;
    articulated[at + 16] = ownInertia[i + 5] as number;
    articulated[at + 17] = ownInertia[i + 6] as number;
    articulated[at + 18] = ownInertia[i + 7] as number;
    articulated[at + 19] = ownInertia[i + 8] as number;
    articulated[at + 20] = ownInertia[i + 9] as number;
  }
}

/**
 * I ← I − U Uᵀ/D, with U and D at `columnForces[c]`. (Numbers with a fraction handed from function to function would be
 * put on the heap.)
 */
export function project(articulated: Float64Array, i: number, columnForces: Float64Array, c: number): void {
  const u0 = columnForces[c] as number;
  const u1 = columnForces[c + 1] as number;
  const u2 = columnForces[c + 2] as number;
  const u3 = columnForces[c + 3] as number;
  const u4 = columnForces[c + 4] as number;
  const u5 = columnForces[c + 5] as number;
  const perOwn = 1 / (columnForces[c + 6] as number);
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
 * Adds the inertia of the body at `i`, which is in its parent by the 12 numbers at `frames[t]`, to that of the parent at `p`:
 * turned, M′ = R M Rᵀ for each of its blocks A, B, C, then moved by r: B″ = B′ − A′ [r] and
 * C″ = C′ + [r] B″ + ([r] B′)ᵀ, where [r] is the matrix of r ×.
 */
export function addToParent(
  articulated: Float64Array,
  i: number,
  p: number,
  frames: Float64Array,
  t: number,
): void {
  const e0 = frames[t] as number;
  const e1 = frames[t + 1] as number;
  const e2 = frames[t + 2] as number;
  const e3 = frames[t + 3] as number;
  const e4 = frames[t + 4] as number;
  const e5 = frames[t + 5] as number;
  const e6 = frames[t + 6] as number;
  const e7 = frames[t + 7] as number;
  const e8 = frames[t + 8] as number;
  const r0 = frames[t + 9] as number;
  const r1 = frames[t + 10] as number;
  const r2 = frames[t + 11] as number;
  const a00 = articulated[i] as number;
  const a01 = articulated[i + 1] as number;
  const a02 = articulated[i + 2] as number;
  const a11 = articulated[i + 3] as number;
  const a12 = articulated[i + 4] as number;
  const a22 = articulated[i + 5] as number;
  const fw00 = e0 * a00 + e1 * a01 + e2 * a02;
  const fw01 = e0 * a01 + e1 * a11 + e2 * a12;
  const fw02 = e0 * a02 + e1 * a12 + e2 * a22;
  const fw10 = e3 * a00 + e4 * a01 + e5 * a02;
  const fw11 = e3 * a01 + e4 * a11 + e5 * a12;
  const fw12 = e3 * a02 + e4 * a12 + e5 * a22;
  const fw20 = e6 * a00 + e7 * a01 + e8 * a02;
  const fw21 = e6 * a01 + e7 * a11 + e8 * a12;
  const fw22 = e6 * a02 + e7 * a12 + e8 * a22;
  const f00 = fw00 * e0 + fw01 * e1 + fw02 * e2;
  const f01 = fw00 * e3 + fw01 * e4 + fw02 * e5;
  const f02 = fw00 * e6 + fw01 * e7 + fw02 * e8;
  const f11 = fw10 * e3 + fw11 * e4 + fw12 * e5;
  const f12 = fw10 * e6 + fw11 * e7 + fw12 * e8;
  const f22 = fw20 * e6 + fw21 * e7 + fw22 * e8;
  const b00 = articulated[i + 6] as number;
  const b01 = articulated[i + 7] as number;
  const b02 = articulated[i + 8] as number;
  const b10 = articulated[i + 9] as number;
  const b11 = articulated[i + 10] as number;
  const b12 = articulated[i + 11] as number;
  const b20 = articulated[i + 12] as number;
  const b21 = articulated[i + 13] as number;
  const b22 = articulated[i + 14] as number;
  const gw00 = e0 * b00 + e1 * b10 + e2 * b20;
  const gw01 = e0 * b01 + e1 * b11 + e2 * b21;
  const gw02 = e0 * b02 + e1 * b12 + e2 * b22;
  const gw10 = e3 * b00 + e4 * b10 + e5 * b20;
  const gw11 = e3 * b01 + e4 * b11 + e5 * b21;
  const gw12 = e3 * b02 + e4 * b12 + e5 * b22;
  const gw20 = e6 * b00 + e7 * b10 + e8 * b20;
  const gw21 = e6 * b01 + e7 * b11 + e8 * b21;
  const gw22 = e6 * b02 + e7 * b12 + e8 * b22;
  const g00 = gw00 * e0 + gw01 * e1 + gw02 * e2;
  const g01 = gw00 * e3 + gw01 * e4 + gw02 * e5;
  const g02 = gw00 * e6 + gw01 * e7 + gw02 * e8;
  const g10 = gw10 * e0 + gw11 * e1 + gw12 * e2;
  const g11 = gw10 * e3 + gw11 * e4 + gw12 * e5;
  const g12 = gw10 * e6 + gw11 * e7 + gw12 * e8;
  const g20 = gw20 * e0 + gw21 * e1 + gw22 * e2;
  const g21 = gw20 * e3 + gw21 * e4 + gw22 * e5;
  const g22 = gw20 * e6 + gw21 * e7 + gw22 * e8;
  const c00 = articulated[i + 15] as number;
  const c01 = articulated[i + 16] as number;
  const c02 = articulated[i + 17] as number;
  const c11 = articulated[i + 18] as number;
  const c12 = articulated[i + 19] as number;
  const c22 = articulated[i + 20] as number;
  const hw00 = e0 * c00 + e1 * c01 + e2 * c02;
  const hw01 = e0 * c01 + e1 * c11 + e2 * c12;
  const hw02 = e0 * c02 + e1 * c12 + e2 * c22;
  const hw10 = e3 * c00 + e4 * c01 + e5 * c02;
  const hw11 = e3 * c01 + e4 * c11 + e5 * c12;
  const hw12 = e3 * c02 + e4 * c12 + e5 * c22;
  const hw20 = e6 * c00 + e7 * c01 + e8 * c02;
  const hw21 = e6 * c01 + e7 * c11 + e8 * c12;
  const hw22 = e6 * c02 + e7 * c12 + e8 * c22;
  const h00 = hw00 * e0 + hw01 * e1 + hw02 * e2;
  const h01 = hw00 * e3 + hw01 * e4 + hw02 * e5;
  const h02 = hw00 * e6 + hw01 * e7 + hw02 * e8;
  const h11 = hw10 * e3 + hw11 * e4 + hw12 * e5;
  const h12 = hw10 * e6 + hw11 * e7 + hw12 * e8;
  const h22 = hw20 * e6 + hw21 * e7 + hw22 * e8;
  const n00 = g00 - f01 * r2 + f02 * r1;
  const n01 = g01 + f00 * r2 - f02 * r0;
  const n02 = g02 - f00 * r1 + f01 * r0;
  const n10 = g10 - f11 * r2 + f12 * r1;
  const n11 = g11 + f01 * r2 - f12 * r0;
  const n12 = g12 - f01 * r1 + f11 * r0;
  const n20 = g20 - f12 * r2 + f22 * r1;
  const n21 = g21 + f02 * r2 - f22 * r0;
  const n22 = g22 - f02 * r1 + f12 * r0;
  articulated[p] = (articulated[p] as number) + f00;
  articulated[p + 1] = (articulated[p + 1] as number) + f01;
  articulated[p + 2] = (articulated[p + 2] as number) + f02;
  articulated[p + 3] = (articulated[p + 3] as number) + f11;
  articulated[p + 4] = (articulated[p + 4] as number) + f12;
  articulated[p + 5] = (articulated[p + 5] as number) + f22;
  articulated[p + 6] = (articulated[p + 6] as number) + n00;
  articulated[p + 7] = (articulated[p + 7] as number) + n01;
  articulated[p + 8] = (articulated[p + 8] as number) + n02;
  articulated[p + 9] = (articulated[p + 9] as number) + n10;
  articulated[p + 10] = (articulated[p + 10] as number) + n11;
  articulated[p + 11] = (articulated[p + 11] as number) + n12;
  articulated[p + 12] = (articulated[p + 12] as number) + n20;
  articulated[p + 13] = (articulated[p + 13] as number) + n21;
  articulated[p + 14] = (articulated[p + 14] as number) + n22;
  articulated[p + 15] = (articulated[p + 15] as number) + h00 + r1 * n20 - r2 * n10 + r1 * g20 - r2 * g10;
  articulated[p + 16] = (articulated[p + 16] as number) + h01 + r1 * n21 - r2 * n11 + r2 * g00 - r0 * g20;
  articulated[p + 17] = (articulated[p + 17] as number) + h02 + r1 * n22 - r2 * n12 + r0 * g10 - r1 * g00;
  articulated[p + 18] = (articulated[p + 18] as number) + h11 + r2 * n01 - r0 * n21 + r2 * g01 - r0 * g21;
  articulated[p + 19] = (articulated[p + 19] as number) + h12 + r2 * n02 - r0 * n22 + r0 * g11 - r1 * g01;
  articulated[p + 20] = (articulated[p + 20] as number) + h22 + r0 * n12 - r1 * n02 + r0 * g12 - r1 * g02;
}
