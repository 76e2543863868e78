import type { RobotModel } from "./model.ts";
import { jointKind } from "./model-arrays.ts";

/**
 * Below this rate (rad/s or m/s) Coulomb friction grows with the rate instead of jumping at rest, where a
 * simulation would chatter.
 */
const creep = 1e-3;

/**
 * Adds to `tau` (nv numbers) what the joints' damping and Coulomb friction, as the URDF's `<dynamics>` gives
 * them, do against the rates `v`: −d v − f v/max(|v|, creep). A follower's friction acts on its master
 * through its multiplier. Planar, floating and fixed joints have none.
 */
export function addJointFriction(model: RobotModel, v: Float64Array, tau: Float64Array): void {
  const { vIndex, kind, damping, friction, positionMultiplier } = model;
  for (let link = 1; link < kind.length; link += 1) {
    const d = damping[link] as number;
    const f = friction[link] as number;
    const at = vIndex[link] as number;
    const k = kind[link] as number;
    if ((d === 0 && f === 0) || k === jointKind.fixed || k >= jointKind.planar) continue;
    const rate = positionMultiplier[link] as number;
    const own = rate * (v[at] as number);
    const against = d * own + (f * own) / Math.max(Math.abs(own), creep);
    tau[at] = (tau[at] as number) - rate * against;
  }
}
