import { bodyKind } from "../bodies.ts";
import type { RobotData } from "../data.ts";
import type { RobotModel } from "../model.ts";
import { requireConfiguration, requireRates } from "../require-length.ts";
import { sineCosine, turn } from "../sine-cosine.ts";
import { netForces } from "./net-forces.ts";
import { placeBaseGravity } from "./place-gravity.ts";
import { addWideJoint, placeWideJoint, wideMotion } from "./wide-joint.ts";

/*
 * Hot file: nothing is allocated. Recursive Newton–Euler, Featherstone, Rigid Body Dynamics Algorithms
 * (2008), table 5.1: outwards with velocities and accelerations, inwards with forces, each in its body's
 * own axes at its own origin, which for this one algorithm is less work than base axes.
 *
 * q, v, a, τ: positions, rates, accelerations and efforts in the order of RobotModel (rad or m; N·m or N); a
 * floating base's six numbers come first, linear then angular, in the base's axes: spatial velocity, spatial
 * acceleration, force and moment at the base's origin. Joint damping and friction are not in them (see
 * joint-friction.ts); armature is.
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
  requireRates(model, "v", v);
  requireRates(model, "a", a);
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
  requireRates(model, "v", v);
  run(model, data, q, v, data.zeros, tau);
}

/** The efforts that hold the robot still against its weight, g(q): `rnea` with v = a = 0. */
export function gravityEfforts(model: RobotModel, data: RobotData, q: Float64Array, tau: Float64Array): void {
  run(model, data, q, data.zeros, data.zeros, tau);
}

function run(
  model: RobotModel,
  data: RobotData,
  q: Float64Array,
  v: Float64Array,
  a: Float64Array,
  tau: Float64Array,
): void {
  requireRates(model, "tau", tau);
  requireConfiguration(model, q);
  placeBaseGravity(model, data, q);
  startAtBase(model, data, v, a);
  moveOutwards(model, data, q, v, a);
  netForces(model, data);
  collectInwards(model, data, tau);
}

/** The base: at rest or moved by the first six of v and a; let fall upwards, which stands for weight. */
function startAtBase(model: RobotModel, data: RobotData, v: Float64Array, a: Float64Array): void {
  const { velocity, acceleration, baseGravity } = data;
  const floating = model.base === "floating";
  for (let k = 0; k < 6; k += 1) {
    velocity[k] = floating ? (v[k] as number) : 0;
    acceleration[k] = (floating ? (a[k] as number) : 0) - (k < 3 ? (baseGravity[k] as number) : 0);
  }
}

/** Fills `parentFromBody`, `velocity` and `acceleration` of all bodies but the base. */
function moveOutwards(
  model: RobotModel,
  data: RobotData,
  q: Float64Array,
  v: Float64Array,
  a: Float64Array,
): void {
  const { bodyCount, parent, kind, qIndex, multiplier, offset, jointPlacement, columnStart, columnV } =
    model.bodies;
  const { parentFromBody, velocity, acceleration } = data;
  for (let body = 1; body < bodyCount; body += 1) {
    const t = 12 * body;
    const k = kind[body] as number;
    const rate = multiplier[body] as number;
    const wide = k === bodyKind.planar || k === bodyKind.floating;
    let r0 = jointPlacement[t] as number;
    let r1 = jointPlacement[t + 1] as number;
    let r2 = jointPlacement[t + 2] as number;
    let r3 = jointPlacement[t + 3] as number;
    let r4 = jointPlacement[t + 4] as number;
    let r5 = jointPlacement[t + 5] as number;
    let r6 = jointPlacement[t + 6] as number;
    let r7 = jointPlacement[t + 7] as number;
    let r8 = jointPlacement[t + 8] as number;
    let p0 = jointPlacement[t + 9] as number;
    let p1 = jointPlacement[t + 10] as number;
    let p2 = jointPlacement[t + 11] as number;
    if (wide) {
      placeWideJoint(model, body, q, parentFromBody);
      r0 = parentFromBody[t] as number;
      r1 = parentFromBody[t + 1] as number;
      r2 = parentFromBody[t + 2] as number;
      r3 = parentFromBody[t + 3] as number;
      r4 = parentFromBody[t + 4] as number;
      r5 = parentFromBody[t + 5] as number;
      r6 = parentFromBody[t + 6] as number;
      r7 = parentFromBody[t + 7] as number;
      r8 = parentFromBody[t + 8] as number;
      p0 = parentFromBody[t + 9] as number;
      p1 = parentFromBody[t + 10] as number;
      p2 = parentFromBody[t + 11] as number;
    } else {
      const position = rate * (q[qIndex[body] as number] as number) + (offset[body] as number);
      if (k === bodyKind.revolute) {
        turn[0] = position;
        sineCosine();
        const c = turn[2] as number;
        const s = turn[1] as number;
        const x0 = r0;
        const x3 = r3;
        const x6 = r6;
        r0 = c * x0 + s * r1;
        r3 = c * x3 + s * r4;
        r6 = c * x6 + s * r7;
        r1 = c * r1 - s * x0;
        r4 = c * r4 - s * x3;
        r7 = c * r7 - s * x6;
      } else {
        p0 += r2 * position;
        p1 += r5 * position;
        p2 += r8 * position;
      }
      parentFromBody[t] = r0;
      parentFromBody[t + 1] = r1;
      parentFromBody[t + 2] = r2;
      parentFromBody[t + 3] = r3;
      parentFromBody[t + 4] = r4;
      parentFromBody[t + 5] = r5;
      parentFromBody[t + 6] = r6;
      parentFromBody[t + 7] = r7;
      parentFromBody[t + 8] = r8;
      parentFromBody[t + 9] = p0;
      parentFromBody[t + 10] = p1;
      parentFromBody[t + 11] = p2;
    }
    const above = 6 * (parent[body] as number);
    const w0 = velocity[above + 3] as number;
    const w1 = velocity[above + 4] as number;
    const w2 = velocity[above + 5] as number;
    const l0 = (velocity[above] as number) + w1 * p2 - w2 * p1;
    const l1 = (velocity[above + 1] as number) + w2 * p0 - w0 * p2;
    const l2 = (velocity[above + 2] as number) + w0 * p1 - w1 * p0;
    const d0 = acceleration[above + 3] as number;
    const d1 = acceleration[above + 4] as number;
    const d2 = acceleration[above + 5] as number;
    const e0 = (acceleration[above] as number) + d1 * p2 - d2 * p1;
    const e1 = (acceleration[above + 1] as number) + d2 * p0 - d0 * p2;
    const e2 = (acceleration[above + 2] as number) + d0 * p1 - d1 * p0;
    let v0 = r0 * l0 + r3 * l1 + r6 * l2;
    let v1 = r1 * l0 + r4 * l1 + r7 * l2;
    let v2 = r2 * l0 + r5 * l1 + r8 * l2;
    let v3 = r0 * w0 + r3 * w1 + r6 * w2;
    let v4 = r1 * w0 + r4 * w1 + r7 * w2;
    let v5 = r2 * w0 + r5 * w1 + r8 * w2;
    let a0 = r0 * e0 + r3 * e1 + r6 * e2;
    let a1 = r1 * e0 + r4 * e1 + r7 * e2;
    let a2 = r2 * e0 + r5 * e1 + r8 * e2;
    let a3 = r0 * d0 + r3 * d1 + r6 * d2;
    let a4 = r1 * d0 + r4 * d1 + r7 * d2;
    let a5 = r2 * d0 + r5 * d1 + r8 * d2;
    // The joint's own motion j and its rate, and v × j, of which the joint's own part drops out.
    if (wide) {
      addWideJoint(model, body, v, a);
      const j = wideMotion;
      const j0 = j[0] as number;
      const j1 = j[1] as number;
      const j2 = j[2] as number;
      const j3 = j[3] as number;
      const j4 = j[4] as number;
      const j5 = j[5] as number;
      a0 += v4 * j2 - v5 * j1 + v1 * j5 - v2 * j4 + (j[6] as number);
      a1 += v5 * j0 - v3 * j2 + v2 * j3 - v0 * j5 + (j[7] as number);
      a2 += v3 * j1 - v4 * j0 + v0 * j4 - v1 * j3 + (j[8] as number);
      a3 += v4 * j5 - v5 * j4 + (j[9] as number);
      a4 += v5 * j3 - v3 * j5 + (j[10] as number);
      a5 += v3 * j4 - v4 * j3 + (j[11] as number);
      v0 += j0;
      v1 += j1;
      v2 += j2;
      v3 += j3;
      v4 += j4;
      v5 += j5;
    } else {
      const at = columnV[columnStart[body] as number] as number;
      const speed = rate * (v[at] as number);
      if (k === bodyKind.revolute) {
        a0 += v1 * speed;
        a1 -= v0 * speed;
        a3 += v4 * speed;
        a4 -= v3 * speed;
        a5 += rate * (a[at] as number);
        v5 += speed;
      } else {
        a0 += v4 * speed;
        a1 -= v3 * speed;
        a2 += rate * (a[at] as number);
        v2 += speed;
      }
    }
    const b = 6 * body;
    velocity[b] = v0;
    velocity[b + 1] = v1;
    velocity[b + 2] = v2;
    velocity[b + 3] = v3;
    velocity[b + 4] = v4;
    velocity[b + 5] = v5;
    acceleration[b] = a0;
    acceleration[b + 1] = a1;
    acceleration[b + 2] = a2;
    acceleration[b + 3] = a3;
    acceleration[b + 4] = a4;
    acceleration[b + 5] = a5;
  }
}

/** τ = Sᵀ f, and each body hands its force on to its parent. Overwrites `data.force`. */
function collectInwards(model: RobotModel, data: RobotData, tau: Float64Array): void {
  const { bodyCount, parent, kind, columnStart, columnV, multiplier, hasFollowers } = model.bodies;
  const { parentFromBody, force } = data;
  if (hasFollowers) for (let i = 0; i < model.nv; i += 1) tau[i] = 0;
  for (let body = bodyCount - 1; body > 0; body -= 1) {
    const b = 6 * body;
    const f0 = force[b] as number;
    const f1 = force[b + 1] as number;
    const f2 = force[b + 2] as number;
    const f3 = force[b + 3] as number;
    const f4 = force[b + 4] as number;
    const f5 = force[b + 5] as number;
    const at = columnV[columnStart[body] as number] as number;
    const k = kind[body] as number;
    if (k === bodyKind.floating) {
      for (let i = 0; i < 6; i += 1) tau[at + i] = force[b + i] as number;
    } else if (k === bodyKind.planar) {
      tau[at] = f0;
      tau[at + 1] = f1;
      tau[at + 2] = f5;
    } else {
      const effort = (multiplier[body] as number) * (k === bodyKind.revolute ? f5 : f2);
      tau[at] = hasFollowers ? (tau[at] as number) + effort : effort;
    }
    const t = 12 * body;
    const r0 = parentFromBody[t] as number;
    const r1 = parentFromBody[t + 1] as number;
    const r2 = parentFromBody[t + 2] as number;
    const r3 = parentFromBody[t + 3] as number;
    const r4 = parentFromBody[t + 4] as number;
    const r5 = parentFromBody[t + 5] as number;
    const r6 = parentFromBody[t + 6] as number;
    const r7 = parentFromBody[t + 7] as number;
    const r8 = parentFromBody[t + 8] as number;
    const p0 = parentFromBody[t + 9] as number;
    const p1 = parentFromBody[t + 10] as number;
    const p2 = parentFromBody[t + 11] as number;
    const g0 = r0 * f0 + r1 * f1 + r2 * f2;
    const g1 = r3 * f0 + r4 * f1 + r5 * f2;
    const g2 = r6 * f0 + r7 * f1 + r8 * f2;
    const p = 6 * (parent[body] as number);
    force[p] = (force[p] as number) + g0;
    force[p + 1] = (force[p + 1] as number) + g1;
    force[p + 2] = (force[p + 2] as number) + g2;
    force[p + 3] = (force[p + 3] as number) + r0 * f3 + r1 * f4 + r2 * f5 + p1 * g2 - p2 * g1;
    force[p + 4] = (force[p + 4] as number) + r3 * f3 + r4 * f4 + r5 * f5 + p2 * g0 - p0 * g2;
    force[p + 5] = (force[p + 5] as number) + r6 * f3 + r7 * f4 + r8 * f5 + p0 * g1 - p1 * g0;
  }
  if (model.base === "floating") for (let i = 0; i < 6; i += 1) tau[i] = force[i] as number;
}
