import { bodyKind } from "../bodies.ts";
import type { RobotModel } from "../model.ts";
import { moveFloating, movePlanar } from "./place-bodies.ts";

/*
 * Hot file: nothing is allocated. Joints of more than one column, planar and floating, in body axes.
 */

/** The joint's own velocity (6, linear first), then its rate (6), as the last `addWideJoint` found them. */
export const wideMotion = new Float64Array(12);

/** Writes where `body` is in its parent for q, 12 numbers at 12 · body. */
export function placeWideJoint(model: RobotModel, body: number, q: Float64Array, out: Float64Array): void {
  const at = 12 * body;
  for (let k = at; k < at + 12; k += 1) out[k] = model.bodies.jointPlacement[k] as number;
  const from = model.bodies.qIndex[body] as number;
  if (model.bodies.kind[body] === bodyKind.planar) movePlanar(q, from, out, at);
  else moveFloating(q, from, out, at);
}

/** Fills `wideMotion` from the joint's numbers in v and a: they are in the body's own axes already. */
export function addWideJoint(model: RobotModel, body: number, v: Float64Array, a: Float64Array): void {
  const first = model.bodies.columnStart[body] as number;
  const at = model.bodies.columnV[first] as number;
  const planar = model.bodies.kind[body] === bodyKind.planar;
  for (let k = 0; k < 6; k += 1) {
    // Planar: x, y, and the turn about z.
    const from = planar ? (k === 5 ? 2 : k < 2 ? k : -1) : k;
    wideMotion[k] = from < 0 ? 0 : (v[at + from] as number);
    wideMotion[6 + k] = from < 0 ? 0 : (a[at + from] as number);
  }
}
