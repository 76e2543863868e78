import { brakingPhases } from "./braking.ts";
import { appendPhases, createPhases, displacementOf, type JerkPhases, totalDuration } from "./jerk-phases.ts";
import { type MotionProfile, profileOf } from "./motion-profile.ts";
import { type MotionLimits, type MotionState, motionFault } from "./motion-state.ts";
import type { TransferTask } from "./transfer.ts";
import {
  fastestPhases,
  phasesAtEdge,
  phasesFor,
  type SolvedTransfer,
  solveTransfer,
  type TimeRange,
} from "./transfer-times.ts";

/**
 * Differences up to these, in rad or m (and per second), are taken for rounding; above 1, as a share. A robot
 * that asks again on its way to a moving target is where only one motion fits to the last digit.
 */
const samePosition = 1e-12;
const sameVelocity = 1e-13;

/** Joints that start and end together; profiles in the order of the joints asked for. */
export type SynchronisedMotion = { readonly duration: number; readonly profiles: readonly MotionProfile[] };

/** One joint's task with all that is known of it before a duration is chosen. Times in s. */
type PlannedJoint = {
  from: MotionState;
  to: MotionState;
  jerk: number;
  braking: JerkPhases;
  solved: SolvedTransfer;
  ranges: TimeRange[];
};

/**
 * The fastest motion of one joint from one state to another within its limits of velocity, acceleration
 * and jerk. A start outside the limits is first braked into them. Throws with the values in the message
 * when `motionFault` has something to say.
 *
 * How: transfer.ts and transfer-times.ts. The field: Kröger, "On-line trajectory generation" (2010);
 * Biagiotti and Melchiorri, "Trajectory planning for automatic machines and robots" (2008), chapter 3.
 */
export function jerkLimitedProfile(from: MotionState, to: MotionState, limits: MotionLimits): MotionProfile {
  const joint = plan(from, to, limits, "");
  return profileIn(joint, joint.ranges[0]?.from ?? 0);
}

/**
 * The fastest motion of several joints that start and end at the same time, each within its own limits. A
 * joint that cannot last as long as the slowest one (it would have to turn back and take still longer)
 * makes all wait for its next feasible duration; none lasts less than `atLeast` seconds. Throws as
 * `jerkLimitedProfile`, naming the joint's index, and when the lists differ in length.
 */
export function synchronisedProfiles(
  from: readonly MotionState[],
  to: readonly MotionState[],
  limits: readonly MotionLimits[],
  atLeast = 0,
): SynchronisedMotion {
  if (from.length !== to.length || from.length !== limits.length) {
    throw new Error(
      `${from.length} starts, ${to.length} targets and ${limits.length} limits: one each a joint`,
    );
  }
  const joints = from.map((start, i) =>
    plan(start, to[i] as MotionState, limits[i] as MotionLimits, `joint ${i}: `),
  );
  const duration = commonDuration(
    joints.map((joint) => joint.ranges),
    atLeast,
  );
  return { duration, profiles: joints.map((joint) => profileIn(joint, duration)) };
}

/**
 * Every duration (s) that a motion between two states can have, rising; the last range is open, and a
 * range may be a single time. Throws as `jerkLimitedProfile`.
 */
export function feasibleDurations(from: MotionState, to: MotionState, limits: MotionLimits): TimeRange[] {
  return plan(from, to, limits, "").ranges;
}

/** Where a joint that brakes as soon as its limits allow comes to rest, rad or m. Throws as `jerkLimitedProfile`. */
export function stoppingPosition(from: MotionState, limits: MotionLimits): number {
  const { solved, jerk } = plan(from, { ...from, velocity: 0, acceleration: 0 }, limits, "");
  const { v0, a0, x } = solved.task;
  // With the start as its target, the task's displacement is what braking into the limits has covered, negated.
  return from.position + (displacementOf(fastestPhases(solved.task), v0, a0) - x) / (jerk * jerk);
}

/** The least time from `atLeast` on that lies in one range of every joint. */
function commonDuration(joints: readonly TimeRange[][], atLeast: number): number {
  let duration = atLeast;
  // Each round moves to the start of some range, so there are no more rounds than ranges.
  for (;;) {
    const before = duration;
    for (const ranges of joints) {
      const next = ranges.find((range) => range.until >= duration);
      duration = Math.max(duration, next?.from ?? 0);
    }
    if (duration === before) return duration;
  }
}

function plan(from: MotionState, to: MotionState, limits: MotionLimits, prefix: string): PlannedJoint {
  const fault = motionFault(from, to, limits);
  if (fault !== null) throw new Error(prefix + fault);
  const { jerk } = limits;
  const start = {
    v0: jerk * from.velocity,
    a0: from.acceleration,
    vf: jerk * to.velocity,
    af: to.acceleration,
    x: jerk * jerk * (to.position - from.position),
    maxVelocity: jerk * limits.velocity,
    minVelocity: jerk * (limits.minVelocity ?? -limits.velocity),
    maxAcceleration: limits.acceleration,
    minAcceleration: limits.minAcceleration ?? -limits.acceleration,
    sameVelocity: jerk * sameVelocity * Math.max(1, Math.abs(from.velocity), Math.abs(to.velocity)),
    sameDisplacement:
      jerk * jerk * samePosition * Math.max(1, Math.abs(from.position), Math.abs(to.position)),
  };
  const braking = brakingPhases(start);
  const task = braking.durations.length === 0 ? start : after(braking, start);
  const solved = solveTransfer(task);
  const delay = totalDuration(braking);
  const ranges = solved.ranges.map((range) => ({
    from: (range.from + delay) / jerk,
    until: (range.until + delay) / jerk,
  }));
  return { from, to, jerk, braking, solved, ranges };
}

/** The task that is left when the phases are done. */
function after(phases: JerkPhases, task: TransferTask): TransferTask {
  let [v0, a0] = [task.v0, task.a0];
  for (let i = 0; i < phases.durations.length; i += 1) {
    const [time, jerk] = [phases.durations[i] as number, phases.jerks[i] as number];
    v0 += time * (a0 + (time * jerk) / 2);
    a0 += time * jerk;
  }
  return { ...task, v0, a0, x: task.x - displacementOf(phases, task.v0, task.a0) };
}

function profileIn(joint: PlannedJoint, duration: number): MotionProfile {
  const { braking, solved, jerk, ranges } = joint;
  const delay = totalDuration(braking);
  const edge = solved.ranges[ranges.findIndex((range) => range.from === duration)];
  const phases = createPhases();
  appendPhases(phases, braking);
  appendPhases(
    phases,
    edge === undefined ? phasesFor(solved, duration * jerk - delay) : phasesAtEdge(solved, edge),
  );
  return profileOf(phases, joint.from, joint.to, jerk, duration);
}
