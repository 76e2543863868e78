import type { CommandedRobot, GateOutput } from "./gate-output.ts";
import { durationOfAll } from "./joint-path.ts";
import type { MotionWatch } from "./motion-watch.ts";
import { PacedMotion } from "./paced-motion.ts";
import { motionPoints, type PlannedMotion } from "./planned-motion.ts";
import type { PresentMotion } from "./present-motion.ts";
import { objectToHolding } from "./refusals.ts";
import type { TrajectoryGoals } from "./trajectory-goals.ts";
import type { Objection } from "./validate-motion.ts";

/** A slider sends many values: goals go out at most this often, ms. */
const leastGapMs = 100;

/**
 * How fast everything goes, as a share of the planned speed: motions under way change their speed along their path, by
 * goals that replace those under way. Braking at the end of a lease or by a stop is not slowed down.
 */
export class SpeedOverride {
  /** 0 to 100. */
  percent = 100;
  private nextAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly output: GateOutput,
    private readonly present: PresentMotion,
    private readonly goalsFor: TrajectoryGoals["make"],
    private readonly motions: MotionWatch,
  ) {}

  /** Why no motion may begin now. */
  refusal(): Objection | null {
    if (this.percent > 0) return null;
    return { code: "paused", message: "the speed override is 0 %: raise it first" };
  }

  /** A motion that begins at server ms `now`. */
  begin(motion: PlannedMotion, now: number, robot: CommandedRobot): PacedMotion {
    return PacedMotion.begin(motion, Math.max(this.percent, 1) / 100, now, robot);
  }

  /** Changes the speed of what is under way, where it is another one. */
  update(now: number, robot: CommandedRobot): void {
    if (now < this.nextAt) return;
    const share = this.percent / 100;
    for (const motion of this.motions.paced()) {
      const { pace } = motion;
      if (pace.share() === share) continue;
      const standing = pace.isPaused() ? pace.objection(now, robot) : null;
      if (standing !== null) {
        this.motions.end(motion, "not_following", standing);
        continue;
      }
      if (!pace.change(share, now, robot)) {
        // A motion that cannot come to rest on its way is not left to run on while everybody reads 0 %.
        if (share === 0 && !pace.isOver(now)) {
          const message = "it cannot pause on its way in time, and is ended instead";
          this.motions.end(motion, "paused", message);
        }
        continue;
      }
      this.nextAt = now + leastGapMs;
      this.send(motion, pace, now, robot);
    }
  }

  private send(
    motion: ReturnType<MotionWatch["paced"]>[number],
    pace: PacedMotion,
    now: number,
    robot: CommandedRobot,
  ): void {
    const changed = pace.motion();
    const goals = this.goalsFor(motionPoints(changed), robot, now);
    const objection =
      typeof goals === "string"
        ? `no trajectory controller drives ${goals} any more`
        : (objectToHolding(goals, robot.measured)?.message ?? null);
    if (objection !== null || typeof goals === "string") {
      this.motions.end(motion, "stale_state", objection ?? "");
      return;
    }
    this.motions.repace(motion, goals, now, durationOfAll(changed.paths));
    for (const goal of goals) this.output.sendTrajectory(goal);
    this.present.begin(changed.joints, changed.paths, now);
  }
}
