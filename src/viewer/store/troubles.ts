import { ownValue } from "../../core/own-value.ts";
import { formatAge } from "./format.ts";
import type { Motion } from "./motion.ts";
import type { RobotEntry } from "./robot-catalog.ts";
import type { Things } from "./twin-store.ts";

/**
 * What of a robot is not known now, one sentence a source: "no /joint_states for 1.2 s". Empty when all
 * that was ever known is fresh.
 */
export function staleSentences(robot: RobotEntry, motion: Motion, things: Things, timeMs: number): string[] {
  const facet = motion.facet(robot.id, "reported");
  if (!facet) return [];
  const columns = new Map<string, number>();
  if (facet.basePose >= 0) columns.set("base/pose", facet.basePose);
  for (const [name, joint] of facet.joints)
    if (joint.position >= 0) columns.set(`joint/${name}/position`, joint.position);
  const bySource = new Map<string, { ageMs: number; parts: number }>();
  for (const [path, column] of columns) {
    if (motion.freshness(column, timeMs) !== "stale") continue;
    const source = sourceName(things, robot.id, path);
    const ageMs = motion.ageMs(column, timeMs);
    const worst = bySource.get(source);
    bySource.set(source, { ageMs: Math.max(ageMs, worst?.ageMs ?? 0), parts: (worst?.parts ?? 0) + 1 });
  }
  return [...bySource].map(([source, { ageMs }]) => `no ${source} for ${formatAge(ageMs)}`);
}

/** Whether the robot could move, but none of its joints was measured yet: its pose is not known. */
export function isUnmeasured(robot: RobotEntry, motion: Motion): boolean {
  if (robot.model.phase !== "ready" || robot.model.joints.length === 0) return false;
  const joints = motion.facet(robot.id, "reported")?.joints;
  return joints === undefined || [...joints.values()].every((joint) => joint.position < 0);
}

/** `ros:/joint_states` → `/joint_states`; a value nobody ever sent is called by its own name. */
function sourceName(things: Things, robot: string, path: string): string {
  const source = ownValue(things, robot)?.properties[path]?.reported?.source;
  return source === undefined ? path : source.slice(source.indexOf(":") + 1);
}
