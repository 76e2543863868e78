import type { BaseRequest, FoundWay } from "../command/base-request.ts";
import { usualMargins } from "../command/collision-guard.ts";
import type { BaseCommand, MotionCommand } from "../command/motion-command.ts";
import { checkTwist, type Objection } from "../command/validate-motion.ts";
import { inverseTimes } from "../core/pose-product.ts";
import type { PlannedWayMessage } from "../protocol/planned-message.ts";
import type { RobotControl } from "./robot/robot-control.ts";

const identity = [0, 0, 0, 0, 0, 0, 1];

/** Whether a question is about the way of a base. */
export function isOfBase(command: Pick<MotionCommand, "kind">): command is BaseCommand {
  return command.kind === "navigate" || command.kind === "twist";
}

/** What the thread must know to judge a way of a base, or its goals, from where it is at server ms `now`; or why it cannot be judged. */
export function baseRequest(
  id: string,
  control: RobotControl,
  command: BaseCommand,
  purpose: BaseRequest["purpose"],
  now: number,
): BaseRequest | Objection {
  const { twin, base, surroundings } = control;
  const { description, model } = twin;
  const robot = control.current();
  const { limits, collisions, margins = usualMargins } = robot;
  if (description === null || model === null) return notChecked("the robot's description is not known yet");
  if (collisions.state === "reading") {
    return notChecked("the robot's collision geometry is still being read: try again in a moment");
  }
  if (collisions.state === "unknown") return notChecked(collisions.reason);
  const fault = faultOf(command);
  if (fault !== null) return fault;
  const { grid } = base;
  const frame = command.kind === "navigate" ? command.frame : (grid?.frame ?? model.rootLink);
  const rootFromFrame = twin.rootFrom(frame, now);
  if (rootFromFrame === null) {
    const message = `tf does not say now where the robot is in the frame "${frame}"`;
    return { code: "unknown_frame", message };
  }
  const rootFromGrid = grid === null || grid.frame === frame ? rootFromFrame : twin.rootFrom(grid.frame, now);
  if (rootFromGrid === null) {
    return notChecked(`tf does not say now where the map's frame "${grid?.frame}" is`);
  }
  const start: Record<string, number> = {};
  for (const { name } of model.joints) {
    const position = twin.position(name);
    if (position !== undefined) start[name] = position;
  }
  return {
    ...{ id, robot: twin.id, description: description.hash, command, purpose, start, frame },
    frameFromRoot: inverseTimes(rootFromFrame, identity),
    limits: limits.twist,
    scene: surroundings.objects(),
    sceneHulls: surroundings.hulls(),
    world: collisions.state === "ready" ? [...(collisions.world ?? [])] : [],
    margins,
    footprint: base.footprint(),
    grid: grid === null ? null : { ...grid, frameFromGrid: inverseTimes(rootFromFrame, rootFromGrid) },
  };
}

/** A way that was found, as the client gets it. */
export function plannedWay(id: string | number, robot: string, way: FoundWay): PlannedWayMessage {
  const { path, duration, frame, poses, leastDistance, footprint, leavesMap } = way;
  return {
    ...{ op: "planned", id, robot, path, duration, frame },
    poses: poses.map(({ time, x, y, yaw }) => ({ time, position: [x, y], yaw })),
    ...(leastDistance === null ? {} : { leastDistance }),
    ...(footprint === null
      ? {}
      : { footprint: { points: footprint.points.map(([x, y]) => [x, y]), radius: footprint.radius } }),
    ...(leavesMap === null ? {} : { leavesMap }),
  };
}

function faultOf(command: BaseCommand): Objection | null {
  if (command.kind === "twist") return checkTwist(command);
  if (command.as !== "initial") return null;
  return { code: "unsupported", message: "where the base is (as: initial) is no motion: plan a goal" };
}

function notChecked(message: string): Objection {
  return { code: "not_checked", message };
}
