import type { Engine } from "../../engine/engine.ts";

/** rad or m, by joint. */
type Pose = Readonly<Record<string, number>>;

/**
 * Where the robot is measured now, as a pose that it can be sent to: without followers, and without joints that no
 * controller drives, as wheels; all others where no controller is known. A sentence where a joint is not measured.
 */
export function measuredPose(engine: Engine, robot: string): Pose | string {
  const twin = engine.robots.get(robot);
  const control = engine.control.get(robot)?.current();
  if (twin === undefined || control === undefined || control.limits.joints.size === 0) {
    return `"${robot}" has no joint that can be commanded: its description has not arrived, or has none`;
  }
  const controllers = control.can.trajectory;
  // One that lists no joints may drive any.
  const driven = controllers.some(({ joints }) => joints === null)
    ? []
    : controllers.flatMap(({ joints }) => joints ?? []);
  const pose: Record<string, number> = {};
  for (const [joint, { follows }] of control.limits.joints) {
    if (follows !== null || (driven.length > 0 && !driven.includes(joint))) continue;
    const position = twin.position(joint);
    if (position === undefined || !twin.isFresh(joint)) {
      return `joint "${joint}" of "${robot}" is not measured now: a pose can be saved only where the robot is seen`;
    }
    pose[joint] = position;
  }
  return pose;
}

/** Why `pose` cannot be one of the robot: a sentence that names a joint; null: it can. */
export function poseFault(engine: Engine, robot: string, pose: Pose): string | null {
  const limits = engine.control.get(robot)?.current().limits;
  if (Object.keys(pose).length === 0) return "the pose names no joint";
  // Before the description came nothing is known of the joints; the gate checks them when the pose is used.
  if (limits === undefined || limits.joints.size === 0) return null;
  for (const joint of Object.keys(pose)) {
    const limit = limits.joints.get(joint);
    if (limit === undefined) return `"${robot}" has no joint "${joint}" that can be commanded`;
    if (limit.follows !== null)
      return `"${joint}" of "${robot}" follows "${limit.follows.joint}": name that one`;
  }
  return null;
}
