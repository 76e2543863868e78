import { nearestTurn } from "../core/circle.ts";
import { createMotionSample } from "../robot/trajectory/motion-profile.ts";
import type { MotionState } from "../robot/trajectory/motion-state.ts";
import type { MotionPoints } from "./controller-split.ts";
import type { CommandedRobot } from "./gate-output.ts";
import { brake } from "./jog-profile.ts";
import { jointMove } from "./joint-move.ts";
import { durationOfAll, type JointPath, profilePath, splinePath } from "./joint-path.ts";
import type { JointMotionCommand, MotionCommand, PathMotion } from "./motion-command.ts";
import { pointAt, pointsOf } from "./path-points.ts";
import type { PresentMotion } from "./present-motion.ts";
import type { JointLimits } from "./robot-limits.ts";
import { timedJointPaths } from "./timed-joint-paths.ts";
import { checkJoints, checkPosition, checkTrajectory, type Objection } from "./validate-motion.ts";

const usualSpeed = 0.5;
/** Slower moves take hours, and times and speeds without bounds are no numbers any more. */
const leastSpeed = 1e-6;

/** The planned paths of a motion's joints, in the same order. `isSmooth`: the paths' accelerations have no jumps. */
export type PlannedMotion = { joints: string[]; paths: JointPath[]; isSmooth: boolean };

/**
 * The motion that a command requests, from the robot's state at server ms `at` as predicted at `now`; or why it is
 * refused.
 */
export function planMotion(
  command: JointMotionCommand,
  present: PresentMotion,
  robot: CommandedRobot,
  now: number,
  at: number,
): PlannedMotion | Objection {
  switch (command.kind) {
    case "jointPosition":
      return planMove(command, present, robot, now, at);
    case "jointTrajectory":
      return planTrajectory(command, present, robot, now, at);
    case "path":
      return planPath(command, present, robot, now, at);
  }
}

/** How far a joint may be from where a computed path begins, rad or m: noise of its sensor. */
export const pathStartTolerance = 0.01;
/** Of a computed path's rounding, rad or m. */
const rangeSlack = 1e-9;

function planPath(
  { path }: PathMotion,
  present: PresentMotion,
  { limits, measured }: CommandedRobot,
  now: number,
  at: number,
): PlannedMotion | Objection {
  const [first, last] = [path.knots[0], path.knots.at(-1)];
  if (first === undefined || last === undefined) return { code: "invalid_trajectory", message: "no path" };
  const ends = Object.fromEntries(path.joints.map((joint, i) => [joint, last.positions[i] as number]));
  const objection = checkJoints(ends, limits, measured);
  if (objection !== null) return objection;
  const turns: number[] = [];
  for (const [i, joint] of path.joints.entries()) {
    const limit = limits.joints.get(joint) as JointLimits;
    const { position, velocity } = present.stateOf(joint, measured, limit, now, at);
    const begin = first.positions[i] as number;
    const turn = limit.isCircular ? nearestTurn(begin, position) - begin : 0;
    turns.push(turn);
    const off = position - begin - turn;
    if (Math.abs(off) > pathStartTolerance || velocity !== 0) {
      const where = velocity === 0 ? `${Math.abs(off).toFixed(3)} ${limit.unit} from it` : "moving";
      return {
        code: "start_mismatch",
        message: `the motion begins at rest where ${joint} was when it was computed; now ${joint} is ${where}`,
      };
    }
    // Devices may reach less far than the model that computed it; a joint outside its range may come inwards.
    const [lower, upper] = [Math.min(limit.lower, begin + turn), Math.max(limit.upper, begin + turn)];
    const outer = path.knots.find(({ positions }) => {
      const value = (positions[i] as number) + turn;
      return value < lower - rangeSlack || value > upper + rangeSlack;
    });
    const outside = checkPosition(joint, ((outer ?? last).positions[i] as number) + turn, limit);
    if (outside !== null) return outside;
  }
  return { joints: [...path.joints], paths: timedJointPaths(path, turns), isSmooth: true };
}

function planMove(
  command: Extract<MotionCommand, { kind: "jointPosition" }>,
  present: PresentMotion,
  { limits, measured }: CommandedRobot,
  now: number,
  at: number,
): PlannedMotion | Objection {
  const objection = checkJoints(command.positions, limits, measured);
  if (objection !== null) return objection;
  const { speed = usualSpeed } = command;
  if (!(speed >= leastSpeed)) {
    return { code: "too_slow", message: `a speed of ${speed} is too slow: give ${leastSpeed} at least` };
  }
  const joints = Object.keys(command.positions);
  const jointLimits = joints.map((joint) => limits.joints.get(joint) as JointLimits);
  const from: MotionState[] = [];
  const to: number[] = [];
  for (const [i, joint] of joints.entries()) {
    const limit = jointLimits[i] as JointLimits;
    const asked = command.positions[joint] as number;
    const outside = checkPosition(joint, asked, limit);
    if (outside !== null) return outside;
    const state = present.stateOf(joint, measured, limit, now, at);
    from.push(state);
    to.push(limit.isCircular ? nearestTurn(asked, state.position) : asked);
  }
  const paths = jointMove(joints, from, to, jointLimits, speed);
  return "code" in paths ? paths : { joints, paths, isSmooth: true };
}

function planTrajectory(
  command: Extract<MotionCommand, { kind: "jointTrajectory" }>,
  present: PresentMotion,
  { limits, measured }: CommandedRobot,
  now: number,
  at: number,
): PlannedMotion | Objection {
  const stateOf = (joint: string): MotionState =>
    present.stateOf(joint, measured, limits.joints.get(joint) as JointLimits, now, at);
  const checked = checkTrajectory(command, limits, measured, stateOf);
  if ("code" in checked) return checked;
  const { joints, start, points } = checked;
  const paths = joints.map((_, j) => splinePath(start[j] as MotionState, points, j));
  return { joints, paths, isSmooth: false };
}

/** The shortest path to rest of each joint that moves at `at`. */
export function planBraking(
  joints: string[],
  present: PresentMotion,
  { limits, measured }: CommandedRobot,
  now: number,
  at = now,
): PlannedMotion {
  const paths = joints.map((joint) => {
    const limit = limits.joints.get(joint) as JointLimits;
    return profilePath(brake(present.stateOf(joint, measured, limit, now, at), limit));
  });
  return { joints, paths, isSmooth: true };
}

/** Both motions at once; their joints differ. */
export function together(a: PlannedMotion, b: PlannedMotion): PlannedMotion {
  return {
    joints: [...a.joints, ...b.joints],
    paths: [...a.paths, ...b.paths],
    isSmooth: a.isSmooth && b.isSmooth,
  };
}

/** How far two starts may differ and count as equal: rad or m, and per second. */
const sameStart = 1e-3;

/** Whether two plans of one command begin with the same joints in the same state, apart from noise. */
export function startsAlike(a: PlannedMotion, b: PlannedMotion): boolean {
  if (a.joints.length !== b.joints.length) return false;
  const [one, other] = [createMotionSample(), createMotionSample()];
  return a.joints.every((joint, i) => {
    if (joint !== b.joints[i]) return false;
    a.paths[i]?.sample(0, one);
    b.paths[i]?.sample(0, other);
    return (
      Math.abs(one.position - other.position) <= sameStart &&
      Math.abs(one.velocity - other.velocity) <= sameStart
    );
  });
}

/** The part of a motion that controllers receive; with its start where a joint already moves. */
export function motionPoints({ joints, paths, isSmooth }: PlannedMotion): MotionPoints {
  const from = pointAt(paths, 0, isSmooth);
  const takesUp = from.velocities.some((velocity) => velocity !== 0);
  return { joints, from: takesUp ? from : null, points: pointsOf(paths, isSmooth) };
}

/** Where a path ends, rad or m. */
export function endOf(path: JointPath): number {
  const sample = createMotionSample();
  path.sample(path.duration, sample);
  return sample.position;
}

/** Maximum duration of a motion, s: a message's time has 32 bits of seconds, and nobody watches a robot for so long. */
const longestMotion = 3600;

/** Why a motion is too slow to be carried out; null when it is not. */
export function objectToDuration({ paths }: PlannedMotion): Objection | null {
  const duration = durationOfAll(paths);
  if (duration <= longestMotion) return null;
  const message = `the motion would take ${duration.toPrecision(3)} s, more than ${longestMotion} s: give a higher speed`;
  return { code: "too_slow", message };
}
