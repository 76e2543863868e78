import { controllerOf } from "./controller-split.ts";
import type { CommandedRobot } from "./gate-output.ts";
import type { AxisStart } from "./joint-jog.ts";
import { driven } from "./joint-motions.ts";
import type { JointPath } from "./joint-path.ts";
import type { PlannedMotion } from "./planned-motion.ts";
import type { PresentMotion } from "./present-motion.ts";
import type { JointLimits } from "./robot-limits.ts";
import { planStop } from "./stop-braking.ts";
import type { Objection } from "./validate-motion.ts";

/** Where the joints of a jog begin, and how those that our motions move come to rest on their way. */
export type JogStarts = {
  starts: AxisStart[];
  braking: PlannedMotion;
  /** The names of their controllers. */
  controllers: ReadonlySet<string>;
};

/**
 * The starts of a jog of the joints `asked`, at server ms `now`. Joints that other motions of ours move brake on their common
 * way, since only that was checked; where they cannot, the jog is refused and the motion goes on. What moves by itself on a
 * controller that the jog takes over brakes as fast as it may. `isJogged`: whether a jog moves the joint already.
 */
export function jogStarts(
  asked: readonly string[],
  isJogged: (joint: string) => boolean,
  present: PresentMotion,
  robot: CommandedRobot,
  now: number,
): JogStarts | Objection {
  const { limits, measured, can } = robot;
  const moved = driven(present.moving(now), robot).filter((joint) => !isJogged(joint));
  const braking = planStop(moved, present, robot, now, "driving");
  if (typeof braking === "string") {
    const message = `${braking}, so the motion under way goes on: stop it, or wait for its end`;
    return { code: "not_checked", message };
  }
  const beside = driven(present.movingBeside(asked, robot, now), robot);
  const starts = [...new Set([...asked, ...beside, ...braking.joints])].map((joint) => {
    const path = braking.paths[braking.joints.indexOf(joint)] as JointPath | undefined;
    if (path !== undefined) return { joint, path, since: now };
    return { joint, ...present.pathFrom(joint, measured, limits.joints.get(joint) as JointLimits, now) };
  });
  const controllers = starts.flatMap(({ joint }) => controllerOf(joint, can.trajectory)?.name ?? []);
  return { starts, braking, controllers: new Set(controllers) };
}
