import type { RobotModel } from "../robot/model.ts";
import type { SimulatedRobot } from "./simulated-robot.ts";

/** Seconds between poses, and before the first. */
const pauseSeconds = 1.0;
const moveSeconds = 3.0;
/** Share of each joint's range, about its middle, that the routine uses. */
const reach = 0.28;
const cruise = { linear: 0.22, angular: 0.3 };

/**
 * What the simulated robot does of its own accord so that a newcomer sees it alive: the arm goes from
 * pose to pose, the base rolls on a circle. It ends at once when it may not go on.
 */
export class DemoRoutine {
  private next = Number.NaN;
  private pose = 0;
  private active = false;

  constructor(
    private readonly robot: SimulatedRobot,
    private readonly model: RobotModel,
  ) {}

  /** One step at `now` (s, monotonic), before the robot's own. */
  step(now: number, mayMove: boolean): void {
    if (!mayMove) {
      if (this.active) this.end(now);
      this.next = now + pauseSeconds;
      return;
    }
    if (Number.isNaN(this.next)) this.next = now + pauseSeconds;
    this.active = true;
    this.robot.base?.setTwist(cruise.linear, 0, cruise.angular, now);
    if (now < this.next) return;
    this.next = now + moveSeconds + pauseSeconds;
    const { jointNames } = this.robot.trajectory;
    this.pose++;
    this.robot.trajectory.accept(
      {
        id: `routine-${this.pose}`,
        jointNames: [...jointNames],
        points: [
          {
            timeFromStart: moveSeconds,
            positions: jointNames.map((name, j) => this.target(name, j)),
            velocities: jointNames.map(() => 0),
            accelerations: jointNames.map(() => 0),
          },
        ],
        goalTimeTolerance: 0,
      },
      now,
    );
  }

  /** A pose a joint: the phases differ, so that the joints do not nod in step. rad or m. */
  private target(name: string, index: number): number {
    const joint = this.model.joints[this.model.jointIndex.get(name) ?? -1];
    const lower = Math.max(joint?.lower ?? -1, -2);
    const upper = Math.min(joint?.upper ?? 1, 2);
    const middle = (lower + upper) / 2;
    return middle + reach * (upper - lower) * Math.sin(1.9 * this.pose + 2.4 * index);
  }

  private end(now: number): void {
    this.active = false;
    this.robot.base?.setTwist(0, 0, 0, now);
    this.robot.trajectory.cancel(`routine-${this.pose}`, now);
  }
}
