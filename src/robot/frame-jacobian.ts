import type { RobotData } from "./data.ts";
import type { RobotModel } from "./model.ts";
import { jointKind } from "./model-arrays.ts";

/*
 * Hot file: nothing is allocated. The geometric Jacobian in root axes at a link's own origin: for a turn
 * about the axis z through p, seen at the point x, the column is z × (x − p) over z; for a slide, z over
 * 0 (Siciliano, Sciavicco, Villani, Oriolo, Robotics (2009), equation 3.30).
 */

/** An axis on its way from one function to the next: numbers handed on one by one would be put on the heap. */
const axisNow = new Float64Array(3);

/**
 * Writes the Jacobian of `link` into `out`: 6 rows of nv numbers, linear (m per rad or m) then angular,
 * for the velocity of the link's origin in root axes. A floating base's six columns come first and stand for
 * velocities in the base's axes. `forwardKinematics` must have run. Throws for an index that is no link's or
 * when `out` is too short.
 */
export function frameJacobian(model: RobotModel, data: RobotData, link: number, out: Float64Array): void {
  const nv = model.nv;
  if (!(link >= 0 && link < model.links.length)) throw new Error(`there is no link ${link}`);
  if (out.length < 6 * nv) throw new Error(`out has ${out.length} numbers; ${model.name} needs ${6 * nv}`);
  const { parent, kind, vIndex, positionMultiplier, axis } = model;
  const poses = data.rootFromLink;
  for (let i = 0; i < 6 * nv; i += 1) out[i] = 0;
  for (let at = link; at > 0; at = parent[at] as number) {
    const k = kind[at] as number;
    if (k === jointKind.fixed) continue;
    const b = 12 * at;
    const v = vIndex[at] as number;
    if (k >= jointKind.planar) {
      if (k === jointKind.planar) addPlanar(model, poses, link, at, out);
      else addFloating(poses, link, at, v, nv, out);
      continue;
    }
    const n0 = axis[3 * at] as number;
    const n1 = axis[3 * at + 1] as number;
    const n2 = axis[3 * at + 2] as number;
    const rate = positionMultiplier[at] as number;
    // The axis is the same in the joint frame and in the link that turns about it.
    const z0 =
      rate * ((poses[b] as number) * n0 + (poses[b + 1] as number) * n1 + (poses[b + 2] as number) * n2);
    const z1 =
      rate * ((poses[b + 3] as number) * n0 + (poses[b + 4] as number) * n1 + (poses[b + 5] as number) * n2);
    const z2 =
      rate * ((poses[b + 6] as number) * n0 + (poses[b + 7] as number) * n1 + (poses[b + 8] as number) * n2);
    if (k === jointKind.prismatic) {
      out[v] = (out[v] as number) + z0;
      out[nv + v] = (out[nv + v] as number) + z1;
      out[2 * nv + v] = (out[2 * nv + v] as number) + z2;
    } else {
      axisNow[0] = z0;
      axisNow[1] = z1;
      axisNow[2] = z2;
      addTurn(poses, link, at, v, nv, out);
    }
  }
  if (model.base === "floating") addFloating(poses, link, 0, 0, nv, out);
}

/** Column v for a turn about `axisNow` at link `at`, seen at link `link`. Adds: a follower shares its master's column. */
function addTurn(
  poses: Float64Array,
  link: number,
  at: number,
  v: number,
  nv: number,
  out: Float64Array,
): void {
  const z0 = axisNow[0] as number;
  const z1 = axisNow[1] as number;
  const z2 = axisNow[2] as number;
  const r0 = (poses[12 * link + 9] as number) - (poses[12 * at + 9] as number);
  const r1 = (poses[12 * link + 10] as number) - (poses[12 * at + 10] as number);
  const r2 = (poses[12 * link + 11] as number) - (poses[12 * at + 11] as number);
  out[v] = (out[v] as number) + z1 * r2 - z2 * r1;
  out[nv + v] = (out[nv + v] as number) + z2 * r0 - z0 * r2;
  out[2 * nv + v] = (out[2 * nv + v] as number) + z0 * r1 - z1 * r0;
  out[3 * nv + v] = (out[3 * nv + v] as number) + z0;
  out[4 * nv + v] = (out[4 * nv + v] as number) + z1;
  out[5 * nv + v] = (out[5 * nv + v] as number) + z2;
}

/** Slides along and turns about the moved frame's own axes. */
function addFloating(
  poses: Float64Array,
  link: number,
  at: number,
  v: number,
  nv: number,
  out: Float64Array,
): void {
  for (let i = 0; i < 3; i += 1) {
    for (let row = 0; row < 3; row += 1) {
      const entry = poses[12 * at + 3 * row + i] as number;
      axisNow[row] = entry;
      out[nv * row + v + i] = entry;
    }
    addTurn(poses, link, at, v + 3 + i, nv, out);
  }
}

/** Slides along the plane's x and y as they are turned, then the turn about its axis. */
function addPlanar(
  model: RobotModel,
  poses: Float64Array,
  link: number,
  at: number,
  out: Float64Array,
): void {
  const nv = model.nv;
  const v = model.vIndex[at] as number;
  const b = 12 * at;
  const n0 = model.axis[3 * at] as number;
  const n1 = model.axis[3 * at + 1] as number;
  const n2 = model.axis[3 * at + 2] as number;
  const e0 = model.planeX[3 * at] as number;
  const e1 = model.planeX[3 * at + 1] as number;
  const e2 = model.planeX[3 * at + 2] as number;
  for (let row = 0; row < 3; row += 1) {
    const r0 = poses[b + 3 * row] as number;
    const r1 = poses[b + 3 * row + 1] as number;
    const r2 = poses[b + 3 * row + 2] as number;
    out[nv * row + v] = r0 * e0 + r1 * e1 + r2 * e2;
    out[nv * row + v + 1] = r0 * (n1 * e2 - n2 * e1) + r1 * (n2 * e0 - n0 * e2) + r2 * (n0 * e1 - n1 * e0);
    axisNow[row] = r0 * n0 + r1 * n1 + r2 * n2;
  }
  addTurn(poses, link, at, v + 2, nv, out);
}
