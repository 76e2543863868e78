import type { CommandedRobot } from "./gate-output.ts";
import type { MotionWatch } from "./motion-watch.ts";
import type { MeasuredJoints } from "./validate-motion.ts";

/** No motion on a blind robot: a motion whose joints are not measured any more ends. */
export class BlindWatch {
  /** The joint that a motion ended for. */
  private joint: string | null = null;

  /** Ends the motions of clients that nobody sees. One that has only just begun is checked before it is sent. */
  update(motions: MotionWatch, { measured, robotTime = null }: CommandedRobot): void {
    // A simulation that is paused publishes nothing, and moves nothing.
    if (robotTime !== null) return;
    for (const motion of motions.paced()) {
      if (motion.pace.isPaused()) continue;
      const lost = motion.targets.joints.find((joint) => !measured.isFresh(joint));
      if (lost === undefined) continue;
      this.joint = lost;
      motions.end(motion, "stale_state", `${lost} is not measured any more: nobody sees what the robot does`);
    }
  }

  /** Why nothing moves: the joint that a motion ended for, until it is measured again; null: nothing is in the way. */
  blind(measured: MeasuredJoints): string | null {
    if (this.joint !== null && measured.isFresh(this.joint)) this.joint = null;
    return this.joint === null ? null : `${this.joint} is not measured`;
  }
}
