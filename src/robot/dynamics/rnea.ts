import type { RobotData } from "../data.ts";
import type { RobotModel } from "../model.ts";
import { bodyForces } from "./body-forces.ts";
import { placeBodies } from "./place-bodies.ts";
import { placeBaseGravity } from "./place-gravity.ts";
import { placeInertias } from "./place-inertias.ts";

/*
 * Hot file: nothing is allocated. Recursive Newton–Euler, Featherstone, Rigid Body Dynamics Algorithms
 * (2008), table 5.1, in base axes. q, v, a, τ: positions, rates, accelerations and efforts in the order
 * of RobotModel (rad or m; N·m or N); a floating base's six numbers come first, linear then angular, in
 * the base's axes: spatial velocity, spatial acceleration, force and moment at the base's origin.
 * Joint damping and friction are not in them (see joint-friction.ts); armature is.
 */

/**
 * Inverse dynamics: writes into `tau` (nv numbers) the efforts that make the robot, in the state q and v, accelerate by `a`:
 * τ = M(q) a + h(q, v). Throws when an array is too short.
 */
export function rnea(
  model: RobotModel,
  data: RobotData,
  q: Float64Array,
  v: Float64Array,
  a: Float64Array,
  tau: Float64Array,
): void {
  requireLength(model, "v", v);
  requireLength(model, "a", a);
  run(model, data, q, v, a, tau);
  const armature = model.bodies.armature;
  for (let i = 0; i < model.nv; i += 1) {
    tau[i] = (tau[i] as number) + (armature[i] as number) * (a[i] as number);
  }
}

/** The efforts of weight, centrifugal and Coriolis forces, h(q, v): `rnea` with a = 0. */
export function biasForces(
  model: RobotModel,
  data: RobotData,
  q: Float64Array,
  v: Float64Array,
  tau: Float64Array,
): void {
  requireLength(model, "v", v);
  run(model, data, q, v, null, tau);
}

/** The efforts that hold the robot still against its weight, g(q): `rnea` with v = a = 0. */
export function gravityEfforts(model: RobotModel, data: RobotData, q: Float64Array, tau: Float64Array): void {
  run(model, data, q, null, null, tau);
}

function run(
  model: RobotModel,
  data: RobotData,
  q: Float64Array,
  v: Float64Array | null,
  a: Float64Array | null,
  tau: Float64Array,
): void {
  requireLength(model, "tau", tau);
  placeBodies(model, data, q);
  placeInertias(model, data);
  placeBaseGravity(model, data, q);
  bodyForces(model, data, v, a);
  collectEfforts(model, data, tau);
}

/** The inward half: τ = Sᵀ f, and each body hands its force on to its parent. Overwrites `data.force`. */
function collectEfforts(model: RobotModel, data: RobotData, tau: Float64Array): void {
  const { bodyCount, parent, columnStart, columnV, columnRate } = model.bodies;
  const { columns, force } = data;
  for (let i = 0; i < model.nv; i += 1) tau[i] = 0;
  for (let body = bodyCount - 1; body >= 0; body -= 1) {
    const b = 6 * body;
    const f0 = force[b] as number;
    const f1 = force[b + 1] as number;
    const f2 = force[b + 2] as number;
    const f3 = force[b + 3] as number;
    const f4 = force[b + 4] as number;
    const f5 = force[b + 5] as number;
    const end = columnStart[body + 1] as number;
    for (let column = columnStart[body] as number; column < end; column += 1) {
      const s = 6 * column;
      const effort =
        (columns[s] as number) * f0 +
        (columns[s + 1] as number) * f1 +
        (columns[s + 2] as number) * f2 +
        (columns[s + 3] as number) * f3 +
        (columns[s + 4] as number) * f4 +
        (columns[s + 5] as number) * f5;
      const at = columnV[column] as number;
      tau[at] = (tau[at] as number) + (columnRate[column] as number) * effort;
    }
    if (body > 0) {
      const p = 6 * (parent[body] as number);
      force[p] = (force[p] as number) + f0;
      force[p + 1] = (force[p + 1] as number) + f1;
      force[p + 2] = (force[p + 2] as number) + f2;
      force[p + 3] = (force[p + 3] as number) + f3;
      force[p + 4] = (force[p + 4] as number) + f4;
      force[p + 5] = (force[p + 5] as number) + f5;
    }
  }
}

function requireLength(model: RobotModel, name: string, values: Float64Array): void {
  if (values.length < model.nv) {
    throw new Error(`${name} has ${values.length} numbers; ${model.name} needs ${model.nv}`);
  }
}
