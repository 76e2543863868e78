import { useEffect, useMemo } from "react";
import { ownValue } from "../../core/own-value.ts";
import { openEnd } from "../scene/gripper-opening.ts";
import type { JointInfo, RobotEntry } from "../store/robot-catalog.ts";
import type { NamedPose } from "../teach/named-pose.ts";
import { useSignal, useViewer } from "./viewer-context.ts";

/** The range of a gripper, rad or m, and its two buttons. */
export type GripEnds = {
  lower: number;
  upper: number;
  buttons: readonly { label: string; position: number }[];
};

const opens = /(^|[^a-z])open/i;
const closes = /(^|[^a-z])clos/i;

/**
 * The ends of a gripper's range; null where it has none. Which one is open is what the robot's poses say (`open` and
 * `close` of an SRDF), else the fingers; where nobody knows, the buttons bear the positions.
 */
export function useGripEnds(robot: RobotEntry, joint: JointInfo | null): GripEnds | null {
  const viewer = useViewer();
  const book = viewer.hands.bookOf(robot.id);
  const poses = useSignal(book.poses);
  useEffect(() => void book.refresh(), [book]);
  return useMemo(() => {
    if (joint === null || joint.type === "continuous" || !(joint.upper > joint.lower)) return null;
    const { lower, upper } = joint;
    const open = named(poses, opens, joint);
    const closed = named(poses, closes, joint);
    if (open !== null && closed !== null) return ends(joint, "Open", open, "Close", closed);
    const { motion } = viewer.store;
    const view = viewer.fleet.views.get(robot.id);
    const joints = robot.model.phase === "ready" ? robot.model.joints : [];
    const end = openEnd(joint, joints, (link, position) => {
      const [x, y, z] = view?.trace(link, [position], motion) ?? [];
      return x === undefined || y === undefined || z === undefined ? null : [x, y, z];
    });
    if (end === "upper") return ends(joint, "Open", upper, "Close", lower);
    if (end === "lower") return ends(joint, "Open", lower, "Close", upper);
    const words = (value: number) => `To ${value.toFixed(3)} ${joint.unit}`;
    return ends(joint, words(lower), lower, words(upper), upper);
  }, [viewer, robot, joint, poses]);
}

function ends(
  { lower, upper }: JointInfo,
  firstLabel: string,
  first: number,
  secondLabel: string,
  second: number,
): GripEnds {
  const buttons = [
    { label: firstLabel, position: first },
    { label: secondLabel, position: second },
  ];
  return { lower, upper, buttons };
}

/** Where a pose of that name has the joint. */
function named(poses: readonly NamedPose[] | null, name: RegExp, joint: JointInfo): number | null {
  for (const pose of poses ?? []) {
    const position = ownValue(pose.positions, joint.name);
    if (position !== undefined && name.test(pose.name)) return position;
  }
  return null;
}
