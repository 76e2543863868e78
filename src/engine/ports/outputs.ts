import type { ComputeRequest } from "../../command/plan-request.ts";
import type { RobotTask } from "../../command/robot-task.ts";
import type { StopState } from "../../command/stop-latch.ts";
import type { TrajectoryGoal } from "../../command/trajectory.ts";
import type { PlanarTwist } from "../../command/twist-stream.ts";
import type { WayQuestion } from "../../command/way-question.ts";
import type { ControllerName, DeviceId, GoalId, RobotId, SessionId, ViewerId } from "../../core/names.ts";
import type { ServerCommandMessage } from "../../protocol/command-messages.ts";
import type { DeviceCommand } from "../../protocol/device-profile.ts";
import type { TwinEvent } from "../../protocol/state-messages.ts";

/**
 * Everything that leaves the twin, as plain data: nothing else leaves it. A recorded run gives the same list again. What
 * comes of an output returns through the inbox.
 */
export type Output =
  /** A goal for one trajectory controller of a robot. */
  | { kind: "trajectory"; robot: RobotId; goal: TrajectoryGoal }
  | { kind: "cancel"; robot: RobotId; goalId: GoalId }
  /** m/s and rad/s in the base's frame (REP-103). */
  | { kind: "twist"; robot: RobotId; twist: PlanarTwist }
  /** A job for a program on the robot: a gripper's goal, a goal of the base, a call of a service. */
  | { kind: "task"; robot: RobotId; task: RobotTask }
  | { kind: "cancelTask"; robot: RobotId; taskId: GoalId }
  /**
   * The stop was pressed or reset. Pressed: goals of other clients are to be canceled as well. `braking`: what a
   * controlled stop still brakes is left alone until the next of these.
   */
  | { kind: "stopped"; robot: RobotId; stopped: boolean; braking?: StillBraking }
  /** A motion that is to be computed; `planAnswer` returns. */
  | { kind: "plan"; request: ComputeRequest }
  /** Nobody waits for that motion any more. */
  | { kind: "dropPlan"; id: string }
  /** The map of a robot is on this topic and is to be read; `map` returns. */
  | { kind: "map"; robot: RobotId; topic: string }
  /** A way that MoveIt is asked for; `wayAnswer` returns. */
  | { kind: "way"; robot: RobotId; question: WayQuestion }
  /** Nobody waits for that way any more. */
  | { kind: "dropWay"; robot: RobotId; id: string }
  /** Sent once, now or never; `deviceUnsent` returns where it cannot be sent. */
  | { kind: "device"; device: DeviceId; command: DeviceCommand }
  /** An answer to one command session. Unknown sessions are ignored. */
  | { kind: "reply"; session: SessionId; message: ServerCommandMessage }
  /** A message to every command session. */
  | { kind: "broadcast"; message: ServerCommandMessage }
  /** A stop to be kept over a restart; null: it was reset. */
  | { kind: "stopMemory"; robots: readonly RobotId[]; stop: StopState | null }
  | { kind: "event"; event: TwinEvent }
  /** What one viewer gets. The bytes of a frame are the same object for every viewer. */
  | { kind: "viewerText"; viewer: ViewerId; text: string }
  | { kind: "viewerFrame"; viewer: ViewerId; bytes: Uint8Array }
  | { kind: "viewerClose"; viewer: ViewerId; code: number; reason: string };

/** The controllers that carry out the goals of a controlled stop, and whether the base ramps down. */
export type StillBraking = { controllers: readonly ControllerName[]; twist: boolean };

/** Carries an output to the outside. It must not call the engine; it may push to its inbox. */
export type Emit = (output: Output) => void;

/** Outputs in the order in which they were made; the engine flushes them at the end of a READ or a cycle, and at a stop. */
export class Outbox {
  private waiting: Output[] = [];
  private spare: Output[] = [];

  constructor(private readonly emit: Emit) {}

  push(output: Output): void {
    this.waiting.push(output);
  }

  /** Emits everything that waits. Where one fails, the others are emitted first, then its error is thrown. */
  flush(): void {
    if (this.waiting.length === 0) return;
    const outputs = this.waiting;
    this.waiting = this.spare;
    this.spare = outputs;
    let failed: { error: unknown } | null = null;
    for (const output of outputs) {
      try {
        this.emit(output);
      } catch (error) {
        failed ??= { error };
      }
    }
    outputs.length = 0;
    if (failed !== null) throw failed.error;
  }
}
