import { type Result, refused, type Taken } from "../core/result.ts";
import type { Stamp } from "../core/stamp.ts";
import { readCdr } from "./cdr-message.ts";

/** Names of frames and joints: kept as long as the program lives, and sent to every viewer. */
export const maxNameLength = 256;

type Header = { stamp: Stamp; frame_id: string };
type Xyz = { x: number; y: number; z: number };
type Xyzw = Xyz & { w: number };

/** sensor_msgs/JointState: rad or m and their rates, N·m or N. An empty array: not measured. */
export type JointStateMessage = {
  stamp: Stamp;
  name: string[];
  position: ArrayLike<number>;
  velocity: ArrayLike<number>;
  effort: ArrayLike<number>;
};

/**
 * Reads the CDR bytes of a sensor_msgs/JointState. Refused where there are positions, but not as many as names; velocities
 * or efforts that are not as many count as not measured, and are told as left out.
 */
export function decodeJointState(bytes: Uint8Array): Result<JointStateMessage> {
  const result = readCdr<Omit<JointStateMessage, "stamp"> & { header: Header }>(
    "sensor_msgs/JointState",
    bytes,
  );
  if (!result.ok) return result;
  const { header, name, position, velocity, effort } = result.value;
  const unfit = wrongLength(position, name);
  if (unfit !== null) return refused(unfit, "position");
  const faults = [fault("velocity", wrongLength(velocity, name)), fault("effort", wrongLength(effort, name))];
  const value = {
    stamp: header.stamp,
    name,
    position,
    velocity: faults[0] === null ? velocity : [],
    effort: faults[1] === null ? effort : [],
  };
  return takenBut(value, faults);
}

function wrongLength(values: ArrayLike<number>, name: string[]): string | null {
  if (values.length === 0 || values.length === name.length) return null;
  return `${values.length} values for ${name.length} names`;
}

function fault(field: string, reason: string | null): string | null {
  return reason === null ? null : `${field}: ${reason}`;
}

/** A value with the faults of the parts that it does without. */
function takenBut<T>(value: T, faults: readonly (string | null)[]): Taken<T> {
  const told = faults.filter((one) => one !== null);
  if (told.length === 0) return { ok: true, value };
  return { ok: true, value, leftOut: `${told.join("; ")}. Left out; the rest is taken.` };
}

/**
 * nav_msgs/Odometry without covariance: x y z qx qy qz qw in `frame`, twist in `childFrame`. Null: not measured, as the
 * pose of a driver that knows its speed alone.
 */
export type OdometryMessage = {
  stamp: Stamp;
  frame: string;
  childFrame: string;
  pose: number[] | null;
  twist: number[] | null;
};

/**
 * Reads the CDR bytes of a nav_msgs/Odometry. A pose or a twist with a number that is not finite is left out; refused where
 * both are. The quaternion is normalised.
 */
export function decodeOdometry(bytes: Uint8Array): Result<OdometryMessage> {
  const result = readCdr<{
    header: Header;
    child_frame_id: string;
    pose: { pose: { position: Xyz; orientation: Xyzw } };
    twist: { twist: { linear: Xyz; angular: Xyz } };
  }>("nav_msgs/Odometry", bytes);
  if (!result.ok) return result;
  const { header, child_frame_id: childFrame, pose, twist } = result.value;
  if (header.frame_id.length > maxNameLength || childFrame.length > maxNameLength) {
    return refused(`a frame's name is longer than ${maxNameLength} characters`);
  }
  const { linear, angular } = twist.twist;
  const poseNumbers = poseOf(pose.pose.position, pose.pose.orientation);
  const six = [linear.x, linear.y, linear.z, angular.x, angular.y, angular.z];
  const twistNumbers = six.every(Number.isFinite) ? six : null;
  const noPose = poseNumbers === null ? "pose: not finite, or not a unit quaternion" : null;
  const noTwist = twistNumbers === null ? "twist: not finite" : null;
  if (noPose !== null && noTwist !== null) return refused(`${noPose}; ${noTwist}`);
  const value = {
    stamp: header.stamp,
    frame: header.frame_id,
    childFrame,
    pose: poseNumbers,
    twist: twistNumbers,
  };
  return takenBut(value, [noPose, noTwist]);
}

/** One edge of the tf tree: where `child` is in `parent`, as x y z qx qy qz qw. */
export type TransformMessage = { stamp: Stamp; parent: string; child: string; pose: number[] };

/**
 * Reads the CDR bytes of a tf2_msgs/TFMessage. A bad edge is left out; refused where no edge is good. Quaternions are
 * normalised.
 */
export function decodeTransforms(bytes: Uint8Array): Result<TransformMessage[]> {
  const result = readCdr<{
    transforms: { header: Header; child_frame_id: string; transform: { translation: Xyz; rotation: Xyzw } }[];
  }>("tf2_msgs/TFMessage", bytes);
  if (!result.ok) return result;
  const transforms: TransformMessage[] = [];
  let firstFault: string | null = null;
  for (const [i, { header, child_frame_id: child, transform }] of result.value.transforms.entries()) {
    const { frame_id: parent, stamp } = header;
    const pose = poseOf(transform.translation, transform.rotation);
    const unfit =
      pose === null ? "not finite, or not a unit quaternion" : (unfitName(child) ?? unfitName(parent));
    if (pose !== null && unfit === null) transforms.push({ stamp, parent, child, pose });
    else firstFault ??= `transforms[${i}] (${child.slice(0, 64)} in ${parent.slice(0, 64)}): ${unfit}`;
  }
  if (firstFault !== null && transforms.length === 0) return refused(firstFault);
  return takenBut(transforms, [firstFault]);
}

function unfitName(frame: string): string | null {
  if (frame === "") return "a frame has no name";
  return frame.length > maxNameLength ? `a frame's name is longer than ${maxNameLength} characters` : null;
}

/** Reads the CDR bytes of a std_msgs/String. */
export function decodeText(bytes: Uint8Array): Result<string> {
  const result = readCdr<{ data: string }>("std_msgs/String", bytes);
  return result.ok ? { ok: true, value: result.value.data } : result;
}

/** Reads the CDR bytes of a rosgraph_msgs/Clock. */
export function decodeClock(bytes: Uint8Array): Result<Stamp> {
  const result = readCdr<{ clock: Stamp }>("rosgraph_msgs/Clock", bytes);
  return result.ok ? { ok: true, value: result.value.clock } : result;
}

/** Null when a number is not finite or the quaternion is far from a unit one; else normalised. */
function poseOf(p: Xyz, q: Xyzw): number[] | null {
  const norm = Math.hypot(q.x, q.y, q.z, q.w);
  if (!Number.isFinite(p.x + p.y + p.z) || !(Math.abs(norm - 1) < 0.01)) return null;
  return [p.x, p.y, p.z, q.x / norm, q.y / norm, q.z / norm, q.w / norm];
}
