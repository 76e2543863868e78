import type { Navigation, PlanarPose, RobotTask } from "../../command/robot-task.ts";
import { decodeNavigationFeedback, type NavigationFeedback } from "../../protocol/navigation-feedback.ts";
import { type GoalOutcome, goalStatus } from "./action-goals.ts";
import type { Rclnodejs } from "./rclnodejs-api.ts";
import type { TaskActionKind } from "./task-action-kind.ts";

export const navigateToPose = "nav2_msgs/action/NavigateToPose";
export const navigateThroughPoses = "nav2_msgs/action/NavigateThroughPoses";

type NavigateTask = Extract<RobotTask, { kind: "navigate" }>;

/** Whose stamp is zero means the newest transform, and so does not depend on anybody's clock. */
const noStamp = { sec: 0, nanosec: 0 };

/** A geometry_msgs/PoseStamped of a place in the plane. */
export function poseStamped(frame: string, pose: PlanarPose): object {
  return { header: { stamp: noStamp, frame_id: frame }, pose: poseOf(pose) };
}

/** A geometry_msgs/Pose of a place in the plane. */
export function poseOf({ x, y, yaw }: PlanarPose): object {
  return {
    position: { x, y, z: 0 },
    orientation: { x: 0, y: 0, z: Math.sin(yaw / 2), w: Math.cos(yaw / 2) },
  };
}

/** Nav2 rejects goals until its nodes are active. */
const hint =
  "it gives no reason. Look whether Nav2 is active (`ros2 lifecycle get /bt_navigator`), and whether another client's goal is under way";

const told = (feedback: object): { navigation: Navigation } => {
  return { navigation: (feedback as NavigationFeedback).navigation };
};

/** Nav2's navigator to one pose. */
export const toPoseKind: TaskActionKind = {
  type: navigateToPose,
  jointParameter: null,
  decode: (bytes) => decodeNavigationFeedback(bytes, false),
  goal: (task) => {
    const { frame, poses } = task as NavigateTask;
    return { pose: poseStamped(frame, poses.at(-1) as PlanarPose), behavior_tree: "" };
  },
  told,
  outcome,
  hint,
};

/** Nav2's navigator through several poses. Its goal is a list until Jazzy, and nav_msgs/Goals since Kilted. */
export function throughPosesKind(rcl: Rclnodejs): TaskActionKind {
  return {
    type: navigateThroughPoses,
    jointParameter: null,
    decode: (bytes) => decodeNavigationFeedback(bytes, true),
    goal: (task) => {
      const { frame, poses } = task as NavigateTask;
      const goals = poses.map((pose) => poseStamped(frame, pose));
      const header = { stamp: noStamp, frame_id: frame };
      return { poses: takesList(rcl) ? goals : { header, goals }, behavior_tree: "" };
    },
    told,
    outcome,
    hint,
  };
}

/** Whether the goal's definition that is installed here has its poses as a list. */
function takesList(rcl: Rclnodejs): boolean {
  const { Goal } = rcl.require(navigateThroughPoses) as { Goal: new () => { poses: unknown } };
  const { poses } = new Goal();
  return !(typeof poses === "object" && poses !== null && "goals" in poses);
}

/** Error codes of Nav2 that say what to do. */
const known: Readonly<Record<number, string>> = {
  9001: "the behavior tree could not be loaded",
  9002: "a transform is missing between the goal's frame and the robot: is it localized?",
  9003: "it took too long",
};

function outcome(status: number, result: unknown): GoalOutcome {
  // Humble's result is empty.
  const { error_code: code = 0, error_msg: text = "" } = result as {
    error_code?: number;
    error_msg?: string;
  };
  if (status === goalStatus.succeeded)
    return { stage: "done", code: "ok", message: "the base is at its goal" };
  if (status === goalStatus.canceled) {
    return { stage: "aborted", code: "canceled", message: text || "the navigator canceled the goal" };
  }
  const reason = text || known[code] || "the navigator gave up and does not say why: see its log";
  return { stage: "aborted", code: `navigator_${code}`, message: reason };
}
