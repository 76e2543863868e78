import { nearestTurn } from "../core/circle.ts";
import { createData } from "../robot/data.ts";
import { forwardKinematics } from "../robot/forward-kinematics.ts";
import type { RobotModel } from "../robot/model.ts";
import { cornersThrough, type Refused, type ToolContext, targetOf } from "../robot/path/plan-tool-motion.ts";
import { simplifyWay } from "../robot/path/simplify-way.ts";
import { timeCurve } from "../robot/path/time-curve.ts";
import { timeWaypoints } from "../robot/path/time-waypoints.ts";
import type { TimedPath } from "../robot/path/timed-path.ts";
import { durationOfPath } from "../robot/path/timed-path-sample.ts";
import { writeQuaternion } from "../robot/quaternion.ts";
import { transformSize } from "../robot/rigid-transform.ts";
import type { PlannableCommand } from "./motion-command.ts";
import type { Objection } from "./validate-motion.ts";
import type { GivenWay } from "./way-question.ts";

/** How far from where the robot is measured a way may begin, rad or m: it moved or was measured in between. */
const startWithin = 0.01;
/** How far from what was asked a way may end: rad or m of a joint, m and rad of a link. */
const endWithin = { joint: 2e-3, position: 3e-3, angle: 0.03 };
/** How far the motion may stay away from the points of the way, rad or m, in the order in which it is tried. */
const blends = [0.1, 0.02, 0];

/** How far a curve along all points may be from the lines between them, rad or m. */
const curveWithin = 0.02;
/** How far from the way points may be that are left out of its corners, rad or m. */
const simplifiedWithin = 2e-3;
const usualSpeed = 0.5;

/** The motions along one way: first on a curve or with wide corners, the last stops in each. */
export type FollowedWay = { next(): TimedPath | null };

/**
 * What follows a way that another planner found, from rest to rest within our own limits; or why it is not followed: it moves what
 * the robot has not, leaves its limits, or does not go from where the robot is to where it was asked to be. Only its places
 * count: its times are not known. Whether it collides is not looked at.
 */
export function followWay(
  context: ToolContext,
  command: PlannableCommand,
  { joints, points }: GivenWay,
): FollowedWay | Objection {
  const { model, start } = context;
  const [first] = points;
  if (first === undefined) return invalid("it has no points");
  const own = joints.map((name) => model.joints[model.jointIndex.get(name) ?? -1]);
  for (const [j, joint] of own.entries()) {
    if (joint === undefined)
      return { code: "unknown_joint", message: `MoveIt's way: the robot has no joint "${joints[j]}"` };
    if (joint.mimic !== null) {
      const message = `MoveIt's way: ${joint.name} follows ${joint.mimic.joint}, and is not moved by itself`;
      return { code: "mimic_joint", message };
    }
    if (joint.nq !== 1)
      return { code: "unsupported_axis", message: `MoveIt's way: ${joint.name} has no single axis` };
  }
  const end = start.slice();
  for (const [j, joint] of own.entries()) {
    if (joint === undefined) continue;
    const here = start[joint.qIndex] as number;
    const begin = first[j] as number;
    const off = (joint.type === "continuous" ? nearestTurn(begin, here) : begin) - here;
    if (Math.abs(off) > startWithin) {
      const message = `MoveIt's way begins elsewhere: ${joint.name} is ${Math.abs(off).toFixed(3)} from there`;
      return { code: "start_mismatch", message };
    }
    end[joint.qIndex] = points.at(-1)?.[j] as number;
  }
  const wrong = objectToEnd(context, command, end);
  if (wrong !== null) return invalid(wrong);
  const found = cornersThrough(
    context,
    points.slice(1).map((point) => ({
      positions: Object.fromEntries(joints.map((name, j) => [name, point[j] as number])),
    })),
  );
  if (!found.ok) return objectionOf(found);
  const speed = ("speed" in command ? command.speed : undefined) ?? usualSpeed;
  return motionsAlong(context, found, speed);
}

/** The motions along corners that are inside the limits, the fastest of the wide ones first. */
function motionsAlong(
  context: ToolContext,
  { joints, corners }: { joints: string[]; corners: number[][] },
  speed: number,
): FollowedWay {
  const limits = joints.map((joint) => context.limitsOf(joint));
  const simple = simplifyWay(corners, simplifiedWithin);
  const curve = timeCurve(joints, corners, limits, { speed, within: curveWithin });
  const tried = [...blends];
  let blended = timeWaypoints(joints, simple, limits, { blend: tried.shift() as number, speed });
  let isCurveNext = curve !== null && durationOfPath(curve) < durationOfPath(blended);
  let isBlendedNext = true;
  return {
    next: () => {
      if (isCurveNext) {
        isCurveNext = false;
        return curve;
      }
      if (isBlendedNext) {
        isBlendedNext = false;
        return blended;
      }
      const blend = tried.shift();
      if (blend === undefined) return null;
      blended = timeWaypoints(joints, simple, limits, { blend, speed });
      return blended;
    },
  };
}

/** Why a way does not end where the command asks for; null: it does. */
function objectToEnd(context: ToolContext, command: PlannableCommand, end: Float64Array): string | null {
  const { model } = context;
  if (command.kind === "jointPosition") {
    for (const [name, asked] of Object.entries(command.positions)) {
      const joint = model.joints[model.jointIndex.get(name) ?? -1];
      if (joint === undefined) return `the robot has no joint "${name}"`;
      const at = end[joint.qIndex] as number;
      const off = (joint.type === "continuous" ? nearestTurn(asked, at) : asked) - at;
      if (!(Math.abs(off) <= endWithin.joint)) {
        return `it ends elsewhere than asked: ${name} ${Math.abs(off).toFixed(3)} away`;
      }
    }
    return null;
  }
  if (command.kind !== "pose") return "it is no answer to such a command";
  const target = targetOf(context, context.start, command);
  if ("code" in target) return target.message;
  const { position, quaternion } = placeOf(model, target.link, end);
  const off = Math.hypot(...Array.from(position, (value, i) => value - (target.position[i] as number)));
  if (!(off <= endWithin.position)) return `it ends ${off.toFixed(3)} m from the pose that was asked for`;
  const dot = quaternion.reduce((sum, value, i) => sum + value * (target.quaternion[i] as number), 0);
  const angle = 2 * Math.acos(Math.min(1, Math.abs(dot)));
  if (!(angle <= endWithin.angle))
    return `it ends turned by ${angle.toFixed(3)} rad from the pose that was asked for`;
  return null;
}

/** Where a link is in the root link's frame at a configuration. */
function placeOf(model: RobotModel, link: number, q: Float64Array) {
  const data = createData(model);
  forwardKinematics(model, data, q);
  const transform = data.rootFromLink.slice(transformSize * link, transformSize * (link + 1));
  const quaternion = new Float64Array(4);
  writeQuaternion(transform, 0, quaternion, 0);
  return { position: transform.slice(9), quaternion };
}

function objectionOf({ code, message, breach }: Refused): Objection {
  return { code, message: `MoveIt's way: ${message}`, ...(breach === undefined ? {} : { breach }) };
}

function invalid(reason: string): Objection {
  return { code: "invalid_trajectory", message: `MoveIt's way: ${reason}` };
}
