import type { CommandedRobot } from "./gate-output.ts";
import type { MotionWatch } from "./motion-watch.ts";
import type { MeasuredJoints } from "./validate-motion.ts";

/** For this long a motion may be unseen, ms: whoever drives the joints may have the reason, and tells it first. */
const patienceMs = 100;

/** No motion on a blind robot: a motion whose joints are not measured any more ends. */
export class BlindWatch {
  /** The joint that a motion ended for. */
  private joint: string | null = null;
  /** Since when a motion under way is not seen. */
  private since = Number.NaN;

  /** Ends the motions of clients that nobody sees. One that has only just begun is checked before it is sent. */
  update(motions: MotionWatch, now: number, { measured, isTimeStanding = false }: CommandedRobot): void {
    // A simulation that is paused publishes nothing, and moves nothing. When it goes on it has its time to publish again.
    if (isTimeStanding) {
      this.since = Number.NaN;
      return;
    }
    let isUnseen = false;
    for (const motion of motions.paced()) {
      const lost = motion.pace.isPaused()
        ? undefined
        : motion.targets.joints.find((j) => !measured.isFresh(j));
      if (lost === undefined) continue;
      isUnseen = true;
      if (Number.isNaN(this.since)) this.since = now;
      if (now - this.since < patienceMs) continue;
      this.joint = lost;
      motions.end(motion, "stale_state", `${lost} is not measured any more: nobody sees what the robot does`);
    }
    if (!isUnseen) this.since = Number.NaN;
  }

  /** Why nothing moves: the joint that a motion ended for, until it is measured again; null: nothing is in the way. */
  blind(measured: MeasuredJoints): string | null {
    if (this.joint !== null && measured.isFresh(this.joint)) this.joint = null;
    return this.joint === null ? null : `${this.joint} is not measured`;
  }
}
