import { nearestTurn } from "../core/circle.ts";
import { createMotionSample } from "../robot/trajectory/motion-profile.ts";
import type { CommandedRobot } from "./gate-output.ts";
import { durationOfAll, type JointPath } from "./joint-path.ts";
import type { PlannedMotion } from "./planned-motion.ts";
import type { PresentMotion } from "./present-motion.ts";
import { type JointLimits, stopDecelerationOf } from "./robot-limits.ts";
import { changeOfRate, retimed } from "./time-scaling.ts";

/** Time in which the deceleration of a stop is built up, s. */
const riseTime = 0.03;
/** A controlled stop that would take longer is an immediate one, s. */
export const longestBraking = 2;

/**
 * How the joints that our motions move come to rest on their common path, at the decelerations of a stop; joints that
 * rest are not in it. A sentence instead where they cannot.
 */
export function planStop(
  moving: readonly string[],
  present: PresentMotion,
  { limits, measured }: CommandedRobot,
  now: number,
): PlannedMotion | string {
  const joints: string[] = [];
  const paths: JointPath[] = [];
  const offsets: number[] = [];
  const accelerations: number[] = [];
  const at = createMotionSample();
  for (const joint of moving) {
    const limit = limits.joints.get(joint);
    const under = present.pathOf(joint, now);
    if (limit === undefined || under === null) continue;
    const found = measured.position(joint);
    if (found === undefined || !measured.isFresh(joint)) return `${joint} is not measured now`;
    const offset = (now - under.since) / 1000;
    under.path.sample(offset, at);
    const turned = limit.isCircular ? nearestTurn(at.position, found) : at.position;
    if (Math.abs(turned - found) > limit.pathTolerance) return `${joint} is not where its motion has it`;
    joints.push(joint);
    paths.push(shifted(under.path, turned - at.position));
    offsets.push(offset);
    accelerations.push(Math.max(stopDecelerationOf(limit), Math.abs(at.acceleration)));
  }
  if (joints.length === 0) return { joints, paths: [], isSmooth: true };
  const start = { paths, offsets, rate: 1, change: 0 };
  const clock = changeOfRate(start, 0, { accelerations, rise: riseTime, longest: longestBraking });
  if (clock === null) return `the joints cannot brake on their path within ${longestBraking} s`;
  return { joints, paths: retimed(paths, offsets, clock, true), isSmooth: true };
}

/** What a controlled stop is to be seen doing. */
export type Braking = {
  joints: readonly { joint: string; path: JointPath; limit: JointLimits }[];
  /** Ids of the goals that brake them. */
  goals: ReadonlySet<string>;
  /** The controllers that carry those out. */
  controllers: ReadonlySet<string>;
  /** Whether the base ramps down. */
  twist: boolean;
  /** Server ms at which it began. */
  since: number;
  /** Planned time until the joints are at rest, s. */
  duration: number;
};

/** How the motion of `planned`, sent as `goals`, is to be seen. */
export function brakingOf(
  { joints, paths }: PlannedMotion,
  goals: readonly { id: string; controller: string }[],
  twist: boolean,
  { limits }: CommandedRobot,
  now: number,
): Braking {
  return {
    joints: joints.map((joint, i) => ({
      joint,
      path: paths[i] as JointPath,
      limit: limits.joints.get(joint) as JointLimits,
    })),
    goals: new Set(goals.map(({ id }) => id)),
    controllers: new Set(goals.map(({ controller }) => controller)),
    twist,
    since: now,
    duration: paths.length === 0 ? 0 : durationOfAll(paths),
  };
}

function shifted(path: JointPath, by: number): JointPath {
  if (by === 0) return path;
  return {
    duration: path.duration,
    bends: path.bends,
    sample: (time, out) => {
      path.sample(time, out);
      out.position += by;
    },
  };
}
