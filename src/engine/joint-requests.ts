import { usualMargins } from "../command/collision-guard.ts";
import type { PlannableCommand } from "../command/motion-command.ts";
import type { PlanRequest } from "../command/plan-request.ts";
import type { Objection } from "../command/validate-motion.ts";
import { unknownFrame } from "./robot/frame-lookup.ts";
import type { RobotControl } from "./robot/robot-control.ts";

/** What is computed of a command of joints or of the tool, from where the robot is at server ms `now`; or why it cannot be. */
export function jointRequest(
  id: string,
  control: RobotControl,
  command: PlannableCommand,
  purpose: PlanRequest["purpose"],
  avoid: boolean,
  now: number,
): PlanRequest | Objection {
  const { twin } = control;
  const { description, model } = twin;
  const { limits, collisions, margins = usualMargins } = control.current();
  if (description === null || model === null) {
    return { code: "not_checked", message: "the robot's description is not known yet" };
  }
  if (collisions.state === "reading") {
    const message = "the robot's collision geometry is still being read: try again in a moment";
    return { code: "not_checked", message };
  }
  if (collisions.state === "unknown") return { code: "not_checked", message: collisions.reason };
  const start: Record<string, number> = {};
  for (const { name } of model.joints) {
    const position = twin.position(name);
    if (position !== undefined) start[name] = position;
  }
  const frames: Record<string, readonly number[]> = {};
  for (const frame of framesOf(command)) {
    if (model.linkIndex.has(frame)) continue;
    const pose = twin.rootFrom(frame, now);
    if (pose === null) {
      const message = unknownFrame(frame, twin.id);
      return { code: "unknown_frame", message };
    }
    frames[frame] = pose;
  }
  return {
    id,
    robot: twin.id,
    description: description.hash,
    command,
    purpose,
    avoid,
    start,
    limits: Object.fromEntries(limits.joints),
    frames,
    scene: control.surroundings.objects(),
    sceneHulls: control.surroundings.hulls(),
    margins,
  };
}

/** The frames that a command gives poses in. */
function framesOf(command: PlannableCommand): string[] {
  if (command.kind === "pose") return [command.frame];
  if (command.kind !== "waypoints") return [];
  return command.points.flatMap((point) => ("pose" in point ? [point.pose.frame] : []));
}
