import type { Motion } from "../store/motion.ts";
import type { JointInfo } from "../store/robot-catalog.ts";

/** The measured effort of a joint as a share of its limit; null where one of them is not known. */
export function loadOf(motion: Motion, robot: string, { name, maxEffort }: JointInfo): number | null {
  const column = motion.facet(robot, "reported")?.joints.get(name)?.effort ?? -1;
  const effort = motion.newest(column);
  return effort === null || maxEffort === 0 || !Number.isFinite(effort) ? null : Math.abs(effort) / maxEffort;
}
