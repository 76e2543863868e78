import { type MotionPoints, splitByController } from "./controller-split.ts";
import type { CommandedRobot } from "./gate-output.ts";
import type { TrajectoryGoal } from "./trajectory.ts";

/** Seconds past its last point within which a goal must be reached. */
export const goalTimeTolerance = 2;

/** Makes goals with tolerances, numbered. */
export class TrajectoryGoals {
  private count = 0;

  /** `name` is part of goal ids, so that two runs of this program never share one. */
  constructor(private readonly name: string) {}

  /** The goals of a motion that starts at server ms `now`; or the name of a joint that no controller drives. */
  readonly make = (
    motion: MotionPoints,
    { limits, measured, can }: CommandedRobot,
    now: number,
  ): TrajectoryGoal[] | string => {
    const parts = splitByController(motion, can.trajectory, measured, limits);
    if (typeof parts === "string") return parts;
    return parts.map((part) => ({
      ...part,
      start: now,
      circular: part.joints.map((j) => limits.joints.get(j)?.isCircular ?? false),
      id: `${this.name}-${++this.count}`,
      pathTolerance: part.joints.map((j) => limits.joints.get(j)?.pathTolerance ?? 0),
      goalTolerance: part.joints.map((j) => limits.joints.get(j)?.goalTolerance ?? 0),
      goalTimeTolerance,
    }));
  };
}
