import type { RobotTask } from "../../command/robot-task.ts";
import type { StopState } from "../../command/stop-latch.ts";
import type { TrajectoryGoal } from "../../command/trajectory.ts";
import type { PlanarTwist } from "../../command/twist-stream.ts";
import type { Objection } from "../../command/validate-motion.ts";
import type { WayQuestion } from "../../command/way-question.ts";
import type { DeviceId, GoalId, RobotId, SessionId } from "../../core/names.ts";
import type { ServerCommandMessage } from "../../protocol/command-messages.ts";
import type { DeviceCommand } from "../../protocol/device-profile.ts";
import type { StillBraking } from "./outputs.ts";

/** How an output leaves for one robot. What comes of it returns through the inbox. */
export interface RobotSink {
  sendTrajectory(goal: TrajectoryGoal): void;
  cancelTrajectory(goalId: GoalId): void;
  sendTwist(twist: PlanarTwist): void;
  sendTask(task: RobotTask): void;
  /** Cancels a task where its kind can be cancelled. */
  cancelTask(taskId: GoalId): void;
  /**
   * The stop was pressed or released. Pressed: goals of others are to be cancelled as well. What still brakes by a
   * controlled stop is left alone until it is called again.
   */
  setStopped(stopped: boolean, braking?: StillBraking): void;
  /** Asks MoveIt beside the robot for a way; absent where there cannot be one. */
  findWay?(question: WayQuestion): void;
  /** Nobody waits for the way of that question any more. */
  dropWay?(id: string): void;
}

/** Whatever carries out trajectories for one controller: the robot's own side, or a device. It reports through the inbox. */
export interface TrajectoryExecutor {
  send(goal: TrajectoryGoal): void;
  /** False when it does not have the goal. */
  cancel(goalId: GoalId): boolean;
}

/** How a command leaves for a device: once, and now or never. What is in the way comes back instead. */
export interface DeviceSink {
  send(device: DeviceId, command: DeviceCommand): Objection | null;
}

/** How answers reach a command session. Unknown sessions are ignored. */
export interface CommandReplies {
  reply(session: SessionId, message: ServerCommandMessage): void;
  broadcast(message: ServerCommandMessage): void;
}

/** Keeps stops over a restart. It must not throw: it reports a failed write through the inbox or the log. */
export interface StopMemory {
  remember(robots: readonly RobotId[], stop: StopState | null): void;
}

/** What the stream must know of one viewer's socket. */
export interface ViewerSocket {
  /** Bytes of its outputs that the network has not taken yet. */
  bufferedBytes(): number;
}
