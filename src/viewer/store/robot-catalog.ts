import type { MeshTally } from "../scene/mesh-library.ts";
import type { JointInfo } from "../scene/robot-model.ts";

/** A robot as the panels know it. `model` is what its description said, once that is here. */
export type RobotEntry = {
  id: string;
  name: string;
  hash: string;
  model:
    | { phase: "loading" }
    | { phase: "failed"; problem: string }
    | { phase: "ready"; joints: readonly JointInfo[]; rootLink: string; links: readonly string[] };
  meshes: MeshTally;
};
