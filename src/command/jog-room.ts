import { MotionCollisionCheck } from "../robot/collision/motion-collision.ts";
import { PathsMotion, usualMargins } from "./collision-guard.ts";
import { collisionObjection } from "./collision-objection.ts";
import type { CommandedRobot } from "./gate-output.ts";
import type { JointPath } from "./joint-path.ts";

/**
 * Looks at pairs for one goal: about a millisecond for an arm. Each pair is looked at once at least, mostly by the balls around
 * its shapes alone.
 */
const looksAGoal = 600;
const looksAPair = 3;
/** Goal by goal a jog must not come nearer to what is nearer than its margin already, m: but for rounding. */
const deeper = 1e-8;

/**
 * Judges the short goals of a jog before they are sent: each is checked to its end at rest, as a move is. What cannot be judged in
 * time is not free.
 */
export class JogRoom {
  private found: string | null = null;

  /** Whether nothing comes too near on these paths. */
  isFree(joints: readonly string[], paths: readonly JointPath[], robot: CommandedRobot): boolean {
    const { collisions } = robot;
    if (collisions.state === "none") return true;
    if (collisions.state !== "ready") {
      this.found =
        collisions.state === "unknown" ? collisions.reason : "its collision geometry is being read";
      return false;
    }
    const motion = new PathsMotion(
      { joints: [...joints], paths: [...paths], isSmooth: true },
      robot,
      collisions.model,
    );
    const check = new MotionCollisionCheck(collisions.model, motion, {
      margin: robot.margins ?? usualMargins,
      deeper,
    });
    const verdict = check.advance(looksAGoal + looksAPair * collisions.model.pairA.length);
    if (verdict === "free") return true;
    this.found =
      verdict === null ? "its way could not be checked in time" : collisionObjection(verdict).message;
    return false;
  }

  /** What the jog is slowed down for; null: nothing. */
  obstacle(): string | null {
    return this.found;
  }

  /** The jog is as fast as commanded, or over. */
  forget(): void {
    this.found = null;
  }
}
