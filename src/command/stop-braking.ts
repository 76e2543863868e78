import { nearestTurn } from "../core/circle.ts";
import { createMotionSample } from "../robot/trajectory/motion-profile.ts";
import type { CommandedRobot } from "./gate-output.ts";
import { durationOfAll, type JointPath } from "./joint-path.ts";
import type { PathClock } from "./path-clock.ts";
import type { PlannedMotion } from "./planned-motion.ts";
import type { PresentMotion } from "./present-motion.ts";
import { type JointLimits, stopDecelerationOf } from "./robot-limits.ts";
import { changeOfRate, retimed } from "./time-scaling.ts";

/** Time in which the deceleration is built up, s: of a stop, and of motions that end because others take over. */
const riseTimes = { stop: 0.03, driving: 0.1 };
/**
 * Of the limits of jerk: the first with which the joints can brake. A path has jerk of its own, to which that of braking comes,
 * so that it may not be possible within the limit.
 */
const jerkShares = { stop: [Number.POSITIVE_INFINITY], driving: [1, 2, Number.POSITIVE_INFINITY] };
/** A controlled stop that would take longer is an immediate one, s. */
export const longestBraking = 2;

/**
 * How the joints that our motions move come to rest on their common path: at the decelerations of a stop, or where `manner` is
 * "driving" within the limits of motions (of jerk up to twice that, where the path needs it). Joints that rest are not in it. A sentence instead where they
 * cannot.
 */
export function planStop(
  moving: readonly string[],
  present: PresentMotion,
  { limits, measured }: CommandedRobot,
  now: number,
  manner: "stop" | "driving",
): PlannedMotion | string {
  const joints: string[] = [];
  const paths: JointPath[] = [];
  const offsets: number[] = [];
  const accelerations: number[] = [];
  const jerks: number[] = [];
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
    const hardest = manner === "stop" ? stopDecelerationOf(limit) : limit.acceleration;
    accelerations.push(Math.max(hardest, Math.abs(at.acceleration)));
    jerks.push(limit.jerk);
  }
  if (joints.length === 0) return { joints, paths: [], isSmooth: true };
  const start = { paths, offsets, rate: 1, change: 0 };
  const rise = riseTimes[manner];
  let clock: PathClock | null = null;
  for (const share of jerkShares[manner]) {
    const most = jerks.map((jerk) => share * jerk);
    clock ??= changeOfRate(start, 0, { accelerations, jerks: most, rise, longest: longestBraking });
  }
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
