import type { RobotModel } from "./model.ts";
import { transformSize, writeIdentity } from "./rigid-transform.ts";

/**
 * The workspace of the algorithms for one model: made once, overwritten by each call, owned by the
 * caller. Reading it after a call is cheap; keeping a value means copying it.
 */
export type RobotData = {
  /**
   * 12 numbers a link (see rigid-transform.ts): where each link stands in the root frame, which is the
   * root link's own frame, or with a floating base the frame in which the base's pose is given.
   */
  readonly rootFromLink: Float64Array;
};

export function createData(model: RobotModel): RobotData {
  const rootFromLink = new Float64Array(transformSize * model.links.length);
  for (let link = 0; link < model.links.length; link += 1) writeIdentity(rootFromLink, transformSize * link);
  return { rootFromLink };
}
