import { createModel, type ModelBase, type RobotModel } from "../../../src/robot/model.ts";
import { parseUrdf } from "../../../src/robot/reading/urdf.ts";

/** The model of a URDF that must be right; the test fails with the findings when it is not. */
export function modelOf(urdf: string, base: ModelBase = "fixed"): RobotModel {
  const { description, findings } = parseUrdf(urdf);
  if (description === null) throw new Error(JSON.stringify(findings, null, 1));
  return createModel(description, base);
}
