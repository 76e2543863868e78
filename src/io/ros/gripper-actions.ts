import type { RobotTask } from "../../command/robot-task.ts";
import { type GoalOutcome, goalStatus } from "./action-goals.ts";
import type { TaskActionKind } from "./task-action-kind.ts";

const noStamp = { sec: 0, nanosec: 0 };

type GripperTask = Extract<RobotTask, { kind: "gripper" }>;

/** control_msgs/action/GripperCommand: one position, of the gripper's joint, and a bound of effort; 0 is the controller's own. */
export const gripperCommand: TaskActionKind = {
  type: "control_msgs/action/GripperCommand",
  jointParameter: "joint",
  decode: null,
  goal: (task) => {
    const { position, maxEffort } = task as GripperTask;
    return { command: { position, max_effort: maxEffort ?? 0 } };
  },
  outcome: (status, result) => {
    const { position, effort, stalled } = result as { position: number; effort: number; stalled: boolean };
    return outcome(status, position, effort, stalled);
  },
};

/** control_msgs/action/ParallelGripperCommand: a joint state with the position, and the effort where it is bounded. */
export const parallelGripperCommand: TaskActionKind = {
  type: "control_msgs/action/ParallelGripperCommand",
  jointParameter: "joint",
  decode: null,
  goal: (task, joints) => {
    const { joint, position, maxEffort } = task as GripperTask;
    const name = joint ?? joints?.[0];
    return {
      command: {
        header: { stamp: noStamp, frame_id: "" },
        name: name === undefined ? [] : [name],
        position: [position],
        velocity: [],
        effort: maxEffort === null ? [] : [maxEffort],
      },
    };
  },
  outcome: (status, result) => {
    const { state, stalled } = result as {
      state: { position: ArrayLike<number>; effort: ArrayLike<number> };
      stalled: boolean;
    };
    return outcome(status, state.position[0], state.effort[0], stalled);
  },
};

/** A gripper that holds something stalls on its way: its controller decides whether that is success. */
function outcome(
  status: number,
  position: number | undefined,
  effort: number | undefined,
  stalled: boolean,
): GoalOutcome {
  const where = position === undefined ? "" : ` at ${shown(position)}`;
  const force = effort === undefined || effort === 0 ? "" : ` with an effort of ${shown(effort)}`;
  if (status === goalStatus.succeeded) {
    if (stalled) {
      const message = `it stands${where}${force}, short of its goal: it holds something`;
      return { stage: "done", code: "stalled", message };
    }
    return { stage: "done", code: "ok", message: `it is${where || " there"}${force}` };
  }
  if (status === goalStatus.canceled) {
    return { stage: "aborted", code: "canceled", message: `canceled${where}` };
  }
  if (stalled) {
    const message = `it stalled${where}${force} before it was there: something is in the way, or it holds something`;
    return { stage: "aborted", code: "stalled", message };
  }
  return { stage: "aborted", code: "controller_failed", message: `the gripper gave up${where}` };
}

function shown(value: number): string {
  return String(Math.round(value * 1e4) / 1e4);
}
