import type { RobotData } from "../data.ts";
import type { RobotModel } from "../model.ts";
import { sumComposites } from "./crba.ts";
import { placeBodies } from "./place-bodies.ts";
import { inertiaSize, placeInertias } from "./place-inertias.ts";
import { pointToRoot, turnToRoot } from "./root-frame.ts";

/** kg, all links together, those that do not move included. */
export function totalMass(model: RobotModel): number {
  let sum = 0;
  for (let body = 0; body < model.bodies.bodyCount; body += 1) sum += model.bodies.mass[body] as number;
  return sum;
}

/**
 * Writes the centre of mass of the whole robot, x y z in m in the root frame, into `out`. Links that do
 * not move count. False, and zeros, when nothing has a mass.
 */
export function centerOfMass(
  model: RobotModel,
  data: RobotData,
  q: Float64Array,
  out: Float64Array,
): boolean {
  placeBodies(model, data, q);
  placeInertias(model, data);
  const { inertia } = data;
  let mass = 0;
  out[0] = 0;
  out[1] = 0;
  out[2] = 0;
  for (let i = 0; i < inertia.length; i += inertiaSize) {
    mass += inertia[i] as number;
    for (let k = 0; k < 3; k += 1) out[k] = (out[k] as number) + (inertia[i + 1 + k] as number);
  }
  if (!(mass > 0)) return false;
  for (let k = 0; k < 3; k += 1) out[k] = (out[k] as number) / mass;
  pointToRoot(model, q, out, 0);
  return true;
}

/**
 * Writes how the centre of mass moves with v into `out`: 3 rows of nv numbers, m per rad or m, in root
 * axes. A column is the momentum of what it moves, per unit rate, over the whole mass. False, and zeros, when nothing
 * has a mass.
 */
export function centerOfMassJacobian(
  model: RobotModel,
  data: RobotData,
  q: Float64Array,
  out: Float64Array,
): boolean {
  const { columnBody, columnV, columnRate } = model.bodies;
  const { columns, inertia } = data;
  const nv = model.nv;
  placeBodies(model, data, q);
  placeInertias(model, data);
  sumComposites(model, data);
  const mass = inertia[0] as number;
  for (let i = 0; i < 3 * nv; i += 1) out[i] = 0;
  if (!(mass > 0)) return false;
  for (let column = 0; column < columnBody.length; column += 1) {
    const i = inertiaSize * (columnBody[column] as number);
    const s = 6 * column;
    const m = inertia[i] as number;
    const h0 = inertia[i + 1] as number;
    const h1 = inertia[i + 2] as number;
    const h2 = inertia[i + 3] as number;
    const w0 = columns[s + 3] as number;
    const w1 = columns[s + 4] as number;
    const w2 = columns[s + 5] as number;
    const scale = (columnRate[column] as number) / mass;
    const at = columnV[column] as number;
    out[at] = (out[at] as number) + scale * (m * (columns[s] as number) + w1 * h2 - w2 * h1);
    out[nv + at] = (out[nv + at] as number) + scale * (m * (columns[s + 1] as number) + w2 * h0 - w0 * h2);
    out[2 * nv + at] =
      (out[2 * nv + at] as number) + scale * (m * (columns[s + 2] as number) + w0 * h1 - w1 * h0);
  }
  turnToRoot(model, q, out, nv, nv);
  return true;
}
