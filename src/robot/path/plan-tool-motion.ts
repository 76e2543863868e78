import { nearestTurn } from "../../core/circle.ts";
import { createData } from "../data.ts";
import { forwardKinematics } from "../forward-kinematics.ts";
import type { RobotModel } from "../model.ts";
import { writeQuaternion, writeRotationOf } from "../quaternion.ts";
import { compose, transformSize } from "../rigid-transform.ts";
import type { PathLimits } from "./path-limits.ts";
import { planLine } from "./plan-line.ts";
import { chainJoints, type PoseFault, type PoseTarget, solvePose } from "./solve-pose.ts";
import { timeWaypoints } from "./time-waypoints.ts";
import type { TimedPath } from "./timed-path.ts";

/** A pose of a link: m and a unit quaternion x y z w in a frame; without a link it is the tool's. */
export type ToolPose = {
  link?: string | undefined;
  frame: string;
  position: readonly number[];
  quaternion: readonly number[];
};
export type ToolWaypoint = { positions: Readonly<Record<string, number>> } | { pose: ToolPose };

/** What a motion of tool space is computed with. */
export type ToolContext = {
  model: RobotModel;
  /** The robot's configuration at the start, at rest. */
  start: Float64Array;
  /** The link that is meant where none is named; null: there is none. */
  tool: string | null;
  /** Frames that are no links of the robot, in the root link's frame: x y z, then a unit quaternion x y z w. */
  frames: Readonly<Record<string, readonly number[]>>;
  limitsOf(joint: string): PathLimits;
  /** Whether nothing collides in a configuration; absent: it is not asked. */
  isFree?: (q: Float64Array) => boolean;
};

export type ToolFault = Omit<PoseFault, "code"> & {
  code: PoseFault["code"] | "singular" | "unknown_link" | "unknown_frame" | "unknown_joint" | "mimic_joint";
};
export type Refused = { ok: false } & ToolFault;

/** Where the joints between the root and the link are at a pose: rad or m, by name. */
export function poseGoal(
  context: ToolContext,
  pose: ToolPose,
): { ok: true; positions: Record<string, number>; q: Float64Array } | Refused {
  const target = targetOf(context, context.start, pose);
  if ("code" in target) return { ok: false, ...target };
  const solved = solvePose(context.model, context.start, target, context.isFree);
  if (!solved.ok) return solved;
  const chain = chainJoints(context.model, target.link);
  const positions = Object.fromEntries(chain.map(({ name, qIndex }) => [name, solved.q[qIndex] as number]));
  return { ok: true, positions, q: solved.q };
}

/** The motion of a link on a straight line to a pose. `toolLinear` in m/s, `toolAngular` in rad/s: at most. */
export function lineTo(
  context: ToolContext,
  pose: ToolPose,
  options: { speed?: number; toolLinear?: number; toolAngular?: number },
): { ok: true; path: TimedPath } | Refused {
  const target = targetOf(context, context.start, pose);
  if ("code" in target) return { ok: false, ...target };
  return planLine(context.model, context.start, target, (joint) => context.limitsOf(joint), options);
}

/** The corners of a motion through way points: the joints that any of them moves, and where they are, the start first. */
export function cornersThrough(
  context: ToolContext,
  points: readonly ToolWaypoint[],
): { ok: true; joints: string[]; corners: number[][] } | Refused {
  const { model, start } = context;
  const q = start.slice();
  const configurations = [q.slice()];
  const moved = new Set<string>();
  for (const [i, point] of points.entries()) {
    const fault =
      "pose" in point ? reach(context, point.pose, q, moved) : place(model, point.positions, q, moved);
    if (fault !== null) return { ok: false, ...fault, message: `point ${i}: ${fault.message}` };
    configurations.push(q.slice());
  }
  const joints = model.joints.filter(({ name }) => moved.has(name));
  const corners = configurations.map((one) => joints.map(({ qIndex }) => one[qIndex] as number));
  return { ok: true, joints: joints.map(({ name }) => name), corners };
}

/** One motion through way points, which may stay `blend` away from each, rad or m. */
export function throughWaypoints(
  context: ToolContext,
  points: readonly ToolWaypoint[],
  options: { blend: number; speed: number },
): { ok: true; path: TimedPath } | Refused {
  const found = cornersThrough(context, points);
  if (!found.ok) return found;
  const limits = found.joints.map((joint) => context.limitsOf(joint));
  return { ok: true, path: timeWaypoints(found.joints, found.corners, limits, options) };
}

/** Brings `q` to a pose; what is in the way, or null. */
function reach(context: ToolContext, pose: ToolPose, q: Float64Array, moved: Set<string>): ToolFault | null {
  const target = targetOf(context, q, pose);
  if ("code" in target) return target;
  const solved = solvePose(context.model, q, target, context.isFree);
  if (!solved.ok) return solved;
  q.set(solved.q);
  for (const { name } of chainJoints(context.model, target.link)) moved.add(name);
  return null;
}

/** Brings `q` to joint positions; what is in the way, or null. */
function place(
  model: RobotModel,
  positions: Readonly<Record<string, number>>,
  q: Float64Array,
  moved: Set<string>,
): ToolFault | null {
  for (const [name, value] of Object.entries(positions)) {
    const joint = model.joints[model.jointIndex.get(name) ?? -1];
    const master = joint?.mimic?.joint;
    if (master !== undefined) {
      return { code: "mimic_joint", message: `${name} follows ${master}: command that one` };
    }
    if (joint?.nq !== 1)
      return { code: "unknown_joint", message: `the robot has no movable joint "${name}"` };
    const { lower, upper, qIndex, type } = joint;
    if (!(value >= lower && value <= upper)) {
      const unit = type === "prismatic" ? ("m" as const) : ("rad" as const);
      return {
        code: "outside_limits",
        message: `${name}: ${value.toFixed(3)} ${unit} is outside ${lower.toFixed(3)} … ${upper.toFixed(3)} ${unit}`,
        breach: { joint: name, value, lower, upper, unit },
      };
    }
    q[qIndex] = type === "continuous" ? nearestTurn(value, q[qIndex] as number) : value;
    moved.add(name);
  }
  return null;
}

/** A pose as a target in the root frame; frames of the robot are where they are at `q`. */
export function targetOf(context: ToolContext, q: Float64Array, pose: ToolPose): PoseTarget | ToolFault {
  const { model, tool, frames } = context;
  const name = pose.link ?? tool;
  const link = model.linkIndex.get(name ?? "");
  if (name === null || link === undefined) {
    const message =
      name === null
        ? "the robot has no tool: name the link that is to move"
        : `the robot has no link "${name}"`;
    return { code: "unknown_link", message };
  }
  const rootFromFrame = new Float64Array(transformSize);
  const own = model.linkIndex.get(pose.frame);
  const other = Object.hasOwn(frames, pose.frame) ? frames[pose.frame] : undefined;
  if (own !== undefined) {
    const data = createData(model);
    forwardKinematics(model, data, q);
    rootFromFrame.set(data.rootFromLink.subarray(transformSize * own, transformSize * (own + 1)));
  } else if (other !== undefined) writePose(other.slice(0, 3), other.slice(3), rootFromFrame);
  else return { code: "unknown_frame", message: `there is no frame "${pose.frame}"` };
  const frameFromLink = new Float64Array(transformSize);
  writePose(pose.position, pose.quaternion, frameFromLink);
  const rootFromLink = new Float64Array(transformSize);
  compose(rootFromFrame, 0, frameFromLink, 0, rootFromLink, 0);
  const quaternion = new Float64Array(4);
  writeQuaternion(rootFromLink, 0, quaternion, 0);
  return { link, position: rootFromLink.slice(9), quaternion };
}

function writePose(position: readonly number[], quaternion: readonly number[], out: Float64Array): void {
  writeRotationOf(quaternion, out, 0);
  out.set(position.slice(0, 3), 9);
}
