import { CollisionGuard } from "./collision-guard.ts";
import type { CommandRef } from "./gate-output.ts";
import type { JointMotionCommand } from "./motion-command.ts";
import type { PlannedMotion } from "./planned-motion.ts";

/** How often a motion of a moving robot is planned because its check took longer than there was time. */
export const mostTries = 6;
/** How late a motion may be sent and still begin at the time it was planned for, ms: less than two cycles. */
export const latestMs = 15;

/** A motion that is looked at for self-collision before it is sent. */
export type WaitingMotion = {
  ref: CommandRef;
  command: JointMotionCommand;
  guard: CollisionGuard;
  tries: number;
  /** Server ms at which the motion is to begin. */
  from: number;
};

export function toCheck(
  ref: CommandRef,
  command: JointMotionCommand,
  motion: PlannedMotion,
  now: number,
  from = now,
  tries = 1,
): WaitingMotion {
  return { ref, command, guard: new CollisionGuard(motion, now), tries, from };
}

/**
 * When a motion is to begin whose last check came too late, server ms: once a check that takes half as long again is
 * done. The motion under way tells where the robot will be then.
 */
export function nextBegin({ guard }: WaitingMotion, now: number): number {
  return now + 1.5 * (now - guard.began) + 20;
}
