import { MotionCollisionCheck } from "../robot/collision/motion-collision.ts";
import { PathsMotion, usualMargins } from "./collision-guard.ts";
import { collisionObjection } from "./collision-objection.ts";
import type { CommandedRobot } from "./gate-output.ts";
import type { JointPath } from "./joint-path.ts";

/**
 * Looks at pairs for all the speeds that one goal is tried with: about a millisecond for an arm. Each pair is looked at once at
 * least, mostly by the balls around its shapes alone.
 */
const looksAGoal = 600;
const looksAPair = 3;

/**
 * Judges the short goals of a jog before they are sent: each is checked to its end at rest, as a move is. What cannot be judged in
 * time is not free.
 */
export class JogRoom {
  private left = 0;
  private found: string | null = null;
  private isJudged = false;

  /** Another goal may be made. */
  begin(): void {
    this.left = Number.NaN;
    this.isJudged = false;
  }

  /** Whether nothing comes too near on these paths. */
  isFree(joints: readonly string[], paths: readonly JointPath[], robot: CommandedRobot): boolean {
    // The first speed that is tried is the commanded one: what is in its way is what slows the jog down.
    const isFirst = !this.isJudged;
    this.isJudged = true;
    if (isFirst) this.found = null;
    const { collisions } = robot;
    if (collisions.state === "none") return true;
    if (collisions.state !== "ready") {
      this.found =
        collisions.state === "unknown" ? collisions.reason : "its collision geometry is being read";
      return false;
    }
    const motion = new PathsMotion(
      { joints: [...joints], paths: [...paths], isSmooth: false },
      robot,
      collisions.model,
    );
    const check = new MotionCollisionCheck(collisions.model, motion, {
      margin: robot.margins ?? usualMargins,
    });
    const looks = Number.isNaN(this.left)
      ? looksAGoal + looksAPair * collisions.model.pairA.length
      : this.left;
    this.left = Math.floor(looks / 2);
    const verdict = looks > 0 ? check.advance(looks) : null;
    if (verdict === "free") return true;
    if (isFirst) {
      this.found =
        verdict === null ? "its way could not be checked in time" : collisionObjection(verdict).message;
    }
    return false;
  }

  /** What the last goal was slowed down for; null: nothing. */
  obstacle(): string | null {
    return this.found;
  }

  forget(): void {
    this.found = null;
  }
}
