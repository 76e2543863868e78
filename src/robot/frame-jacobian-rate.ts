import type { RobotData } from "./data.ts";
import type { RobotModel } from "./model.ts";
import { jointKind } from "./model-arrays.ts";

/*
 * Hot file: nothing is allocated. The derivative of frame-jacobian.ts's columns: with ż = ω × z, ω of the
 * link that the joint carries, a turn's column changes by ż × r + z × ṙ over ż, a slide's by ż over 0.
 */

const direction = new Float64Array(3);
/** A vector in a link's axes on its way to `turnDirection`: numbers handed on one by one would be put on the heap. */
const own = new Float64Array(3);

/**
 * Writes dJ/dt of `link` into `out` (6 rows of nv numbers, as `frameJacobian` has them, per second), so
 * that the acceleration of the link's origin is J a + dJ/dt v, with a floating base's a as the derivative of v.
 * `forwardKinematics` and `linkVelocities` must have run. Throws as `frameJacobian` does.
 */
export function frameJacobianRate(model: RobotModel, data: RobotData, link: number, out: Float64Array): void {
  const nv = model.nv;
  if (!(link >= 0 && link < model.links.length)) throw new Error(`there is no link ${link}`);
  if (out.length < 6 * nv) throw new Error(`out has ${out.length} numbers; ${model.name} needs ${6 * nv}`);
  for (let i = 0; i < 6 * nv; i += 1) out[i] = 0;
  for (let at = link; at > 0; at = model.parent[at] as number) {
    const k = model.kind[at] as number;
    const v = model.vIndex[at] as number;
    const n = 3 * at;
    if (k === jointKind.fixed) continue;
    if (k === jointKind.floating) {
      addFloating(data, nv, link, at, v, out);
      continue;
    }
    const n0 = model.axis[n] as number;
    const n1 = model.axis[n + 1] as number;
    const n2 = model.axis[n + 2] as number;
    const rate = model.positionMultiplier[at] as number;
    if (k === jointKind.planar) {
      const e0 = model.planeX[n] as number;
      const e1 = model.planeX[n + 1] as number;
      const e2 = model.planeX[n + 2] as number;
      own[0] = e0;
      own[1] = e1;
      own[2] = e2;
      turnDirection(data.rootFromLink, at);
      addSlide(data, nv, at, v, out);
      own[0] = n1 * e2 - n2 * e1;
      own[1] = n2 * e0 - n0 * e2;
      own[2] = n0 * e1 - n1 * e0;
      turnDirection(data.rootFromLink, at);
      addSlide(data, nv, at, v + 1, out);
      own[0] = n0;
      own[1] = n1;
      own[2] = n2;
      turnDirection(data.rootFromLink, at);
      addTurn(data, nv, link, at, v + 2, out);
      continue;
    }
    own[0] = rate * n0;
    own[1] = rate * n1;
    own[2] = rate * n2;
    turnDirection(data.rootFromLink, at);
    if (k === jointKind.prismatic) addSlide(data, nv, at, v, out);
    else addTurn(data, nv, link, at, v, out);
  }
  if (model.base === "floating") addFloating(data, nv, link, 0, 0, out);
}

function addFloating(
  data: RobotData,
  nv: number,
  link: number,
  at: number,
  v: number,
  out: Float64Array,
): void {
  for (let i = 0; i < 3; i += 1) {
    for (let k = 0; k < 3; k += 1) own[k] = i === k ? 1 : 0;
    turnDirection(data.rootFromLink, at);
    addSlide(data, nv, at, v + i, out);
    addTurn(data, nv, link, at, v + 3 + i, out);
  }
}

/** `direction` = `own`, of a link's axes, in root axes. */
function turnDirection(poses: Float64Array, link: number): void {
  const b = 12 * link;
  for (let row = 0; row < 3; row += 1) {
    const at = b + 3 * row;
    direction[row] =
      (poses[at] as number) * (own[0] as number) +
      (poses[at + 1] as number) * (own[1] as number) +
      (poses[at + 2] as number) * (own[2] as number);
  }
}

function addSlide(data: RobotData, nv: number, at: number, v: number, out: Float64Array): void {
  const w = 6 * at + 3;
  for (let row = 0; row < 3; row += 1) {
    const i = (row + 1) % 3;
    const j = (row + 2) % 3;
    const changed =
      (data.linkVelocity[w + i] as number) * (direction[j] as number) -
      (data.linkVelocity[w + j] as number) * (direction[i] as number);
    out[nv * row + v] = (out[nv * row + v] as number) + changed;
  }
}

function addTurn(data: RobotData, nv: number, link: number, at: number, v: number, out: Float64Array): void {
  const { linkVelocity, rootFromLink } = data;
  const w = 6 * at;
  const z0 = direction[0] as number;
  const z1 = direction[1] as number;
  const z2 = direction[2] as number;
  const w0 = linkVelocity[w + 3] as number;
  const w1 = linkVelocity[w + 4] as number;
  const w2 = linkVelocity[w + 5] as number;
  const d0 = w1 * z2 - w2 * z1;
  const d1 = w2 * z0 - w0 * z2;
  const d2 = w0 * z1 - w1 * z0;
  const r0 = (rootFromLink[12 * link + 9] as number) - (rootFromLink[12 * at + 9] as number);
  const r1 = (rootFromLink[12 * link + 10] as number) - (rootFromLink[12 * at + 10] as number);
  const r2 = (rootFromLink[12 * link + 11] as number) - (rootFromLink[12 * at + 11] as number);
  const s0 = (linkVelocity[6 * link] as number) - (linkVelocity[w] as number);
  const s1 = (linkVelocity[6 * link + 1] as number) - (linkVelocity[w + 1] as number);
  const s2 = (linkVelocity[6 * link + 2] as number) - (linkVelocity[w + 2] as number);
  out[v] = (out[v] as number) + d1 * r2 - d2 * r1 + z1 * s2 - z2 * s1;
  out[nv + v] = (out[nv + v] as number) + d2 * r0 - d0 * r2 + z2 * s0 - z0 * s2;
  out[2 * nv + v] = (out[2 * nv + v] as number) + d0 * r1 - d1 * r0 + z0 * s1 - z1 * s0;
  out[3 * nv + v] = (out[3 * nv + v] as number) + d0;
  out[4 * nv + v] = (out[4 * nv + v] as number) + d1;
  out[5 * nv + v] = (out[5 * nv + v] as number) + d2;
}
