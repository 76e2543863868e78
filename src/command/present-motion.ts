import { nearestTurn } from "../core/circle.ts";
import { createMotionSample, type MotionSample } from "../robot/trajectory/motion-profile.ts";
import type { MotionState } from "../robot/trajectory/motion-state.ts";
import type { CommandedRobot } from "./gate-output.ts";
import { brake } from "./jog-profile.ts";
import { type JointPath, profilePath } from "./joint-path.ts";
import type { JointLimits } from "./robot-limits.ts";
import type { MeasuredJoints } from "./validate-motion.ts";

/** Share of a joint's velocity limit below which a measured velocity counts as noise. */
const noise = 0.02;

/** Knows the planned state of each joint from everything that was sent. Times in server ms. */
export class PresentMotion {
  private readonly paths = new Map<string, { path: JointPath; since: number }>();
  private readonly sample = createMotionSample();

  /** Records motions that were sent: `paths` has the order of `joints`. They replace earlier paths of these joints. */
  begin(joints: readonly string[], paths: readonly JointPath[], now: number): void {
    for (const [i, joint] of joints.entries()) {
      this.paths.set(joint, { path: paths[i] as JointPath, since: now });
    }
  }

  /** Forgets everything that was sent to these joints, or to all. */
  forget(joints: Iterable<string> = [...this.paths.keys()]): void {
    for (const joint of joints) this.paths.delete(joint);
  }

  /** The joints that one of our paths moves at `now`. */
  moving(now: number): string[] {
    return [...this.paths.keys()].filter((joint) => this.isUnderWay(joint, now));
  }

  /** What was sent, by joint, as it is now: motions that have ended are in it until they are forgotten. */
  sent(): ReadonlyMap<string, { readonly path: JointPath; readonly since: number }> {
    return this.paths;
  }

  /** The path the joint follows at `now`, and since when; null without one. */
  pathOf(joint: string, now: number): { path: JointPath; since: number } | null {
    return this.isUnderWay(joint, now) ? (this.paths.get(joint) ?? null) : null;
  }

  /**
   * Writes to `out` the planned state of a joint at `at`, by one of our motions under way at `now`; after its end the
   * joint rests there. False without one.
   */
  plannedAt(joint: string, now: number, at: number, out: MotionSample): boolean {
    const move = this.pathOf(joint, now);
    if (move === null) return false;
    move.path.sample(Math.max(0, (at - move.since) / 1000), out);
    return true;
  }

  /**
   * The state a new motion of a measured joint starts from: the planned one while the joint follows a motion of ours,
   * else the measured one, whose acceleration is unknown. A velocity beyond the limit counts as the limit. The position
   * is in the turn in which the joint is measured. `at`: when the new motion starts, which may be later than `now`.
   */
  stateOf(joint: string, measured: MeasuredJoints, limit: JointLimits, now: number, at = now): MotionState {
    const planned = this.plannedState(joint, measured, limit, now, at);
    if (planned !== null) return planned;
    const position = measured.position(joint) as number;
    const velocity = measured.velocity(joint) ?? 0;
    if (Math.abs(velocity) <= noise * limit.velocity) return { position, velocity: 0, acceleration: 0 };
    const possible = Math.max(-limit.velocity, Math.min(limit.velocity, velocity));
    return { position, velocity: possible, acceleration: 0 };
  }

  /** The path a measured joint follows at `now`: a motion of ours, else from the measured state to rest. */
  pathFrom(
    joint: string,
    measured: MeasuredJoints,
    limit: JointLimits,
    now: number,
  ): { path: JointPath; since: number } {
    const planned = this.pathOf(joint, now);
    if (planned !== null && this.plannedState(joint, measured, limit, now) !== null) return planned;
    return { path: profilePath(brake(this.stateOf(joint, measured, limit, now), limit)), since: now };
  }

  /**
   * The joints beside `joints` that move at `at` and whose controllers a goal for `joints` takes over: they must be
   * brought to rest, not held at their momentary positions.
   */
  movingBeside(
    joints: readonly string[],
    { limits, measured, can }: CommandedRobot,
    now: number,
    at = now,
  ): string[] {
    const beside = can.trajectory
      .filter((controller) => controller.joints?.some((joint) => joints.includes(joint)))
      .flatMap((controller) => controller.joints ?? []);
    return [...new Set([...beside, ...this.moving(now)])].filter((joint) => {
      const limit = limits.joints.get(joint);
      if (limit === undefined || limit.follows !== null || joints.includes(joint)) return false;
      if (measured.position(joint) === undefined || !measured.isFresh(joint)) return false;
      const { velocity, acceleration } = this.stateOf(joint, measured, limit, now, at);
      return velocity !== 0 || acceleration !== 0;
    });
  }

  /** The planned state of the joint at `at`, while its measurement still follows one of our motions. */
  private plannedState(
    joint: string,
    measured: MeasuredJoints,
    limit: JointLimits,
    now: number,
    at = now,
  ): MotionState | null {
    const { sample } = this;
    if (!this.plannedAt(joint, now, now, sample)) return null;
    const found = measured.position(joint) as number;
    const position = limit.isCircular ? nearestTurn(sample.position, found) : sample.position;
    if (Math.abs(position - found) > limit.pathTolerance) return null;
    const turns = position - sample.position;
    if (at !== now) this.plannedAt(joint, now, at, sample);
    const { velocity, acceleration } = sample;
    return { position: sample.position + turns, velocity, acceleration };
  }

  private isUnderWay(joint: string, now: number): boolean {
    const move = this.paths.get(joint);
    return move !== undefined && (now - move.since) / 1000 < move.path.duration;
  }
}
