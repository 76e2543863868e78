import type { TrajectoryGoal, TrajectoryPoint } from "../../command/trajectory.ts";
import { nearestTurn } from "../../core/circle.ts";
import {
  createPointSpline,
  fitPointSpline,
  type SplineSample,
  samplePointSpline,
} from "../../robot/trajectory/point-spline.ts";

/** How late a joint may be measured where it should be, seconds: transport, one controller cycle, one joint state. */
const lag = 0.1;

/** What became of a goal: it was reached, or why it must end. */
export type Verdict = "reached" | { code: string; message: string };

/** The way of one goal as joint_trajectory_controller interpolates it: quintics, cubics or straight lines. */
export class GoalPath {
  private readonly points: readonly TrajectoryPoint[];
  private readonly peaks: readonly number[];
  private readonly spline = createPointSpline();
  private readonly sample: SplineSample = { position: 0, velocity: 0, acceleration: 0 };

  /** `measured`: positions at the start, rad or m in the goal's order; the way begins there unless the goal says where. */
  constructor(
    readonly goal: TrajectoryGoal,
    measured: readonly number[],
  ) {
    const begin = goal.from ?? { time: 0, positions: [...measured], velocities: measured.map(() => 0) };
    this.points = [begin, ...goal.points.filter(({ time }) => time > begin.time)];
    this.peaks = goal.joints.map((_, j) => peakOf(this.points, j));
  }

  /** Seconds from the start to the last point. */
  get duration(): number {
    return this.points[this.points.length - 1]?.time ?? 0;
  }

  /** Where joint `j` should be `t` seconds after the start, rad or m. Allocates nothing. */
  position(j: number, t: number): number {
    return this.at(j, t).position;
  }

  /** How fast joint `j` should be then, per second. Allocates nothing. */
  velocity(j: number, t: number): number {
    return this.at(j, t).velocity;
  }

  private at(j: number, t: number): SplineSample {
    const { points, sample } = this;
    let i = 0;
    while (i + 1 < points.length && (points[i + 1] as TrajectoryPoint).time <= t) i++;
    const a = points[i] as TrajectoryPoint;
    const b = points[i + 1];
    const p0 = a.positions[j] ?? Number.NaN;
    if (b === undefined || t <= a.time) {
      sample.position = p0;
      sample.velocity = b === undefined ? 0 : (a.velocities[j] ?? 0);
      return sample;
    }
    const hasVelocity = a.velocities.length > j && b.velocities.length > j;
    const hasAcceleration = hasVelocity && a.accelerations !== undefined && b.accelerations !== undefined;
    fitPointSpline(
      hasAcceleration ? 5 : hasVelocity ? 3 : 1,
      b.time - a.time,
      p0,
      a.velocities[j] ?? 0,
      a.accelerations?.[j] ?? 0,
      b.positions[j] ?? Number.NaN,
      b.velocities[j] ?? 0,
      b.accelerations?.[j] ?? 0,
      this.spline,
    );
    samplePointSpline(this.spline, t - a.time, sample);
    return sample;
  }

  /** How far joint `j`, measured at `position`, is from where it should be at `t` or a moment before; rad or m. */
  error(j: number, t: number, position: number): number {
    return Math.abs(this.offset(j, t, position));
  }

  /** The same with its sign: above 0 where it is short of its place, in the direction of larger positions. */
  offset(j: number, t: number, position: number): number {
    const now = this.position(j, t);
    const before = this.position(j, t - lag);
    const at = this.goal.circular[j] === true ? nearestTurn(now, position) : position;
    if (at > Math.max(now, before)) return Math.max(now, before) - at;
    return Math.max(0, Math.min(now, before) - at);
  }

  /** What joint `j`, measured at `position`, still has to its end, with its sign; rad or m. */
  rest(j: number, position: number): number {
    const end = this.position(j, this.duration);
    return end - (this.goal.circular[j] === true ? nearestTurn(end, position) : position);
  }

  /** About the greatest speed of joint `j`, per second: that of its points, and of cubics between them. */
  peak(j: number): number {
    return this.peaks[j] ?? 0;
  }

  /** Judges the goal `t` seconds after its start by where `measured` has the joints (null: not now); null: it goes on. */
  judge(t: number, measured: (joint: string) => number | null): Verdict | null {
    const { goal } = this;
    let isThere = t >= this.duration;
    for (let j = 0; j < goal.joints.length; j++) {
      const joint = goal.joints[j] as string;
      const place = measured(joint);
      if (place === null) return { code: "stale_state", message: `${joint} is not measured any more` };
      const tolerance = goal.pathTolerance[j] ?? 0;
      const error = this.error(j, t, place);
      if (tolerance > 0 && error > tolerance) {
        return { code: "path_tolerance", message: `${joint} is ${error.toFixed(3)} off its path` };
      }
      if (isThere && this.endError(j, place) > (goal.goalTolerance[j] ?? 0)) isThere = false;
    }
    if (isThere) return "reached";
    if (t <= this.duration + goal.goalTimeTolerance) return null;
    return { code: "goal_tolerance", message: "the joints were not measured at the goal in time" };
  }

  /** How far joint `j`, measured at `position`, is from its end; rad or m. */
  endError(j: number, position: number): number {
    return Math.abs(this.rest(j, position));
  }
}

function peakOf(points: readonly TrajectoryPoint[], j: number): number {
  let most = 0;
  for (const [i, { time, positions, velocities }] of points.entries()) {
    most = Math.max(most, Math.abs(velocities[j] ?? 0));
    const before = points[i - 1];
    if (before === undefined) continue;
    const way = Math.abs((positions[j] ?? 0) - (before.positions[j] ?? 0));
    // A cubic from rest to rest is at one and a half times its mean speed in the middle.
    most = Math.max(most, (1.5 * way) / (time - before.time));
  }
  return most;
}
