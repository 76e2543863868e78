import type { RobotData } from "../data.ts";
import type { RobotModel } from "../model.ts";
import { centerOfMass, totalMass } from "./center-of-mass.ts";

const center = new Float64Array(3);

/** J: −m g·c, zero with the centre of mass at the root frame's origin. Links that do not move count. */
export function potentialEnergy(model: RobotModel, data: RobotData, q: Float64Array): number {
  if (!centerOfMass(model, data, q, center)) return 0;
  const g = model.gravity;
  const drop = g[0] * (center[0] as number) + g[1] * (center[1] as number) + g[2] * (center[2] as number);
  return -totalMass(model) * drop;
}
