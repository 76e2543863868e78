import type { RobotTask } from "../command/robot-task.ts";
import type { TrajectoryGoal } from "../command/trajectory.ts";
import type { PlanarTwist } from "../command/twist-stream.ts";
import type { WayQuestion } from "../command/way-question.ts";
import type { StillBraking } from "../engine/ports/outputs.ts";
import type { RobotSink } from "../engine/ports/sinks.ts";

/** Where commands for a robot go now: to ROS, to the simulated robot, or nowhere yet. */
export class RobotSwitch implements RobotSink {
  private target: RobotSink | null = null;

  connect(target: RobotSink | null): void {
    this.target = target;
  }

  sendTrajectory(goal: TrajectoryGoal): void {
    this.target?.sendTrajectory(goal);
  }

  cancelTrajectory(goalId: string): void {
    this.target?.cancelTrajectory(goalId);
  }

  sendTwist(twist: PlanarTwist): void {
    this.target?.sendTwist(twist);
  }

  sendTask(task: RobotTask): void {
    this.target?.sendTask(task);
  }

  cancelTask(taskId: string): void {
    this.target?.cancelTask(taskId);
  }

  setStopped(stopped: boolean, braking?: StillBraking): void {
    this.target?.setStopped(stopped, braking);
  }

  findWay(question: WayQuestion): void {
    this.target?.findWay?.(question);
  }

  dropWay(id: string): void {
    this.target?.dropWay?.(id);
  }
}
