import type { Activity } from "../drive/activity.ts";
import type { Task } from "../drive/task-desk.ts";
import { formatBreach, formatClock } from "../store/format.ts";
import type { JointInfo } from "../store/robot-catalog.ts";
import { useReading, useSignal, useViewer } from "./viewer-context.ts";

/** The robot of a gripper, and the joint that its position is of; null where the gripper does not tell. */
export type GripperPart = { robot: string; joint: JointInfo | null };

/** Of its range, or of a turn, in a second: what moves less is at rest. */
const restShare = 0.01;

type Props = { name: string; part: GripperPart; task: Task | null; isBusy: boolean };

/** Whether the gripper moves, and what became of the last command. */
export function GripperAnswer({ name, part: { robot, joint }, task, isBusy }: Props) {
  const viewer = useViewer();
  const { angles } = useSignal(viewer.settings);
  // Others may move it as well.
  const isMoving = useReading(() => {
    if (joint === null) return false;
    const { motion } = viewer.store;
    const column = motion.facet(robot, "reported")?.joints.get(joint.name)?.velocity ?? -1;
    return Math.abs(motion.newest(column) ?? 0) > restShare * (joint.upper - joint.lower);
  });
  const activity = task?.activity;
  return (
    <output className="action-answer" aria-label={`State of ${name}`} aria-live="polite">
      {activity === undefined || isBusy ? (
        <span>{isBusy && activity !== undefined ? underWay(activity) : isMoving ? "Moving" : ""}</span>
      ) : (
        <span className={activity.stage === "done" && activity.code === "ok" ? undefined : "refusal"}>
          {task?.endedMs != null && <time className="figure dim">{formatClock(task.endedMs)} </time>}
          <b>{outcome(activity)}</b>
          {activity.breach !== null
            ? `: ${formatBreach(activity.breach, angles)}`
            : activity.message !== "" && `: ${activity.message}`}
        </span>
      )}
    </output>
  );
}

function underWay({ stage }: Activity): string {
  return stage === "executing" ? "Moving" : "Asked: the gripper has not answered yet";
}

function outcome({ stage, code }: Activity): string {
  if (stage === "refused") return "Refused";
  if (stage === "done") return code === "not_reached" ? "Not reached" : "Done";
  switch (code) {
    case "stalled":
      return "Stalled";
    case "stopped":
      return "Stopped";
    case "replaced":
      return "Replaced";
    default:
      return "Ended";
  }
}
