import type { RobotData } from "../data.ts";
import type { RobotModel } from "../model.ts";
import { placeBodies } from "./place-bodies.ts";
import { inertiaSize, placeInertias } from "./place-inertias.ts";

/*
 * Hot file: nothing is allocated. Composite rigid bodies, Featherstone, Rigid Body Dynamics Algorithms
 * (2008), table 6.2, in base axes, where composites are plain sums.
 */

/**
 * Writes the joint-space inertia M(q) into `out`, nv rows of nv numbers, symmetric; kg·m², kg·m or kg by
 * the joints' kinds, armature included. Order of v: see RobotModel; a floating base's six come first, in
 * the base's axes. Throws when an array is too short.
 */
export function crba(model: RobotModel, data: RobotData, q: Float64Array, out: Float64Array): void {
  const nv = model.nv;
  if (out.length < nv * nv) throw new Error(`out has ${out.length} numbers; ${model.name} needs ${nv * nv}`);
  placeBodies(model, data, q);
  placeInertias(model, data);
  sumComposites(model, data);
  fillMassMatrix(model, data, out);
  const armature = model.bodies.armature;
  for (let i = 0; i < nv; i += 1) out[nv * i + i] = (out[nv * i + i] as number) + (armature[i] as number);
}

/** Turns `data.inertia` of each body into that of all it carries. */
export function sumComposites(model: RobotModel, data: RobotData): void {
  const { bodyCount, parent } = model.bodies;
  const inertia = data.inertia;
  for (let body = bodyCount - 1; body > 0; body -= 1) {
    const b = inertiaSize * body;
    const p = inertiaSize * (parent[body] as number);
    inertia[p] = (inertia[p] as number) + (inertia[b] as number);
    inertia[p + 1] = (inertia[p + 1] as number) + (inertia[b + 1] as number);
    inertia[p + 2] = (inertia[p + 2] as number) + (inertia[b + 2] as number);
    inertia[p + 3] = (inertia[p + 3] as number) + (inertia[b + 3] as number);
    inertia[p + 4] = (inertia[p + 4] as number) + (inertia[b + 4] as number);
    inertia[p + 5] = (inertia[p + 5] as number) + (inertia[b + 5] as number);
    inertia[p + 6] = (inertia[p + 6] as number) + (inertia[b + 6] as number);
    inertia[p + 7] = (inertia[p + 7] as number) + (inertia[b + 7] as number);
    inertia[p + 8] = (inertia[p + 8] as number) + (inertia[b + 8] as number);
    inertia[p + 9] = (inertia[p + 9] as number) + (inertia[b + 9] as number);
  }
}

function fillMassMatrix(model: RobotModel, data: RobotData, out: Float64Array): void {
  const { columnBody, columnParent, columnV, columnRate, hasFollowers } = model.bodies;
  const { columns, inertia } = data;
  const nv = model.nv;
  const base = model.base === "floating" ? 6 : 0;
  for (let i = 0; i < nv * nv; i += 1) out[i] = 0;
  for (let column = columnBody.length - 1; column >= 0; column -= 1) {
    const i = inertiaSize * (columnBody[column] as number);
    const m = inertia[i] as number;
    const h0 = inertia[i + 1] as number;
    const h1 = inertia[i + 2] as number;
    const h2 = inertia[i + 3] as number;
    const xy = inertia[i + 5] as number;
    const xz = inertia[i + 6] as number;
    const yz = inertia[i + 8] as number;
    const s = 6 * column;
    const s0 = columns[s] as number;
    const s1 = columns[s + 1] as number;
    const s2 = columns[s + 2] as number;
    const s3 = columns[s + 3] as number;
    const s4 = columns[s + 4] as number;
    const s5 = columns[s + 5] as number;
    const f0 = m * s0 + s4 * h2 - s5 * h1;
    const f1 = m * s1 + s5 * h0 - s3 * h2;
    const f2 = m * s2 + s3 * h1 - s4 * h0;
    const f3 = h1 * s2 - h2 * s1 + (inertia[i + 4] as number) * s3 + xy * s4 + xz * s5;
    const f4 = h2 * s0 - h0 * s2 + xy * s3 + (inertia[i + 7] as number) * s4 + yz * s5;
    const f5 = h0 * s1 - h1 * s0 + xz * s3 + yz * s4 + (inertia[i + 9] as number) * s5;
    const diagonal = s0 * f0 + s1 * f1 + s2 * f2 + s3 * f3 + s4 * f4 + s5 * f5;
    if (hasFollowers) {
      // Several columns share a row of M, M = Gᵀ M′ G, so entries are summed.
      const row = columnV[column] as number;
      const rate = columnRate[column] as number;
      out[nv * row + row] = (out[nv * row + row] as number) + rate * rate * diagonal;
      for (let other = columnParent[column] as number; other >= 0; other = columnParent[other] as number) {
        const t = 6 * other;
        const entry =
          rate *
          (columnRate[other] as number) *
          ((columns[t] as number) * f0 +
            (columns[t + 1] as number) * f1 +
            (columns[t + 2] as number) * f2 +
            (columns[t + 3] as number) * f3 +
            (columns[t + 4] as number) * f4 +
            (columns[t + 5] as number) * f5);
        const at = columnV[other] as number;
        // Where two columns of one number meet, on the diagonal, both halves count.
        out[nv * row + at] = (out[nv * row + at] as number) + entry;
        out[nv * at + row] = (out[nv * at + row] as number) + entry;
      }
      continue;
    }
    // Without followers columns and numbers of v are in the same order.
    const line = nv * column;
    out[line + column] = diagonal;
    let other = columnParent[column] as number;
    for (; other >= base; other = columnParent[other] as number) {
      const t = 6 * other;
      const entry =
        (columns[t] as number) * f0 +
        (columns[t + 1] as number) * f1 +
        (columns[t + 2] as number) * f2 +
        (columns[t + 3] as number) * f3 +
        (columns[t + 4] as number) * f4 +
        (columns[t + 5] as number) * f5;
      out[line + other] = entry;
      out[nv * other + column] = entry;
    }
    if (column >= 6 && base === 6) {
      // The base's columns are its axes, so the products are the force's own numbers.
      out[line] = f0;
      out[line + 1] = f1;
      out[line + 2] = f2;
      out[line + 3] = f3;
      out[line + 4] = f4;
      out[line + 5] = f5;
      out[column] = f0;
      out[nv + column] = f1;
      out[2 * nv + column] = f2;
      out[3 * nv + column] = f3;
      out[4 * nv + column] = f4;
      out[5 * nv + column] = f5;
    }
    for (; column < 6 && other >= 0; other -= 1) {
      const entry = other === 0 ? f0 : other === 1 ? f1 : other === 2 ? f2 : other === 3 ? f3 : f4;
      out[line + other] = entry;
      out[nv * other + column] = entry;
    }
  }
}
