import type { RobotData } from "../data.ts";
import type { RobotModel } from "../model.ts";
import { requireRates } from "../require-length.ts";
import {
  addToParent,
  articulatedSize,
  columnPlaces,
  project,
  startArticulated,
} from "./articulated-inertia.ts";
import { factorize, solve } from "./cholesky.ts";
import { crba } from "./crba.ts";
import { biasForces } from "./rnea.ts";

/*
 * Hot file: nothing is allocated. Articulated bodies, Featherstone, Rigid Body Dynamics Algorithms
 * (2008), table 7.1, in body axes, with two changes. Weight and what depends on velocities is taken out
 * first by `biasForces`, which also places the bodies; that leaves the linear problem M x = τ − h. And a
 * joint of several columns is eliminated column by column, as if massless bodies stood between them; the
 * base's six too. Without followers columns and numbers of v are in the same order.
 */

/**
 * Forward dynamics: writes into `a` (nv numbers) how the robot in the state q and v accelerates under
 * the efforts `tau`. Units, order and axes: see rnea.ts; a floating base's acceleration is spatial, in
 * its own axes. False when the motion is not determined because a joint moves nothing with a mass: then
 * `a` holds no answer. Throws when an array is too short.
 *
 * For robots with followers, whose columns are no tree, it is M⁻¹ (τ − h) by Cholesky's decomposition.
 */
export function aba(
  model: RobotModel,
  data: RobotData,
  q: Float64Array,
  v: Float64Array,
  tau: Float64Array,
  a: Float64Array,
): boolean {
  requireRates(model, "v", v);
  requireRates(model, "tau", tau);
  requireRates(model, "a", a);
  if (model.bodies.hasFollowers) return byMassMatrix(model, data, q, v, tau, a);
  biasForces(model, data, q, v, data.bias);
  for (let i = 0; i < model.nv; i += 1) data.bias[i] = (tau[i] as number) - (data.bias[i] as number);
  if (!eliminate(model, data, data.bias)) return false;
  spread(model, data, a);
  return true;
}

function byMassMatrix(
  model: RobotModel,
  data: RobotData,
  q: Float64Array,
  v: Float64Array,
  tau: Float64Array,
  a: Float64Array,
): boolean {
  biasForces(model, data, q, v, a);
  for (let i = 0; i < model.nv; i += 1) a[i] = (tau[i] as number) - (a[i] as number);
  crba(model, data, q, data.massMatrix);
  if (!factorize(data.massMatrix, model.nv)) return false;
  solve(data.massMatrix, model.nv, a);
  return true;
}

/** The axes that a joint's columns lie along, in its body's frame: 0 … 2 slides, 3 … 5 turns; by kind, six each. */
const columnAxes = Uint8Array.of(
  ...[0, 1, 2, 3, 4, 5],
  ...[5, 0, 0, 0, 0, 0],
  ...[2, 0, 0, 0, 0, 0],
  ...[0, 1, 5, 0, 0, 0],
  ...[0, 1, 2, 3, 4, 5],
);

/**
 * The inward half, over all columns from the tips to the root, for the efforts `tau`. For each: U = I S,
 * D = S·U + armature, u = τ − S·p; then, seen from further in, I ← I − U Uᵀ/D and p ← p + U u/D.
 * S is an axis of the body's frame, so U is a column of I.
 */
function eliminate(model: RobotModel, data: RobotData, tau: Float64Array): boolean {
  const { bodyCount, parent, kind, columnStart, armature } = model.bodies;
  const { parentFromBody, articulated, force, columnForces } = data;
  startArticulated(model, data);
  for (let k = 0; k < 6 * bodyCount; k += 1) force[k] = 0;
  for (let body = bodyCount - 1; body >= 0; body -= 1) {
    const first = columnStart[body] as number;
    const axes = 6 * (kind[body] as number) - first;
    const i = articulatedSize * body;
    const b = 6 * body;
    for (let column = (columnStart[body + 1] as number) - 1; column >= first; column -= 1) {
      const axis = columnAxes[axes + column] as number;
      const place = 6 * axis;
      const u0 = articulated[i + (columnPlaces[place] as number)] as number;
      const u1 = articulated[i + (columnPlaces[place + 1] as number)] as number;
      const u2 = articulated[i + (columnPlaces[place + 2] as number)] as number;
      const u3 = articulated[i + (columnPlaces[place + 3] as number)] as number;
      const u4 = articulated[i + (columnPlaces[place + 4] as number)] as number;
      const u5 = articulated[i + (columnPlaces[place + 5] as number)] as number;
      const own =
        (articulated[i + (columnPlaces[place + axis] as number)] as number) + (armature[column] as number);
      if (!(own > 0)) return false;
      const left = (tau[column] as number) - (force[b + axis] as number);
      const c = 8 * column;
      columnForces[c] = u0;
      columnForces[c + 1] = u1;
      columnForces[c + 2] = u2;
      columnForces[c + 3] = u3;
      columnForces[c + 4] = u4;
      columnForces[c + 5] = u5;
      columnForces[c + 6] = own;
      columnForces[c + 7] = left;
      if (column === 0) return true;
      project(articulated, i, columnForces, c);
      // Along the column itself only the armature is left; a rounded zero would grow further in.
      const kept = (armature[column] as number) / own;
      articulated[i + (columnPlaces[place] as number)] = u0 * kept;
      articulated[i + (columnPlaces[place + 1] as number)] = u1 * kept;
      articulated[i + (columnPlaces[place + 2] as number)] = u2 * kept;
      articulated[i + (columnPlaces[place + 3] as number)] = u3 * kept;
      articulated[i + (columnPlaces[place + 4] as number)] = u4 * kept;
      articulated[i + (columnPlaces[place + 5] as number)] = u5 * kept;
      const gain = left / own;
      force[b] = (force[b] as number) + u0 * gain;
      force[b + 1] = (force[b + 1] as number) + u1 * gain;
      force[b + 2] = (force[b + 2] as number) + u2 * gain;
      force[b + 3] = (force[b + 3] as number) + u3 * gain;
      force[b + 4] = (force[b + 4] as number) + u4 * gain;
      force[b + 5] = (force[b + 5] as number) + u5 * gain;
    }
    if (body > 0) {
      const above = parent[body] as number;
      addToParent(articulated, i, articulatedSize * above, parentFromBody, 12 * body);
      addForceToParent(force, b, 6 * above, parentFromBody, 12 * body);
    }
  }
  return true;
}

/**
 * The outward half: each column's x = (u − U·x_parent)/D, and the body moves on by it. Fills
 * `data.acceleration` in body axes, without what velocities and weight do.
 */
function spread(model: RobotModel, data: RobotData, a: Float64Array): void {
  const { bodyCount, parent, kind, columnStart } = model.bodies;
  const { parentFromBody, acceleration, columnForces } = data;
  for (let k = 0; k < 6; k += 1) acceleration[k] = 0;
  for (let body = 0; body < bodyCount; body += 1) {
    const b = 6 * body;
    if (body > 0) moveWithParent(acceleration, 6 * (parent[body] as number), b, parentFromBody, 12 * body);
    const first = columnStart[body] as number;
    const axes = 6 * (kind[body] as number) - first;
    const end = columnStart[body + 1] as number;
    for (let column = first; column < end; column += 1) {
      const c = 8 * column;
      const held =
        (columnForces[c] as number) * (acceleration[b] as number) +
        (columnForces[c + 1] as number) * (acceleration[b + 1] as number) +
        (columnForces[c + 2] as number) * (acceleration[b + 2] as number) +
        (columnForces[c + 3] as number) * (acceleration[b + 3] as number) +
        (columnForces[c + 4] as number) * (acceleration[b + 4] as number) +
        (columnForces[c + 5] as number) * (acceleration[b + 5] as number);
      const rate = ((columnForces[c + 7] as number) - held) / (columnForces[c + 6] as number);
      a[column] = rate;
      const at = b + (columnAxes[axes + column] as number);
      acceleration[at] = (acceleration[at] as number) + rate;
    }
  }
}

/** Adds the force at `b` to that at `p`, the parent's: turned, with the moment of its new arm. */
function addForceToParent(force: Float64Array, b: number, p: number, frames: Float64Array, t: number): void {
  const f0 = force[b] as number;
  const f1 = force[b + 1] as number;
  const f2 = force[b + 2] as number;
  const f3 = force[b + 3] as number;
  const f4 = force[b + 4] as number;
  const f5 = force[b + 5] as number;
  const r0 = frames[t] as number;
  const r1 = frames[t + 1] as number;
  const r2 = frames[t + 2] as number;
  const r3 = frames[t + 3] as number;
  const r4 = frames[t + 4] as number;
  const r5 = frames[t + 5] as number;
  const r6 = frames[t + 6] as number;
  const r7 = frames[t + 7] as number;
  const r8 = frames[t + 8] as number;
  const p0 = frames[t + 9] as number;
  const p1 = frames[t + 10] as number;
  const p2 = frames[t + 11] as number;
  const g0 = r0 * f0 + r1 * f1 + r2 * f2;
  const g1 = r3 * f0 + r4 * f1 + r5 * f2;
  const g2 = r6 * f0 + r7 * f1 + r8 * f2;
  force[p] = (force[p] as number) + g0;
  force[p + 1] = (force[p + 1] as number) + g1;
  force[p + 2] = (force[p + 2] as number) + g2;
  force[p + 3] = (force[p + 3] as number) + r0 * f3 + r1 * f4 + r2 * f5 + p1 * g2 - p2 * g1;
  force[p + 4] = (force[p + 4] as number) + r3 * f3 + r4 * f4 + r5 * f5 + p2 * g0 - p0 * g2;
  force[p + 5] = (force[p + 5] as number) + r6 * f3 + r7 * f4 + r8 * f5 + p0 * g1 - p1 * g0;
}

/** The parent's acceleration at `p` as the body's at `b`: at its origin, in its axes. */
function moveWithParent(
  acceleration: Float64Array,
  p: number,
  b: number,
  frames: Float64Array,
  t: number,
): void {
  const d0 = acceleration[p + 3] as number;
  const d1 = acceleration[p + 4] as number;
  const d2 = acceleration[p + 5] as number;
  const p0 = frames[t + 9] as number;
  const p1 = frames[t + 10] as number;
  const p2 = frames[t + 11] as number;
  const e0 = (acceleration[p] as number) + d1 * p2 - d2 * p1;
  const e1 = (acceleration[p + 1] as number) + d2 * p0 - d0 * p2;
  const e2 = (acceleration[p + 2] as number) + d0 * p1 - d1 * p0;
  const r0 = frames[t] as number;
  const r1 = frames[t + 1] as number;
  const r2 = frames[t + 2] as number;
  const r3 = frames[t + 3] as number;
  const r4 = frames[t + 4] as number;
  const r5 = frames[t + 5] as number;
  const r6 = frames[t + 6] as number;
  const r7 = frames[t + 7] as number;
  const r8 = frames[t + 8] as number;
  acceleration[b] = r0 * e0 + r3 * e1 + r6 * e2;
  acceleration[b + 1] = r1 * e0 + r4 * e1 + r7 * e2;
  acceleration[b + 2] = r2 * e0 + r5 * e1 + r8 * e2;
  acceleration[b + 3] = r0 * d0 + r3 * d1 + r6 * d2;
  acceleration[b + 4] = r1 * d0 + r4 * d1 + r7 * d2;
  acceleration[b + 5] = r2 * d0 + r5 * d1 + r8 * d2;
}
