import { nearestTurn } from "../core/circle.ts";
import { fastestTime, turningTimes } from "../robot/trajectory/cubic-extrema.ts";
import type { MotionState } from "../robot/trajectory/motion-state.ts";
import { createPointSpline, fitPointSpline, samplePointSpline } from "../robot/trajectory/point-spline.ts";
import type { MotionCommand } from "./motion-command.ts";
import type { JointLimits, RobotLimits } from "./robot-limits.ts";
import type { TrajectoryPoint } from "./trajectory.ts";
import { monotoneVelocities } from "./waypoint-spline.ts";

/** A position outside a joint's limits, as numbers: a display may use another unit. */
export type LimitBreach = { joint: string; value: number; lower: number; upper: number; unit: "rad" | "m" };

/**
 * Two links, or a link and an object of the surroundings (by its id), that a motion would bring into collision or nearer
 * than their margin; when, s from its start; and where, m in the root link's frame.
 */
export type LinkCollision = {
  link1: string;
  link2: string;
  time: number;
  point?: readonly [number, number, number];
};

/** Why a command is refused: a code for programs, a sentence for people, and the objects concerned as data. */
export type Objection = { code: string; message: string; breach?: LimitBreach; collision?: LinkCollision };

/** The data of an objection. */
export type ObjectionDetails = Pick<Objection, "breach" | "collision">;

/** The measured state of the joints. */
export interface MeasuredJoints {
  /** rad or m; undefined when never received. */
  position(joint: string): number | undefined;
  /** Per second; undefined when the robot does not report it. */
  velocity(joint: string): number | undefined;
  /** N·m or N; undefined when the robot does not report it, or not now. */
  effort?(joint: string): number | undefined;
  /** Whether the value is good: neither stale nor from a dead source. */
  isFresh(joint: string): boolean;
  /** Server ms at which the position arrived; undefined when never received. */
  receivedAt(joint: string): number | undefined;
}

/** A checked trajectory: its points, and the joints' states before the first. rad or m. */
export type CheckedTrajectory = { joints: string[]; start: MotionState[]; points: TrajectoryPoint[] };

/** Least time between two points, s: shorter than any controller's period. */
const leastStep = 1e-4;
/** How far rounding may exceed a limit of velocity or acceleration, as a factor. */
const slack = 1.001;
const startTolerance = 0.05;

/** Requires each joint of a command to be known, commandable, finite and freshly measured; else an objection. */
export function checkJoints(
  values: Record<string, number>,
  limits: RobotLimits,
  measured: MeasuredJoints,
): Objection | null {
  for (const [joint, value] of Object.entries(values)) {
    if (!Number.isFinite(value)) return { code: "not_finite", message: `${joint}: the value is not finite` };
    const limit = limits.joints.get(joint);
    if (limit === undefined) {
      return { code: "unknown_joint", message: `the robot has no movable joint "${joint}"` };
    }
    if (limit.follows !== null) {
      return { code: "mimic_joint", message: `${joint} follows ${limit.follows.joint}: command that one` };
    }
    if (measured.position(joint) === undefined || !measured.isFresh(joint)) {
      return {
        code: "stale_state",
        message: `${joint} has no valid measurement now, so no motion can start from where it is: nobody publishes it, or publishers contradict each other`,
      };
    }
  }
  return null;
}

/** A goal outside its limits is refused, never clipped. */
export function checkPosition(joint: string, value: number, limit: JointLimits): Objection | null {
  if (value >= limit.lower && value <= limit.upper) return null;
  const { lower, upper, unit } = limit;
  return {
    code: "outside_limits",
    message: `${joint}: ${round(value)} ${unit} is outside ${round(lower)} … ${round(upper)} ${unit}`,
    breach: { joint, value, lower, upper, unit },
  };
}

/** Rejects numbers that are not finite and axes a planar base does not have. Speeds are clipped later, not refused. */
export function checkTwist(command: Extract<MotionCommand, { kind: "twist" }>): Objection | null {
  const { linear, angular } = command;
  const all = [linear.x, linear.y, linear.z, angular.x, angular.y, angular.z];
  if (!all.every(Number.isFinite)) return { code: "not_finite", message: "the twist is not finite" };
  if (linear.z !== 0 || angular.x !== 0 || angular.y !== 0) {
    return {
      code: "unsupported_axis",
      message: "a base moves in the plane: linear z and angular x, y must be 0",
    };
  }
  return null;
}

/**
 * The way points of a joint trajectory with velocities filled in, or why they are refused. A continuous joint's
 * positions are moved by whole turns to the turn in which it is measured. A joint outside its limits may move inwards.
 * `stateOf`: the state a motion of a joint starts from now.
 */
export function checkTrajectory(
  command: Extract<MotionCommand, { kind: "jointTrajectory" }>,
  limits: RobotLimits,
  measured: MeasuredJoints,
  stateOf: (joint: string) => MotionState,
): CheckedTrajectory | Objection {
  const joints = Object.keys(command.points[0]?.positions ?? {});
  const points: TrajectoryPoint[] = [];
  for (const [i, point] of command.points.entries()) {
    const objection = checkPoint(command.points, i, joints, limits, measured);
    if (objection !== null) return { ...objection, message: `point ${i}: ${objection.message}` };
    const given = point.velocities;
    points.push({
      time: point.time,
      positions: joints.map((j) => point.positions[j] as number),
      velocities: given === undefined ? [] : joints.map((j) => given[j] as number),
    });
  }
  const first = points[0] as TrajectoryPoint;
  const states = joints.map(stateOf);
  const start = states.map(({ position }) => position);
  for (const [j, joint] of joints.entries()) {
    if (limits.joints.get(joint)?.isCircular !== true) continue;
    const begin = first.positions[j] as number;
    const shift = nearestTurn(begin, start[j] as number) - begin;
    for (const point of points) point.positions[j] = (point.positions[j] as number) + shift;
  }
  const outside = objectToRange(points, joints, start, limits);
  if (outside !== null) return outside;
  if (first.time === 0) {
    const off = joints.findIndex(
      (_, j) => Math.abs((first.positions[j] as number) - (start[j] as number)) > startTolerance,
    );
    if (off >= 0) {
      return {
        code: "start_mismatch",
        message: `point 0 is for now, but ${joints[off]} stands at ${round(start[off] as number)} ${limits.joints.get(joints[off] as string)?.unit}`,
      };
    }
    points.shift();
    if (points.length === 0) return { code: "invalid_trajectory", message: "only a point at time 0" };
  }
  const last = points[points.length - 1] as TrajectoryPoint;
  if (last.velocities.some((v) => v !== 0)) {
    return { code: "invalid_trajectory", message: "the last point must be at rest" };
  }
  const isGiven = points.every((point) => point.velocities.length > 0);
  const velocities = states.map(({ velocity }) => velocity);
  const begin: TrajectoryPoint = { time: 0, positions: start, velocities };
  fillVelocities(begin, points, joints.length);
  return checkSegments([begin, ...points], joints, limits, isGiven) ?? { joints, start: states, points };
}

/** Checks each point by itself: its joints, its time, its velocities. */
function checkPoint(
  all: Extract<MotionCommand, { kind: "jointTrajectory" }>["points"],
  i: number,
  joints: readonly string[],
  limits: RobotLimits,
  measured: MeasuredJoints,
): Objection | null {
  const point = all[i] as (typeof all)[number];
  const unknown = checkJoints(point.positions, limits, measured);
  if (unknown !== null) return unknown;
  if (!joints.every((j) => j in point.positions) || Object.keys(point.positions).length !== joints.length) {
    return { code: "invalid_trajectory", message: "every point must name the same joints" };
  }
  const before = i === 0 ? 0 : (all[i - 1]?.time ?? 0);
  const isForNow = i === 0 && point.time === 0;
  if (!isForNow && !(point.time - before >= leastStep)) {
    const least = `at least ${leastStep} s after ${i === 0 ? "the start" : "the point before"}`;
    const message = `its time ${point.time} s must be ${least}`;
    return { code: "invalid_trajectory", message };
  }
  const given = point.velocities;
  if (given !== undefined && !joints.every((j) => Number.isFinite(given[j]))) {
    return { code: "invalid_trajectory", message: "velocities must name every joint or none" };
  }
  for (const joint of given === undefined ? [] : joints) {
    const limit = limits.joints.get(joint) as JointLimits;
    const velocity = given?.[joint] as number;
    if (Math.abs(velocity) > limit.velocity * slack) {
      return tooFast(joint, velocity, `${limit.unit}/s`, point.time, limit.velocity);
    }
  }
  return null;
}

/** Positions are inside the limits or, from a start outside, never farther out than the point before. */
function objectToRange(
  points: readonly TrajectoryPoint[],
  joints: readonly string[],
  start: readonly number[],
  limits: RobotLimits,
): Objection | null {
  const last = points[points.length - 1] as TrajectoryPoint;
  for (const [j, joint] of joints.entries()) {
    const limit = limits.joints.get(joint) as JointLimits;
    const first = points[0] as TrajectoryPoint;
    const begin = first.time === 0 ? (first.positions[j] as number) : (start[j] as number);
    let [lower, upper] = [Math.min(limit.lower, begin), Math.max(limit.upper, begin)];
    if (Math.abs(begin - (start[j] as number)) > startTolerance) [lower, upper] = [limit.lower, limit.upper];
    for (const [i, point] of points.entries()) {
      const position = point.positions[j] as number;
      const range = point === last ? limit : { ...limit, lower, upper };
      if (position < range.lower || position > range.upper) {
        const outside = checkPosition(joint, position, limit) as Objection;
        return { ...outside, message: `point ${i}: ${outside.message}` };
      }
      lower = Math.min(limit.lower, position);
      upper = Math.max(limit.upper, position);
    }
  }
  return null;
}

function fillVelocities(start: TrajectoryPoint, points: TrajectoryPoint[], width: number): void {
  if (points.every((p) => p.velocities.length > 0)) return;
  const all = [start, ...points];
  const times = all.map((p) => p.time);
  for (let j = 0; j < width; j++) {
    const slopes = monotoneVelocities(
      times,
      all.map((p) => p.positions[j] as number),
    );
    for (const [i, point] of points.entries()) {
      if (point.velocities.length <= j) point.velocities[j] = slopes[i + 1] as number;
    }
  }
}

/**
 * Checks the extremes of the cubics that a controller lays through the points. Acceleration counts where its limit is
 * the robot's own or the velocities are the client's; otherwise both would be guesses of ours.
 */
function checkSegments(
  all: TrajectoryPoint[],
  joints: string[],
  limits: RobotLimits,
  isGiven: boolean,
): Objection | null {
  const spline = createPointSpline();
  const at = { position: 0, velocity: 0, acceleration: 0 };
  for (let i = 1; i < all.length; i++) {
    const [a, b] = [all[i - 1] as TrajectoryPoint, all[i] as TrajectoryPoint];
    const length = b.time - a.time;
    for (const [j, joint] of joints.entries()) {
      const limit = limits.joints.get(joint) as JointLimits;
      const [p0, p1] = [a.positions[j] as number, b.positions[j] as number];
      fitPointSpline(3, length, p0, a.velocities[j] as number, 0, p1, b.velocities[j] as number, 0, spline);
      const fastest = fastestTime(spline, length);
      samplePointSpline(spline, fastest, at);
      // What is no number is beyond any limit.
      if (!(Math.abs(at.velocity) <= limit.velocity * slack)) {
        return tooFast(joint, at.velocity, `${limit.unit}/s`, a.time + fastest, limit.velocity);
      }
      for (const time of turningTimes(spline, length)) {
        samplePointSpline(spline, time, at);
        const [least, most] = [Math.min(limit.lower, p0) - 1e-9, Math.max(limit.upper, p0) + 1e-9];
        if (!(at.position >= least && at.position <= most)) {
          return {
            code: "outside_limits",
            message: `${joint} would swing to ${round(at.position)} ${limit.unit} at ${round(a.time + time)} s, between points`,
          };
        }
      }
      if (!isGiven && !limit.isAccelerationKnown) continue;
      for (const time of [0, length]) {
        samplePointSpline(spline, time, at);
        if (!(Math.abs(at.acceleration) <= limit.acceleration * slack)) {
          return tooFast(joint, at.acceleration, `${limit.unit}/s²`, a.time + time, limit.acceleration);
        }
      }
    }
  }
  return null;
}

function tooFast(joint: string, needed: number, unit: string, time: number, limit: number): Objection {
  return {
    code: "too_fast",
    message: `${joint} would need ${round(Math.abs(needed))} ${unit} at ${round(time)} s; its limit is ${round(limit)} ${unit}`,
  };
}

function round(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 1000) / 1000) : String(value);
}
