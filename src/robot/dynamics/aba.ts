import type { RobotData } from "../data.ts";
import type { RobotModel } from "../model.ts";
import { addShifted, articulatedSize, project, startArticulated } from "./articulated-inertia.ts";
import { bodyForces } from "./body-forces.ts";
import { factorize, solve } from "./cholesky.ts";
import { crba } from "./crba.ts";
import { placeBodies } from "./place-bodies.ts";
import { placeBaseGravity } from "./place-gravity.ts";
import { placeInertias } from "./place-inertias.ts";
import { biasForces } from "./rnea.ts";

/*
 * Hot file: nothing is allocated. Articulated bodies, Featherstone, Rigid Body Dynamics Algorithms
 * (2008), table 7.1, in base axes, with two changes. The velocity-dependent terms are taken out first by
 * an outward pass (body-forces.ts), which leaves the linear problem M x = τ − h. And a joint of several
 * columns is eliminated column by column, as if massless bodies stood between them; the base's six too.
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
  for (const [name, values] of [
    ["v", v],
    ["tau", tau],
    ["a", a],
  ] as const)
    requireLength(model, name, values);
  if (model.bodies.hasFollowers) return byMassMatrix(model, data, q, v, tau, a);
  placeBodies(model, data, q);
  placeInertias(model, data);
  placeBaseGravity(model, data, q);
  bodyForces(model, data, v, null);
  return eliminate(model, data, tau) && spread(model, data, a);
}

function requireLength(model: RobotModel, name: string, values: Float64Array): void {
  if (values.length < model.nv) {
    throw new Error(`${name} has ${values.length} numbers; ${model.name} needs ${model.nv}`);
  }
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

/**
 * The inward half, over all columns from the tips to the root. For each: U = I S, D = S·U + armature,
 * u = τ − S·p; then, seen from further in, I ← I − U Uᵀ/D and p ← p + U u/D. I, S and U are at the body's
 * own origin; the forces p stay at the base's.
 */
function eliminate(model: RobotModel, data: RobotData, tau: Float64Array): boolean {
  const { bodyCount, parent, columnStart, columnV, armature } = model.bodies;
  const { baseFromBody, columns, articulated, force, columnForces } = data;
  startArticulated(model, data);
  for (let body = bodyCount - 1; body >= 0; body -= 1) {
    const first = columnStart[body] as number;
    const i = articulatedSize * body;
    const b = 6 * body;
    const p0 = baseFromBody[12 * body + 9] as number;
    const p1 = baseFromBody[12 * body + 10] as number;
    const p2 = baseFromBody[12 * body + 11] as number;
    for (let column = (columnStart[body + 1] as number) - 1; column >= first; column -= 1) {
      const s = 6 * column;
      const s3 = columns[s + 3] as number;
      const s4 = columns[s + 4] as number;
      const s5 = columns[s + 5] as number;
      const s0 = (columns[s] as number) + s4 * p2 - s5 * p1;
      const s1 = (columns[s + 1] as number) + s5 * p0 - s3 * p2;
      const s2 = (columns[s + 2] as number) + s3 * p1 - s4 * p0;
      const u0 =
        (articulated[i] as number) * s0 +
        (articulated[i + 1] as number) * s1 +
        (articulated[i + 2] as number) * s2 +
        (articulated[i + 6] as number) * s3 +
        (articulated[i + 7] as number) * s4 +
        (articulated[i + 8] as number) * s5;
      const u1 =
        (articulated[i + 1] as number) * s0 +
        (articulated[i + 3] as number) * s1 +
        (articulated[i + 4] as number) * s2 +
        (articulated[i + 9] as number) * s3 +
        (articulated[i + 10] as number) * s4 +
        (articulated[i + 11] as number) * s5;
      const u2 =
        (articulated[i + 2] as number) * s0 +
        (articulated[i + 4] as number) * s1 +
        (articulated[i + 5] as number) * s2 +
        (articulated[i + 12] as number) * s3 +
        (articulated[i + 13] as number) * s4 +
        (articulated[i + 14] as number) * s5;
      const u3 =
        (articulated[i + 6] as number) * s0 +
        (articulated[i + 9] as number) * s1 +
        (articulated[i + 12] as number) * s2 +
        (articulated[i + 15] as number) * s3 +
        (articulated[i + 16] as number) * s4 +
        (articulated[i + 17] as number) * s5;
      const u4 =
        (articulated[i + 7] as number) * s0 +
        (articulated[i + 10] as number) * s1 +
        (articulated[i + 13] as number) * s2 +
        (articulated[i + 16] as number) * s3 +
        (articulated[i + 18] as number) * s4 +
        (articulated[i + 19] as number) * s5;
      const u5 =
        (articulated[i + 8] as number) * s0 +
        (articulated[i + 11] as number) * s1 +
        (articulated[i + 14] as number) * s2 +
        (articulated[i + 17] as number) * s3 +
        (articulated[i + 19] as number) * s4 +
        (articulated[i + 20] as number) * s5;
      const at = columnV[column] as number;
      const own = s0 * u0 + s1 * u1 + s2 * u2 + s3 * u3 + s4 * u4 + s5 * u5 + (armature[at] as number);
      if (!(own > 0)) return false;
      const left =
        (tau[at] as number) -
        (columns[s] as number) * (force[b] as number) -
        (columns[s + 1] as number) * (force[b + 1] as number) -
        (columns[s + 2] as number) * (force[b + 2] as number) -
        s3 * (force[b + 3] as number) -
        s4 * (force[b + 4] as number) -
        s5 * (force[b + 5] as number);
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
      project(articulated, i, 1 / own, u0, u1, u2, u3, u4, u5);
      const gain = left / own;
      force[b] = (force[b] as number) + u0 * gain;
      force[b + 1] = (force[b + 1] as number) + u1 * gain;
      force[b + 2] = (force[b + 2] as number) + u2 * gain;
      force[b + 3] = (force[b + 3] as number) + (u3 + p1 * u2 - p2 * u1) * gain;
      force[b + 4] = (force[b + 4] as number) + (u4 + p2 * u0 - p0 * u2) * gain;
      force[b + 5] = (force[b + 5] as number) + (u5 + p0 * u1 - p1 * u0) * gain;
    }
    if (body > 0) {
      const above = parent[body] as number;
      const a = 12 * above + 9;
      addShifted(
        articulated,
        i,
        articulatedSize * above,
        p0 - (baseFromBody[a] as number),
        p1 - (baseFromBody[a + 1] as number),
        p2 - (baseFromBody[a + 2] as number),
      );
      for (let k = 0; k < 6; k += 1)
        force[6 * above + k] = (force[6 * above + k] as number) + (force[b + k] as number);
    }
  }
  return true;
}

/**
 * The outward half: each column's x = (u − U·x_parent)/D, and the body moves on by it. Fills
 * `data.acceleration`, here at each body's own origin and without what velocities and weight do.
 */
function spread(model: RobotModel, data: RobotData, a: Float64Array): boolean {
  const { bodyCount, parent, columnStart, columnV } = model.bodies;
  const { baseFromBody, columns, acceleration, columnForces } = data;
  for (let body = 0; body < bodyCount; body += 1) {
    const b = 6 * body;
    let x0 = 0;
    let x1 = 0;
    let x2 = 0;
    let x3 = 0;
    let x4 = 0;
    let x5 = 0;
    const p0 = baseFromBody[12 * body + 9] as number;
    const p1 = baseFromBody[12 * body + 10] as number;
    const p2 = baseFromBody[12 * body + 11] as number;
    if (body > 0) {
      const above = parent[body] as number;
      const p = 6 * above;
      const r0 = p0 - (baseFromBody[12 * above + 9] as number);
      const r1 = p1 - (baseFromBody[12 * above + 10] as number);
      const r2 = p2 - (baseFromBody[12 * above + 11] as number);
      x3 = acceleration[p + 3] as number;
      x4 = acceleration[p + 4] as number;
      x5 = acceleration[p + 5] as number;
      x0 = (acceleration[p] as number) + x4 * r2 - x5 * r1;
      x1 = (acceleration[p + 1] as number) + x5 * r0 - x3 * r2;
      x2 = (acceleration[p + 2] as number) + x3 * r1 - x4 * r0;
    }
    const end = columnStart[body + 1] as number;
    for (let column = columnStart[body] as number; column < end; column += 1) {
      const c = 8 * column;
      const held =
        (columnForces[c] as number) * x0 +
        (columnForces[c + 1] as number) * x1 +
        (columnForces[c + 2] as number) * x2 +
        (columnForces[c + 3] as number) * x3 +
        (columnForces[c + 4] as number) * x4 +
        (columnForces[c + 5] as number) * x5;
      const rate = ((columnForces[c + 7] as number) - held) / (columnForces[c + 6] as number);
      a[columnV[column] as number] = rate;
      const s = 6 * column;
      const s3 = columns[s + 3] as number;
      const s4 = columns[s + 4] as number;
      const s5 = columns[s + 5] as number;
      x0 += ((columns[s] as number) + s4 * p2 - s5 * p1) * rate;
      x1 += ((columns[s + 1] as number) + s5 * p0 - s3 * p2) * rate;
      x2 += ((columns[s + 2] as number) + s3 * p1 - s4 * p0) * rate;
      x3 += s3 * rate;
      x4 += s4 * rate;
      x5 += s5 * rate;
    }
    acceleration[b] = x0;
    acceleration[b + 1] = x1;
    acceleration[b + 2] = x2;
    acceleration[b + 3] = x3;
    acceleration[b + 4] = x4;
    acceleration[b + 5] = x5;
  }
  return true;
}
