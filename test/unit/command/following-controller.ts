import type { TrajectoryGoal } from "../../../src/command/trajectory.ts";
import {
  copyJointMotion,
  createJointMotion,
  type JointMotion,
  SampledTrajectory,
} from "../../../src/sim/sampled-trajectory.ts";

/** A trajectory controller that follows without error: splines through the points, from where it is. */
export class FollowingController {
  private trajectory: SampledTrajectory | null = null;
  private start = 0;
  private readonly at: JointMotion;

  /** `position` is where `joints` stand, rad or m; each goal names all of them. */
  constructor(
    private readonly joints: readonly string[],
    position: readonly number[],
  ) {
    this.at = createJointMotion(joints.length);
    this.at.positions.set(position);
  }

  /** Takes a goal at server ms `now`. */
  follow(goal: TrajectoryGoal, now: number): void {
    this.state(now);
    const here = createJointMotion(this.joints.length);
    copyJointMotion(this.at, here);
    const columns = goal.joints.map((joint) => this.joints.indexOf(joint));
    const points = goal.points.map(({ time, ...point }) => ({ timeFromStart: time, ...point }));
    this.trajectory = new SampledTrajectory(here, points, columns, "splines");
    this.start = now;
  }

  /** The motion at server ms `now`, which must not fall; after a goal's end at rest. */
  state(now: number): { positions: number[]; velocities: number[]; accelerations: number[] } {
    const goesOn = this.trajectory?.sample((now - this.start) / 1000, this.at) ?? false;
    if (!goesOn) {
      this.at.velocities.fill(0);
      this.at.accelerations.fill(0);
    }
    const { positions, velocities, accelerations } = this.at;
    return {
      positions: [...positions],
      velocities: [...velocities],
      accelerations: [...accelerations],
    };
  }
}
