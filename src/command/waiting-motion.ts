import { CollisionGuard } from "./collision-guard.ts";
import type { CommandRef } from "./gate-output.ts";
import type { JointMotionCommand } from "./motion-command.ts";
import type { PlannedMotion } from "./planned-motion.ts";

/** How often at most a motion of a moving robot is planned, when its checks take longer than the available time. */
export const mostTries = 6;
/** How late a motion may be sent and still begin at its planned time, ms: less than two cycles. */
export const latestMs = 15;

/** A motion that is being checked for self-collision before it is sent. */
export type WaitingMotion = {
  ref: CommandRef;
  command: JointMotionCommand;
  guard: CollisionGuard;
  tries: number;
  /** Server ms at which the motion should begin. */
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
 * The new start, server ms, of a motion whose last check finished too late: late enough for a check that takes half as
 * long again. The motion under way predicts the robot's state then.
 */
export function nextBegin({ guard }: WaitingMotion, now: number): number {
  return now + 1.5 * (now - guard.began) + 20;
}
