import type { RobotData } from "./data.ts";
import type { RobotModel } from "./model.ts";
import { jointKind } from "./model-arrays.ts";
import { requireRates } from "./require-length.ts";

/*
 * Hot file: nothing is allocated. Velocities and accelerations of link origins, outwards from the root, in
 * root axes. With r from the parent's origin to the child's and ṙ the slide of the joint itself:
 *
 *   ẋ = ẋp + ωp × r + ṙ          ω = ωp + φ̇
 *   ẍ = ẍp + ω̇p × r + ωp × (ωp × r) + 2 ωp × ṙ + r̈      ω̇ = ω̇p + ωp × φ̇ + φ̈
 */

/** What a joint itself does, in root axes: rates (slide, turn), and their rates without the parent's part. */
const slide = new Float64Array(3);
const turn = new Float64Array(3);
const slideRate = new Float64Array(3);
const turnRate = new Float64Array(3);

/** A vector in a link's axes on its way to the next function: numbers handed on one by one would be put on the heap. */
const own = new Float64Array(3);

/**
 * Fills `data.linkVelocity` for the rates `v` (nv numbers). `forwardKinematics` must have run for the same
 * configuration. Throws when `v` is too short.
 */
export function linkVelocities(model: RobotModel, data: RobotData, v: Float64Array): void {
  requireRates(model, "v", v);
  const poses = data.rootFromLink;
  const out = data.linkVelocity;
  startBase(model, data, v, out, false);
  for (let link = 1; link < model.links.length; link += 1) {
    const p = 6 * (model.parent[link] as number);
    const b = 6 * link;
    const a = 12 * (model.parent[link] as number) + 9;
    const c = 12 * link + 9;
    const r0 = (poses[c] as number) - (poses[a] as number);
    const r1 = (poses[c + 1] as number) - (poses[a + 1] as number);
    const r2 = (poses[c + 2] as number) - (poses[a + 2] as number);
    const w0 = out[p + 3] as number;
    const w1 = out[p + 4] as number;
    const w2 = out[p + 5] as number;
    jointRates(model, poses, link, v, slide, turn);
    out[b] = (out[p] as number) + w1 * r2 - w2 * r1 + (slide[0] as number);
    out[b + 1] = (out[p + 1] as number) + w2 * r0 - w0 * r2 + (slide[1] as number);
    out[b + 2] = (out[p + 2] as number) + w0 * r1 - w1 * r0 + (slide[2] as number);
    out[b + 3] = w0 + (turn[0] as number);
    out[b + 4] = w1 + (turn[1] as number);
    out[b + 5] = w2 + (turn[2] as number);
  }
}

/**
 * Fills `data.linkVelocity` and `data.linkAcceleration` for the rates `v` and accelerations `a` (nv
 * numbers each; a floating base's and joint's are spatial, in their own axes, as in `rnea`). Gravity is not in
 * them. `forwardKinematics` must have run. Throws when an array is too short.
 */
export function linkAccelerations(
  model: RobotModel,
  data: RobotData,
  v: Float64Array,
  a: Float64Array,
): void {
  requireRates(model, "a", a);
  linkVelocities(model, data, v);
  const poses = data.rootFromLink;
  const velocity = data.linkVelocity;
  const out = data.linkAcceleration;
  startBase(model, data, a, out, true);
  for (let link = 1; link < model.links.length; link += 1) {
    const p = 6 * (model.parent[link] as number);
    const b = 6 * link;
    const e = 12 * (model.parent[link] as number) + 9;
    const c = 12 * link + 9;
    const r0 = (poses[c] as number) - (poses[e] as number);
    const r1 = (poses[c + 1] as number) - (poses[e + 1] as number);
    const r2 = (poses[c + 2] as number) - (poses[e + 2] as number);
    const w0 = velocity[p + 3] as number;
    const w1 = velocity[p + 4] as number;
    const w2 = velocity[p + 5] as number;
    const d0 = out[p + 3] as number;
    const d1 = out[p + 4] as number;
    const d2 = out[p + 5] as number;
    const u0 = w1 * r2 - w2 * r1;
    const u1 = w2 * r0 - w0 * r2;
    const u2 = w0 * r1 - w1 * r0;
    jointRates(model, poses, link, v, slide, turn);
    jointRates(model, poses, link, a, slideRate, turnRate);
    addOwnTurning(model, link);
    const s0 = slide[0] as number;
    const s1 = slide[1] as number;
    const s2 = slide[2] as number;
    const t0 = turn[0] as number;
    const t1 = turn[1] as number;
    const t2 = turn[2] as number;
    out[b] =
      (out[p] as number) +
      d1 * r2 -
      d2 * r1 +
      w1 * u2 -
      w2 * u1 +
      2 * (w1 * s2 - w2 * s1) +
      (slideRate[0] as number);
    out[b + 1] =
      (out[p + 1] as number) +
      d2 * r0 -
      d0 * r2 +
      w2 * u0 -
      w0 * u2 +
      2 * (w2 * s0 - w0 * s2) +
      (slideRate[1] as number);
    out[b + 2] =
      (out[p + 2] as number) +
      d0 * r1 -
      d1 * r0 +
      w0 * u1 -
      w1 * u0 +
      2 * (w0 * s1 - w1 * s0) +
      (slideRate[2] as number);
    out[b + 3] = d0 + w1 * t2 - w2 * t1 + (turnRate[0] as number);
    out[b + 4] = d1 + w2 * t0 - w0 * t2 + (turnRate[1] as number);
    out[b + 5] = d2 + w0 * t1 - w1 * t0 + (turnRate[2] as number);
  }
}

/** The rates of planar and floating joints are given in axes that turn with them, so the slide turns: φ̇ × ṙ. */
function addOwnTurning(model: RobotModel, link: number): void {
  if ((model.kind[link] as number) < jointKind.planar) return;
  for (let k = 0; k < 3; k += 1) {
    const i = (k + 1) % 3;
    const j = (k + 2) % 3;
    slideRate[k] =
      (slideRate[k] as number) +
      (turn[i] as number) * (slide[j] as number) -
      (turn[j] as number) * (slide[i] as number);
  }
}

/** The root link: at rest with a fixed base, else v turned to root axes. */
function startBase(
  model: RobotModel,
  data: RobotData,
  v: Float64Array,
  out: Float64Array,
  accelerations: boolean,
): void {
  for (let k = 0; k < 6; k += 1) out[k] = 0;
  if (model.base === "fixed") return;
  const r = data.rootFromLink;
  for (let row = 0; row < 3; row += 1) {
    for (let k = 0; k < 3; k += 1) {
      const entry = r[3 * row + k] as number;
      out[row] = (out[row] as number) + entry * (v[k] as number);
      out[3 + row] = (out[3 + row] as number) + entry * (v[3 + k] as number);
    }
  }
  if (!accelerations) return;
  // From spatial to what an observer sees: + ω × ẋ.
  const velocity = data.linkVelocity;
  for (let k = 0; k < 3; k += 1) {
    const i = (k + 1) % 3;
    const j = (k + 2) % 3;
    out[k] =
      (out[k] as number) +
      (velocity[3 + i] as number) * (velocity[j] as number) -
      (velocity[3 + j] as number) * (velocity[i] as number);
  }
}

/** The slide and the turn of a joint for its numbers in `v`, in root axes. */
function jointRates(
  model: RobotModel,
  poses: Float64Array,
  link: number,
  v: Float64Array,
  slides: Float64Array,
  turns: Float64Array,
): void {
  for (let k = 0; k < 3; k += 1) {
    slides[k] = 0;
    turns[k] = 0;
  }
  const k = model.kind[link] as number;
  if (k === jointKind.fixed) return;
  const at = model.vIndex[link] as number;
  const { axis, planeX } = model;
  const n = 3 * link;
  if (k === jointKind.floating) {
    for (let i = 0; i < 3; i += 1) own[i] = v[at + i] as number;
    turnOwn(poses, link, slides);
    for (let i = 0; i < 3; i += 1) own[i] = v[at + 3 + i] as number;
    turnOwn(poses, link, turns);
    return;
  }
  const n0 = axis[n] as number;
  const n1 = axis[n + 1] as number;
  const n2 = axis[n + 2] as number;
  if (k === jointKind.planar) {
    const x = v[at] as number;
    const y = v[at + 1] as number;
    const yaw = v[at + 2] as number;
    const e0 = planeX[n] as number;
    const e1 = planeX[n + 1] as number;
    const e2 = planeX[n + 2] as number;
    own[0] = x * e0 + y * (n1 * e2 - n2 * e1);
    own[1] = x * e1 + y * (n2 * e0 - n0 * e2);
    own[2] = x * e2 + y * (n0 * e1 - n1 * e0);
    turnOwn(poses, link, slides);
    own[0] = yaw * n0;
    own[1] = yaw * n1;
    own[2] = yaw * n2;
    turnOwn(poses, link, turns);
    return;
  }
  const rate = (model.positionMultiplier[link] as number) * (v[at] as number);
  own[0] = rate * n0;
  own[1] = rate * n1;
  own[2] = rate * n2;
  turnOwn(poses, link, k === jointKind.prismatic ? slides : turns);
}

/** `own` of the link's axes in root axes. */
function turnOwn(poses: Float64Array, link: number, out: Float64Array): void {
  const b = 12 * link;
  for (let row = 0; row < 3; row += 1) {
    const at = b + 3 * row;
    out[row] =
      (poses[at] as number) * (own[0] as number) +
      (poses[at + 1] as number) * (own[1] as number) +
      (poses[at + 2] as number) * (own[2] as number);
  }
}
