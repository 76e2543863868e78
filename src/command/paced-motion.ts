import { nearestTurn } from "../core/circle.ts";
import { createMotionSample } from "../robot/trajectory/motion-profile.ts";
import type { CommandedRobot } from "./gate-output.ts";
import { durationOfAll } from "./joint-path.ts";
import { createClockState, PathClock } from "./path-clock.ts";
import type { PlannedMotion } from "./planned-motion.ts";
import { stopDecelerationOf } from "./robot-limits.ts";
import { changeOfRate, retimed } from "./time-scaling.ts";

/** Time in which a change of speed is built up, and the longest one, s. */
const riseTime = 0.1;
const longestChange = 2;
/** Speeds and accelerations below this are rest: rad or m and per second. */
const nothing = 1e-9;

/**
 * A motion whose speed along its path is changed while it is under way. The path as planned is kept, so that a paused
 * motion goes on. Times are server ms.
 */
export class PacedMotion {
  /** s of the planned path at `since`. */
  private offset = 0;
  private readonly state = createClockState();
  private readonly duration: number;

  private constructor(
    private readonly planned: PlannedMotion,
    private clock: PathClock,
    private since: number,
  ) {
    this.duration = durationOfAll(planned.paths);
  }

  /** A motion that begins at `now` with `share` (above 0, up to 1) of its speed, or slows down to it. */
  static begin(planned: PlannedMotion, share: number, now: number, robot: CommandedRobot): PacedMotion {
    const isResting = startsAtRest(planned);
    const asPlanned = new PathClock({ rate: 1, change: 0 }, 1, 1, 1);
    if (share === 1) return new PacedMotion(planned, asPlanned, now);
    if (isResting) {
      return new PacedMotion(planned, new PathClock({ rate: share, change: 0 }, share, 1, 1), now);
    }
    const paced = new PacedMotion(planned, asPlanned, now);
    paced.change(share, now, robot);
    return paced;
  }

  /** The motion as it is to be sent. */
  motion(): PlannedMotion {
    const { planned, clock, offset } = this;
    if (offset === 0 && clock.changed === 0 && clock.target === 1) return planned;
    const offsets = planned.paths.map(() => offset);
    return { ...planned, paths: retimed(planned.paths, offsets, clock, planned.isSmooth) };
  }

  /**
   * Changes the speed to `share` of the planned one from `now` on, within the limits of acceleration; a slowing down
   * that those do not allow in time takes the deceleration of a stop. False where nothing was changed.
   */
  change(share: number, now: number, { limits }: CommandedRobot): boolean {
    const { joints, paths } = this.planned;
    const at = this.at(now);
    if (at.time >= this.duration || this.clock.target === share) return false;
    const start = { paths, offsets: paths.map(() => at.time), rate: at.rate, change: at.change };
    const normal = joints.map((joint) => limits.joints.get(joint)?.acceleration ?? 0);
    const hard = joints.map((joint) => {
      const limit = limits.joints.get(joint);
      return limit === undefined ? 0 : stopDecelerationOf(limit);
    });
    const within = { rise: riseTime, longest: longestChange };
    let clock = changeOfRate(start, share, { accelerations: normal, ...within });
    if (clock === null && share < at.rate)
      clock = changeOfRate(start, share, { accelerations: hard, ...within });
    if (clock === null) return false;
    this.offset = at.time;
    this.since = now;
    this.clock = clock;
    return true;
  }

  /** Whether nothing of it is left. */
  isOver(now: number): boolean {
    return this.at(now).time >= this.duration;
  }

  /** The share of the planned speed that it has, or changes to. */
  share(): number {
    return this.clock.target;
  }

  /** Whether it stands, or comes to stand, before its end. */
  isPaused(): boolean {
    if (this.clock.target > 0) return false;
    this.clock.sample(this.clock.changed, this.state);
    return this.offset + this.state.time < this.duration;
  }

  /** From 0 to 1. */
  progress(now: number): number {
    return Math.min(1, this.at(now).time / Math.max(this.duration, 1e-3));
  }

  /** Why a paused motion must not go on: a joint is not where it paused; null where it may. */
  objection(now: number, { limits, measured }: CommandedRobot): string | null {
    const at = this.at(now);
    const sample = createMotionSample();
    for (const [i, joint] of this.planned.joints.entries()) {
      const limit = limits.joints.get(joint);
      const found = measured.position(joint);
      if (limit === undefined || found === undefined || !measured.isFresh(joint)) {
        return `${joint} is not measured now`;
      }
      this.planned.paths[i]?.sample(at.time, sample);
      const paused = limit.isCircular ? nearestTurn(sample.position, found) : sample.position;
      if (Math.abs(found - paused) > limit.pathTolerance) {
        return `${joint} is not where the motion paused`;
      }
    }
    return null;
  }

  private at(now: number) {
    this.clock.sample(Math.max(0, (now - this.since) / 1000), this.state);
    this.state.time = Math.min(this.duration, this.offset + this.state.time);
    return this.state;
  }
}

function startsAtRest({ paths }: PlannedMotion): boolean {
  const sample = createMotionSample();
  return paths.every((path) => {
    path.sample(0, sample);
    return Math.abs(sample.velocity) < nothing && Math.abs(sample.acceleration) < nothing;
  });
}
