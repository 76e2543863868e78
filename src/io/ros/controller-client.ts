import type { TrajectoryGoal } from "../../command/trajectory.ts";

/** One controller of the robot that carries out trajectories. */
export interface ControllerClient {
  /** Joints it drives, once its node has told; null until then, or when it does not tell. */
  readonly joints: readonly string[] | null;
  /** Whether it can be used only once they are known. */
  readonly needsJoints: boolean;
  /** Whether the controller is there now. */
  isServed(): boolean;
  /** Looks at what it depends on. Called often. */
  watch?(): void;
  askJoints(): void;
  /** Judges its goal by what was measured, where it reports nothing itself. Called at each joint state. */
  judge?(): void;
  /** Its node's controller was deactivated: what it is doing will not go on. */
  deactivated?(): void;
  /** Waits, blocking, until the controller has what was sent. */
  flush?(): void;
  send(goal: TrajectoryGoal): void;
  cancel(goalId: string): void;
  /** Ends every goal of the controller, those of other clients too. False when that cannot be sent yet. */
  cancelEverything(): boolean;
  /** The controller is gone: what it was doing will have no result. See `ActionGoals.serverGone`. */
  serverGone(): readonly Uint8Array[];
  /** See `ActionGoals.cancelLost`. */
  cancelLost?(uuids: readonly Uint8Array[]): void;
  destroy(): void;
}
