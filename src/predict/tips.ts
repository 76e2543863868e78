import type { RobotModel } from "../robot/model.ts";

/** The links without children, by their index in the model. */
export function tipsOf(model: RobotModel): number[] {
  const parents = new Set(model.joints.map((joint) => joint.parentLink));
  return [...model.links.keys()].filter((index) => !parents.has(model.links[index] as string));
}
