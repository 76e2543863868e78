import { startConfiguration } from "../robot/configuration.ts";
import { createData } from "../robot/data.ts";
import { gravityEfforts } from "../robot/dynamics/rnea.ts";
import type { RobotModel } from "../robot/model.ts";

/**
 * One sentence for each joint whose effort limit cannot hold its own weight where the simulated robot starts: many files give a
 * limit that nobody ever obeyed, and with masses such a robot sinks.
 */
export function weaknesses(model: RobotModel): string[] {
  const q = startConfiguration(model);
  const tau = new Float64Array(model.nv);
  gravityEfforts(model, createData(model), q, tau);
  return model.joints.flatMap((joint) => {
    const needed = Math.abs(tau[joint.vIndex] ?? 0);
    if (joint.nv !== 1 || !(joint.effort > 0) || needed <= joint.effort) return [];
    const unit = joint.type === "prismatic" ? "N" : "N·m";
    const limit = `its effort limit of ${joint.effort} ${unit}`;
    return [
      `joint "${joint.name}" needs ${needed.toPrecision(3)} ${unit} against gravity, more than ${limit}: it will sink`,
    ];
  });
}
