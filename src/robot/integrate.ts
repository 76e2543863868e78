import type { RobotModel } from "./model.ts";
import { sineCosine, turn } from "./sine-cosine.ts";

/*
 * Hot file: nothing is allocated. Configurations form a manifold: single positions add, a planar joint moves on
 * SE(2), a floating one on SE(3), along the screw of a constant velocity in its own axes. Exponentials and
 * logarithms: Solà, Deray, Atchuthan, A micro Lie theory for state estimation in robotics (2018),
 * appendices C and D.
 */

/**
 * Writes into `out` (nq numbers, may be `q`) where the robot is after `time` seconds at the constant
 * rates `v` (nv numbers): q ⊕ v·time. Quaternions come out with length 1.
 */
export function integrate(
  model: RobotModel,
  q: Float64Array,
  v: Float64Array,
  time: number,
  out: Float64Array,
): void {
  if (model.base === "floating") moveFloating(q, 0, v, 0, time, out);
  const { joints } = model;
  for (let i = 0; i < joints.length; i += 1) {
    const joint = joints[i] as (typeof joints)[number];
    const at = joint.qIndex;
    const rate = joint.vIndex;
    if (joint.nv === 1) out[at] = (q[at] as number) + (v[rate] as number) * time;
    else if (joint.nv === 3) movePlanar(q, at, v, rate, time, out);
    else if (joint.nv === 6) moveFloating(q, at, v, rate, time, out);
  }
}

/**
 * Writes into `out` (nv numbers) the constant rates that lead from `from` to `to` in one second, by the
 * shorter turn: `to` ⊖ `from`. Continuous joints count their turns, so theirs is the plain difference.
 */
export function difference(model: RobotModel, from: Float64Array, to: Float64Array, out: Float64Array): void {
  if (model.base === "floating") floatingDifference(from, to, 0, out, 0);
  const { joints } = model;
  for (let i = 0; i < joints.length; i += 1) {
    const joint = joints[i] as (typeof joints)[number];
    const at = joint.qIndex;
    if (joint.nv === 1) out[joint.vIndex] = (to[at] as number) - (from[at] as number);
    else if (joint.nv === 3) planarDifference(from, to, at, out, joint.vIndex);
    else if (joint.nv === 6) floatingDifference(from, to, at, out, joint.vIndex);
  }
}

/** sin(x)/x. */
function sinc(x: number): number {
  if (Math.abs(x) < 1e-4) return 1 - (x * x) / 6;
  turn[0] = x;
  sineCosine();
  return (turn[1] as number) / x;
}

/** (1 − cos x)/x², without the loss of digits near 0. */
function versine(x: number): number {
  const half = sinc(x / 2);
  return (half * half) / 2;
}

function movePlanar(
  q: Float64Array,
  at: number,
  v: Float64Array,
  rate: number,
  time: number,
  out: Float64Array,
): void {
  const yaw = q[at + 2] as number;
  const x = (v[rate] as number) * time;
  const y = (v[rate + 1] as number) * time;
  const turned = (v[rate + 2] as number) * time;
  const a = sinc(turned);
  const b = turned * versine(turned);
  turn[0] = yaw;
  sineCosine();
  const c = turn[2] as number;
  const s = turn[1] as number;
  const along = a * x - b * y;
  const across = b * x + a * y;
  out[at] = (q[at] as number) + c * along - s * across;
  out[at + 1] = (q[at + 1] as number) + s * along + c * across;
  out[at + 2] = yaw + turned;
}

function planarDifference(
  from: Float64Array,
  to: Float64Array,
  at: number,
  out: Float64Array,
  rate: number,
): void {
  const yaw = from[at + 2] as number;
  const turned = (to[at + 2] as number) - yaw;
  const dx = (to[at] as number) - (from[at] as number);
  const dy = (to[at + 1] as number) - (from[at + 1] as number);
  turn[0] = yaw;
  sineCosine();
  const c = turn[2] as number;
  const s = turn[1] as number;
  const along = c * dx + s * dy;
  const across = c * dy - s * dx;
  // The inverse of [a −b; b a].
  const a = sinc(turned);
  const b = turned * versine(turned);
  const square = a * a + b * b;
  out[rate] = (a * along + b * across) / square;
  out[rate + 1] = (a * across - b * along) / square;
  out[rate + 2] = turned;
}

function moveFloating(
  q: Float64Array,
  at: number,
  v: Float64Array,
  rate: number,
  time: number,
  out: Float64Array,
): void {
  const x = (v[rate] as number) * time;
  const y = (v[rate + 1] as number) * time;
  const z = (v[rate + 2] as number) * time;
  const a = (v[rate + 3] as number) * time;
  const b = (v[rate + 4] as number) * time;
  const c = (v[rate + 5] as number) * time;
  const angle = Math.sqrt(a * a + b * b + c * c);
  // p = x + k1 w × x + k2 w × (w × x): the exponential's left Jacobian.
  const k1 = versine(angle);
  const k2 =
    angle < 0.05 ? 1 / 6 - (angle * angle) / 120 + angle ** 4 / 5040 : (1 - sinc(angle)) / (angle * angle);
  const t0 = b * z - c * y;
  const t1 = c * x - a * z;
  const t2 = a * y - b * x;
  const p0 = x + k1 * t0 + k2 * (b * t2 - c * t1);
  const p1 = y + k1 * t1 + k2 * (c * t0 - a * t2);
  const p2 = z + k1 * t2 + k2 * (a * t1 - b * t0);
  const qx = q[at + 3] as number;
  const qy = q[at + 4] as number;
  const qz = q[at + 5] as number;
  const qw = q[at + 6] as number;
  const s = 2 / (qx * qx + qy * qy + qz * qz + qw * qw);
  const u0 = qy * p2 - qz * p1;
  const u1 = qz * p0 - qx * p2;
  const u2 = qx * p1 - qy * p0;
  out[at] = (q[at] as number) + p0 + s * (qw * u0 + qy * u2 - qz * u1);
  out[at + 1] = (q[at + 1] as number) + p1 + s * (qw * u1 + qz * u0 - qx * u2);
  out[at + 2] = (q[at + 2] as number) + p2 + s * (qw * u2 + qx * u1 - qy * u0);
  const half = sinc(angle / 2) / 2;
  const dx = half * a;
  const dy = half * b;
  const dz = half * c;
  turn[0] = angle / 2;
  sineCosine();
  const dw = turn[2] as number;
  const nx = qw * dx + qx * dw + qy * dz - qz * dy;
  const ny = qw * dy - qx * dz + qy * dw + qz * dx;
  const nz = qw * dz + qx * dy - qy * dx + qz * dw;
  const nw = qw * dw - qx * dx - qy * dy - qz * dz;
  const length = Math.sqrt(nx * nx + ny * ny + nz * nz + nw * nw);
  out[at + 3] = nx / length;
  out[at + 4] = ny / length;
  out[at + 5] = nz / length;
  out[at + 6] = nw / length;
}

function floatingDifference(
  from: Float64Array,
  to: Float64Array,
  at: number,
  out: Float64Array,
  rate: number,
): void {
  const qx = from[at + 3] as number;
  const qy = from[at + 4] as number;
  const qz = from[at + 5] as number;
  const qw = from[at + 6] as number;
  const rx = to[at + 3] as number;
  const ry = to[at + 4] as number;
  const rz = to[at + 5] as number;
  const rw = to[at + 6] as number;
  // d = q⁻¹ r, the turn in the axes of `from`; lengths drop out of atan2.
  let dx = qw * rx - qx * rw - qy * rz + qz * ry;
  let dy = qw * ry + qx * rz - qy * rw - qz * rx;
  let dz = qw * rz - qx * ry + qy * rx - qz * rw;
  let dw = qw * rw + qx * rx + qy * ry + qz * rz;
  if (dw < 0) {
    dx = -dx;
    dy = -dy;
    dz = -dz;
    dw = -dw;
  }
  const sine = Math.sqrt(dx * dx + dy * dy + dz * dz);
  const half = Math.atan2(sine, dw);
  const scale = sine > 0 ? (2 * half) / sine : 2 / dw;
  const a = scale * dx;
  const b = scale * dy;
  const c = scale * dz;
  const p0 = (to[at] as number) - (from[at] as number);
  const p1 = (to[at + 1] as number) - (from[at + 1] as number);
  const p2 = (to[at + 2] as number) - (from[at + 2] as number);
  // The shift in the axes of `from`: turned by q⁻¹.
  const s = 2 / (qx * qx + qy * qy + qz * qz + qw * qw);
  const u0 = -(qy * p2 - qz * p1);
  const u1 = -(qz * p0 - qx * p2);
  const u2 = -(qx * p1 - qy * p0);
  const x = p0 + s * (qw * u0 - (qy * u2 - qz * u1));
  const y = p1 + s * (qw * u1 - (qz * u0 - qx * u2));
  const z = p2 + s * (qw * u2 - (qx * u1 - qy * u0));
  // The left Jacobian's inverse: x − w × x / 2 + k w × (w × x).
  const angle = 2 * half;
  const k =
    angle < 0.02
      ? 1 / 12 + (angle * angle) / 720
      : (1 - sinc(angle) / (2 * versine(angle))) / (angle * angle);
  const t0 = b * z - c * y;
  const t1 = c * x - a * z;
  const t2 = a * y - b * x;
  out[rate] = x - t0 / 2 + k * (b * t2 - c * t1);
  out[rate + 1] = y - t1 / 2 + k * (c * t0 - a * t2);
  out[rate + 2] = z - t2 / 2 + k * (a * t1 - b * t0);
  out[rate + 3] = a;
  out[rate + 4] = b;
  out[rate + 5] = c;
}
