import type { PlannerProcess } from "./move-group-process.ts";
import type { RclNode, Rclnodejs } from "./rclnodejs-api.ts";
import type { SharedTf } from "./shared-tf.ts";
import type { VelocityGuard } from "./velocity-guard.ts";

/** The node that listens and the node that acts. */
export type RosHandles = {
  rcl: Rclnodejs;
  listener: RclNode;
  actor: RclNode;
  /** A node that acts in its own participant; null until it is there. */
  second: () => RclNode | null;
  /** The tf that robots in namespaces share; absent: each robot listens for itself. */
  sharedTf?: SharedTf;
  /** Of velocity groups; absent: none of them is used. */
  guard?: VelocityGuard;
  /** Starts what asks MoveIt by that service; absent: MoveIt is not asked. */
  startMoveGroup?: (service: string) => PlannerProcess;
};
