import { createData } from "../robot/data.ts";
import { drivingEfforts } from "../robot/dynamics/driving-efforts.ts";
import type { RobotModel } from "../robot/model.ts";
import { createMotionSample } from "../robot/trajectory/motion-profile.ts";
import { durationOfAll } from "./joint-path.ts";
import type { PlannedMotion } from "./planned-motion.ts";

const looks = 200;

/**
 * The greatest effort that a motion asks of each joint with an effort limit, as a share of the limit (inverse dynamics with the
 * URDF's friction; the root link upright). `start`: the configuration of the joints that do not move.
 */
export function effortShares(
  model: RobotModel,
  start: Float64Array,
  { joints, paths }: Pick<PlannedMotion, "joints" | "paths">,
): Record<string, number> {
  const data = createData(model);
  const q = start.slice();
  const [v, a] = [new Float64Array(model.nv), new Float64Array(model.nv)];
  const [tau, drag] = [new Float64Array(model.nv), new Float64Array(model.nv)];
  const sample = createMotionSample();
  const limited = model.joints.filter(({ nv, effort }) => nv === 1 && effort > 0 && Number.isFinite(effort));
  const shares: Record<string, number> = {};
  const duration = durationOfAll(paths);
  for (let i = 0; i <= looks; i += 1) {
    const time = (duration * i) / looks;
    for (const [j, name] of joints.entries()) {
      const joint = model.joints[model.jointIndex.get(name) ?? -1];
      if (joint?.nq !== 1) continue;
      paths[j]?.sample(time, sample);
      q[joint.qIndex] = sample.position;
      v[joint.vIndex] = sample.velocity;
      a[joint.vIndex] = sample.acceleration;
    }
    drivingEfforts(model, data, q, v, a, tau, drag);
    for (const { name, vIndex, effort } of limited) {
      const share = Math.abs(tau[vIndex] as number) / effort;
      if (!(share <= (shares[name] ?? 0))) shares[name] = share;
    }
  }
  return shares;
}
