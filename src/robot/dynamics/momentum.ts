import type { RobotData } from "../data.ts";
import type { RobotModel } from "../model.ts";
import { placeBodies } from "./place-bodies.ts";
import { placeInertias } from "./place-inertias.ts";
import { turnToRoot } from "./root-frame.ts";

/**
 * Writes the robot's momentum into `out`, in root axes: linear (kg·m/s), then angular about its centre of
 * mass (kg·m²/s). Orin, Goswami, Lee, Centroidal dynamics of a humanoid robot (2013).
 */
export function centroidalMomentum(
  model: RobotModel,
  data: RobotData,
  q: Float64Array,
  v: Float64Array,
  out: Float64Array,
): void {
  const { inertia, velocity } = data;
  placeBodies(model, data, q);
  placeInertias(model, data);
  moveBodies(model, data, v);
  let m = 0;
  let h0 = 0;
  let h1 = 0;
  let h2 = 0;
  for (let k = 0; k < 6; k += 1) out[k] = 0;
  for (let body = 0; body < model.bodies.bodyCount; body += 1) {
    addMomentum(inertia, velocity, body, out);
    m += inertia[10 * body] as number;
    h0 += inertia[10 * body + 1] as number;
    h1 += inertia[10 * body + 2] as number;
    h2 += inertia[10 * body + 3] as number;
  }
  if (m > 0) {
    // From the base's origin to the centre of mass: L − c × p.
    const p0 = out[0] as number;
    const p1 = out[1] as number;
    const p2 = out[2] as number;
    out[3] = (out[3] as number) - (h1 * p2 - h2 * p1) / m;
    out[4] = (out[4] as number) - (h2 * p0 - h0 * p2) / m;
    out[5] = (out[5] as number) - (h0 * p1 - h1 * p0) / m;
  }
  turnToRoot(model, q, out, 1, 1, 0);
  turnToRoot(model, q, out, 1, 1, 3);
}

/** Fills `data.velocity` in base axes: outwards, each body's columns are added to its parent's velocity. */
function moveBodies(model: RobotModel, data: RobotData, v: Float64Array): void {
  const { bodyCount, parent, columnStart, columnV, columnRate } = model.bodies;
  const { columns, velocity } = data;
  for (let body = 0; body < bodyCount; body += 1) {
    const b = 6 * body;
    const p = 6 * (parent[body] as number);
    for (let k = 0; k < 6; k += 1) velocity[b + k] = body > 0 ? (velocity[p + k] as number) : 0;
    const end = columnStart[body + 1] as number;
    for (let column = columnStart[body] as number; column < end; column += 1) {
      const rate = (columnRate[column] as number) * (v[columnV[column] as number] as number);
      for (let k = 0; k < 6; k += 1) {
        velocity[b + k] = (velocity[b + k] as number) + rate * (columns[6 * column + k] as number);
      }
    }
  }
}

/** Adds I v of one body to `out`: base axes, about the base's origin. */
function addMomentum(inertia: Float64Array, velocity: Float64Array, body: number, out: Float64Array): void {
  const i = 10 * body;
  const b = 6 * body;
  const m = inertia[i] as number;
  const h0 = inertia[i + 1] as number;
  const h1 = inertia[i + 2] as number;
  const h2 = inertia[i + 3] as number;
  const v0 = velocity[b] as number;
  const v1 = velocity[b + 1] as number;
  const v2 = velocity[b + 2] as number;
  const w0 = velocity[b + 3] as number;
  const w1 = velocity[b + 4] as number;
  const w2 = velocity[b + 5] as number;
  const xy = inertia[i + 5] as number;
  const xz = inertia[i + 6] as number;
  const yz = inertia[i + 8] as number;
  out[0] = (out[0] as number) + m * v0 + w1 * h2 - w2 * h1;
  out[1] = (out[1] as number) + m * v1 + w2 * h0 - w0 * h2;
  out[2] = (out[2] as number) + m * v2 + w0 * h1 - w1 * h0;
  out[3] = (out[3] as number) + h1 * v2 - h2 * v1 + (inertia[i + 4] as number) * w0 + xy * w1 + xz * w2;
  out[4] = (out[4] as number) + h2 * v0 - h0 * v2 + xy * w0 + (inertia[i + 7] as number) * w1 + yz * w2;
  out[5] = (out[5] as number) + h0 * v1 - h1 * v0 + xz * w0 + yz * w1 + (inertia[i + 9] as number) * w2;
}

const bodyMomentum = new Float64Array(6);

/** J: of all bodies, and of the armatures, which turn with their joints. */
export function kineticEnergy(model: RobotModel, data: RobotData, q: Float64Array, v: Float64Array): number {
  const { inertia, velocity } = data;
  placeBodies(model, data, q);
  placeInertias(model, data);
  moveBodies(model, data, v);
  let twice = 0;
  for (let body = 0; body < model.bodies.bodyCount; body += 1) {
    for (let k = 0; k < 6; k += 1) bodyMomentum[k] = 0;
    addMomentum(inertia, velocity, body, bodyMomentum);
    for (let k = 0; k < 6; k += 1) {
      twice += (bodyMomentum[k] as number) * (velocity[6 * body + k] as number);
    }
  }
  const armature = model.bodies.armature;
  for (let i = 0; i < model.nv; i += 1) twice += (armature[i] as number) * (v[i] as number) ** 2;
  return twice / 2;
}
