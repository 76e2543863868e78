import type { GoalPath } from "./goal-path.ts";

/** After a pause of this program, a position group is not sent further ahead than this, s: it would jump there. */
const longestStep = 0.02;
/** What a position group is off a new path at its begin is taken back in this time, s … */
const blendTime = 0.25;
/** … where it is no more than the way of this time, s, and this, rad or m; else the motion does not begin. */
const mostBlend = { time: 0.05, least: 0.005 };
/** How fast a velocity group takes back what it is off its path, 1/s, … */
const correction = 3;
/** … with this share of the goal's greatest speed at most, and with this much at least, rad/s or m/s. */
const correctionShare = 0.25;
const leastCorrection = 0.05;

/** How far joint `j` may be off a path at its begin, rad or m. */
export function mostOffset(path: GoalPath, j: number): number {
  return Math.max(mostBlend.least + mostBlend.time * path.peak(j), path.goal.goalTolerance[j] ?? 0);
}

/** The stream of one goal to a group: where on its path it is, and what is sent there. Joints by their place in the goal. */
export class GroupStream {
  /** Server ms of the last step. */
  steppedAt: number;

  /** `t`: s along the path at server ms `now`. `offsets`: what each joint's last command was off its place there, rad or m. */
  constructor(
    readonly path: GoalPath,
    public t: number,
    now: number,
    private readonly offsets: readonly number[],
  ) {
    this.steppedAt = now;
    this.from = t;
  }

  private readonly from: number;

  /** Goes on to server ms `now`. A position group stood in a pause of this program; a velocity group went on. */
  step(now: number, isPosition: boolean): void {
    const passed = (now - this.steppedAt) / 1000;
    this.steppedAt = now;
    this.t += isPosition ? Math.min(passed, longestStep) : passed;
  }

  /** Where joint `j` is sent. One that rests stays where it was sent: held anew where it is measured, it would sink. */
  position(j: number): number {
    const { path, t, from, offsets } = this;
    const left = path.peak(j) === 0 ? 1 : Math.max(0, 1 - (t - from) / blendTime);
    return path.position(j, t) + left * (offsets[j] ?? 0);
  }

  /** How fast joint `j`, measured at `place`, is sent: its path's velocity, and what takes it back to the path. */
  velocity(j: number, place: number): number {
    const { path, t } = this;
    const isOver = t >= path.duration;
    const off = isOver ? path.rest(j, place) : path.offset(j, t, place);
    const most = Math.max(leastCorrection, correctionShare * path.peak(j));
    return (isOver ? 0 : path.velocity(j, t)) + Math.min(most, Math.max(-most, correction * off));
  }
}
