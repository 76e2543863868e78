import type { RobotData } from "../data.ts";
import { addJointFriction } from "../joint-friction.ts";
import type { RobotModel } from "../model.ts";
import { rnea } from "./rnea.ts";

/**
 * Writes into `tau` (nv numbers) what drives must exert for a motion, against the joints' own friction too: N·m or N. q, v and a as
 * in rnea.ts. `drag` (nv numbers) is overwritten. Allocates nothing.
 */
export function drivingEfforts(
  model: RobotModel,
  data: RobotData,
  q: Float64Array,
  v: Float64Array,
  a: Float64Array,
  tau: Float64Array,
  drag: Float64Array,
): void {
  rnea(model, data, q, v, a, tau);
  drag.fill(0);
  addJointFriction(model, v, drag);
  for (let i = 0; i < model.nv; i += 1) tau[i] = (tau[i] as number) - (drag[i] as number);
}
