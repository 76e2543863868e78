import type { RobotData } from "./data.ts";
import type { RobotModel } from "./model.ts";
import { jointKind } from "./model-arrays.ts";

/*
 * Hot file: nothing is allocated. The geometric Jacobian in root axes at a link's own origin: for a turn
 * about the axis z through p, seen at the point x, the column is z × (x − p) over z; for a slide, z over
 * 0 (Siciliano, Sciavicco, Villani, Oriolo, Robotics (2009), equation 3.30).
 */

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
  const x0 = poses[12 * link + 9] as number;
  const x1 = poses[12 * link + 10] as number;
  const x2 = poses[12 * link + 11] as number;
  for (let at = link; at > 0; at = parent[at] as number) {
    const k = kind[at] as number;
    if (k === jointKind.fixed) continue;
    const b = 12 * at;
    const v = vIndex[at] as number;
    if (k >= jointKind.planar) {
      if (k === jointKind.planar) addPlanar(model, poses, at, x0, x1, x2, out);
      else addFloating(poses, b, v, nv, x0, x1, x2, out);
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
      addTurn(
        out,
        v,
        nv,
        z0,
        z1,
        z2,
        x0 - (poses[b + 9] as number),
        x1 - (poses[b + 10] as number),
        x2 - (poses[b + 11] as number),
      );
    }
  }
  if (model.base === "floating") addFloating(poses, 0, 0, nv, x0, x1, x2, out);
}

/** Adds, because a follower shares its master's column. */
function addTurn(
  out: Float64Array,
  v: number,
  nv: number,
  z0: number,
  z1: number,
  z2: number,
  r0: number,
  r1: number,
  r2: number,
): void {
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
  b: number,
  v: number,
  nv: number,
  x0: number,
  x1: number,
  x2: number,
  out: Float64Array,
): void {
  const r0 = x0 - (poses[b + 9] as number);
  const r1 = x1 - (poses[b + 10] as number);
  const r2 = x2 - (poses[b + 11] as number);
  for (let i = 0; i < 3; i += 1) {
    const e0 = poses[b + i] as number;
    const e1 = poses[b + 3 + i] as number;
    const e2 = poses[b + 6 + i] as number;
    out[v + i] = e0;
    out[nv + v + i] = e1;
    out[2 * nv + v + i] = e2;
    addTurn(out, v + 3 + i, nv, e0, e1, e2, r0, r1, r2);
  }
}

/** Slides along the plane's x and y as they are turned, then the turn about its axis. */
function addPlanar(
  model: RobotModel,
  poses: Float64Array,
  link: number,
  x0: number,
  x1: number,
  x2: number,
  out: Float64Array,
): void {
  const nv = model.nv;
  const v = model.vIndex[link] as number;
  const b = 12 * link;
  const n0 = model.axis[3 * link] as number;
  const n1 = model.axis[3 * link + 1] as number;
  const n2 = model.axis[3 * link + 2] as number;
  const e0 = model.planeX[3 * link] as number;
  const e1 = model.planeX[3 * link + 1] as number;
  const e2 = model.planeX[3 * link + 2] as number;
  const y0 = n1 * e2 - n2 * e1;
  const y1 = n2 * e0 - n0 * e2;
  const y2 = n0 * e1 - n1 * e0;
  let z0 = 0;
  let z1 = 0;
  let z2 = 0;
  for (let row = 0; row < 3; row += 1) {
    const r0 = poses[b + 3 * row] as number;
    const r1 = poses[b + 3 * row + 1] as number;
    const r2 = poses[b + 3 * row + 2] as number;
    out[nv * row + v] = r0 * e0 + r1 * e1 + r2 * e2;
    out[nv * row + v + 1] = r0 * y0 + r1 * y1 + r2 * y2;
    const turned = r0 * n0 + r1 * n1 + r2 * n2;
    if (row === 0) z0 = turned;
    else if (row === 1) z1 = turned;
    else z2 = turned;
  }
  addTurn(
    out,
    v + 2,
    nv,
    z0,
    z1,
    z2,
    x0 - (poses[b + 9] as number),
    x1 - (poses[b + 10] as number),
    x2 - (poses[b + 11] as number),
  );
}
