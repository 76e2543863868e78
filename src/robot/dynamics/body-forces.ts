import type { RobotData } from "../data.ts";
import type { RobotModel } from "../model.ts";

/*
 * Hot file: nothing is allocated.
 */

/**
 * The outward half of the recursive Newton–Euler algorithm (Featherstone 2008, table 5.1) in base axes:
 * fills `data.velocity`, `data.acceleration` and `data.force` (each 6 a body, linear first, at the
 * base's origin) for the rates `v` and, unless it is null, the accelerations `a` of the joints.
 * `placeBodies` and `placeInertias` must have run.
 *
 * The base is let fall upwards by `data.baseGravity`, which stands for weight; so `acceleration` is
 * gravity's less. `force` is what the body itself needs: I a + v ×* I v.
 */
export function bodyForces(
  model: RobotModel,
  data: RobotData,
  v: Float64Array | null,
  a: Float64Array | null,
): void {
  const { bodyCount, parent, columnStart, columnV, columnRate } = model.bodies;
  const { columns, inertia, velocity, acceleration, force } = data;
  const g = data.baseGravity;
  for (let body = 0; body < bodyCount; body += 1) {
    let v0 = 0;
    let v1 = 0;
    let v2 = 0;
    let v3 = 0;
    let v4 = 0;
    let v5 = 0;
    let a0 = -(g[0] as number);
    let a1 = -(g[1] as number);
    let a2 = -(g[2] as number);
    let a3 = 0;
    let a4 = 0;
    let a5 = 0;
    const b = 6 * body;
    if (body > 0) {
      const p = 6 * (parent[body] as number);
      v0 = velocity[p] as number;
      v1 = velocity[p + 1] as number;
      v2 = velocity[p + 2] as number;
      v3 = velocity[p + 3] as number;
      v4 = velocity[p + 4] as number;
      v5 = velocity[p + 5] as number;
      a0 = acceleration[p] as number;
      a1 = acceleration[p + 1] as number;
      a2 = acceleration[p + 2] as number;
      a3 = acceleration[p + 3] as number;
      a4 = acceleration[p + 4] as number;
      a5 = acceleration[p + 5] as number;
    }
    const end = columnStart[body + 1] as number;
    if (v !== null) {
      let j0 = 0;
      let j1 = 0;
      let j2 = 0;
      let j3 = 0;
      let j4 = 0;
      let j5 = 0;
      for (let column = columnStart[body] as number; column < end; column += 1) {
        const rate = (columnRate[column] as number) * (v[columnV[column] as number] as number);
        const s = 6 * column;
        j0 += rate * (columns[s] as number);
        j1 += rate * (columns[s + 1] as number);
        j2 += rate * (columns[s + 2] as number);
        j3 += rate * (columns[s + 3] as number);
        j4 += rate * (columns[s + 4] as number);
        j5 += rate * (columns[s + 5] as number);
      }
      // v × S q̇, with v the parent's: the joint's own part drops out.
      a0 += v4 * j2 - v5 * j1 + v1 * j5 - v2 * j4;
      a1 += v5 * j0 - v3 * j2 + v2 * j3 - v0 * j5;
      a2 += v3 * j1 - v4 * j0 + v0 * j4 - v1 * j3;
      a3 += v4 * j5 - v5 * j4;
      a4 += v5 * j3 - v3 * j5;
      a5 += v3 * j4 - v4 * j3;
      v0 += j0;
      v1 += j1;
      v2 += j2;
      v3 += j3;
      v4 += j4;
      v5 += j5;
    }
    if (a !== null) {
      for (let column = columnStart[body] as number; column < end; column += 1) {
        const rate = (columnRate[column] as number) * (a[columnV[column] as number] as number);
        const s = 6 * column;
        a0 += rate * (columns[s] as number);
        a1 += rate * (columns[s + 1] as number);
        a2 += rate * (columns[s + 2] as number);
        a3 += rate * (columns[s + 3] as number);
        a4 += rate * (columns[s + 4] as number);
        a5 += rate * (columns[s + 5] as number);
      }
    }
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
    const i = 10 * body;
    const m = inertia[i] as number;
    const h0 = inertia[i + 1] as number;
    const h1 = inertia[i + 2] as number;
    const h2 = inertia[i + 3] as number;
    const xx = inertia[i + 4] as number;
    const xy = inertia[i + 5] as number;
    const xz = inertia[i + 6] as number;
    const yy = inertia[i + 7] as number;
    const yz = inertia[i + 8] as number;
    const zz = inertia[i + 9] as number;
    let f0 = m * a0 + a4 * h2 - a5 * h1;
    let f1 = m * a1 + a5 * h0 - a3 * h2;
    let f2 = m * a2 + a3 * h1 - a4 * h0;
    let f3 = h1 * a2 - h2 * a1 + xx * a3 + xy * a4 + xz * a5;
    let f4 = h2 * a0 - h0 * a2 + xy * a3 + yy * a4 + yz * a5;
    let f5 = h0 * a1 - h1 * a0 + xz * a3 + yz * a4 + zz * a5;
    if (v !== null) {
      const p0 = m * v0 + v4 * h2 - v5 * h1;
      const p1 = m * v1 + v5 * h0 - v3 * h2;
      const p2 = m * v2 + v3 * h1 - v4 * h0;
      const l0 = h1 * v2 - h2 * v1 + xx * v3 + xy * v4 + xz * v5;
      const l1 = h2 * v0 - h0 * v2 + xy * v3 + yy * v4 + yz * v5;
      const l2 = h0 * v1 - h1 * v0 + xz * v3 + yz * v4 + zz * v5;
      f0 += v4 * p2 - v5 * p1;
      f1 += v5 * p0 - v3 * p2;
      f2 += v3 * p1 - v4 * p0;
      f3 += v4 * l2 - v5 * l1 + v1 * p2 - v2 * p1;
      f4 += v5 * l0 - v3 * l2 + v2 * p0 - v0 * p2;
      f5 += v3 * l1 - v4 * l0 + v0 * p1 - v1 * p0;
    }
    force[b] = f0;
    force[b + 1] = f1;
    force[b + 2] = f2;
    force[b + 3] = f3;
    force[b + 4] = f4;
    force[b + 5] = f5;
  }
}
