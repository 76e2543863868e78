import {
  createMotionSample,
  type MotionProfile,
  type MotionSample,
  sampleAt,
} from "../robot/trajectory/motion-profile.ts";
import type { MotionState } from "../robot/trajectory/motion-state.ts";
import type { CommandedRobot } from "./gate-output.ts";
import type { JointLimits } from "./robot-limits.ts";
import type { MeasuredJoints } from "./validate-motion.ts";

/** Share of a joint's velocity limit below which a measured velocity is taken for noise. */
const noise = 0.02;

/** Knows of the moves that were sent where each joint is to be now. Times in server ms. */
export class PresentMotion {
  private readonly moves = new Map<string, { profile: MotionProfile; since: number }>();
  private readonly sample = createMotionSample();

  /** A move was sent: `profiles` as `joints`. It replaces what these joints were to do. */
  begin(joints: readonly string[], profiles: readonly MotionProfile[], now: number): void {
    for (const [i, joint] of joints.entries()) {
      this.moves.set(joint, { profile: profiles[i] as MotionProfile, since: now });
    }
  }

  /** Nothing that was sent counts any more: to these joints, or to any. */
  forget(joints: Iterable<string> = [...this.moves.keys()]): void {
    for (const joint of joints) this.moves.delete(joint);
  }

  /**
   * Where a joint is to be at `at` by a move of ours that is under way at `now`, in `out`; after its end it
   * rests there. False without one.
   */
  plannedAt(joint: string, now: number, at: number, out: MotionSample): boolean {
    const move = this.moves.get(joint);
    if (move === undefined || (now - move.since) / 1000 >= move.profile.duration) return false;
    sampleAt(move.profile, Math.min(move.profile.duration, Math.max(0, (at - move.since) / 1000)), out);
    return true;
  }

  /**
   * The state a new move of a measured joint starts from: the wanted one while the joint follows a move of
   * ours, else the measured one, whose acceleration nobody measures. A velocity beyond the limit counts as the
   * limit.
   */
  stateOf(joint: string, measured: MeasuredJoints, limit: JointLimits, now: number): MotionState {
    const position = measured.position(joint) as number;
    const move = this.moves.get(joint);
    const time = move === undefined ? 0 : (now - move.since) / 1000;
    if (move !== undefined && time < move.profile.duration) {
      sampleAt(move.profile, time, this.sample);
      if (Math.abs(this.sample.position - position) <= limit.pathTolerance) return { ...this.sample };
    }
    const velocity = measured.velocity(joint) ?? 0;
    if (Math.abs(velocity) <= noise * limit.velocity) return { position, velocity: 0, acceleration: 0 };
    const possible = Math.max(-limit.velocity, Math.min(limit.velocity, velocity));
    return { position, velocity: possible, acceleration: 0 };
  }

  /**
   * The joints beside `joints` that are moving now and whose controllers a goal for `joints` takes over: they
   * are to be brought to rest, not held where they happen to be.
   */
  movingBeside(joints: readonly string[], { limits, measured, can }: CommandedRobot, now: number): string[] {
    const beside = can.trajectory
      .filter((controller) => controller.joints?.some((joint) => joints.includes(joint)))
      .flatMap((controller) => controller.joints ?? []);
    return [...new Set(beside)].filter((joint) => {
      const limit = limits.joints.get(joint);
      if (limit === undefined || limit.follows !== null || joints.includes(joint)) return false;
      if (measured.position(joint) === undefined || !measured.isFresh(joint)) return false;
      const { velocity, acceleration } = this.stateOf(joint, measured, limit, now);
      return velocity !== 0 || acceleration !== 0;
    });
  }
}
