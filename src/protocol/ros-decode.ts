import { type Refusal, type Result, refused } from "../core/result.ts";
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

/** Reads the CDR bytes of a sensor_msgs/JointState; refused where an array is neither empty nor as long as the names. */
export function decodeJointState(bytes: Uint8Array): Result<JointStateMessage> {
  const result = readCdr<Omit<JointStateMessage, "stamp"> & { header: Header }>(
    "sensor_msgs/JointState",
    bytes,
  );
  if (!result.ok) return result;
  const { header, name, position, velocity, effort } = result.value;
  return (
    wrongLength("position", position, name) ??
    wrongLength("velocity", velocity, name) ??
    wrongLength("effort", effort, name) ?? {
      ok: true,
      value: { stamp: header.stamp, name, position, velocity, effort },
    }
  );
}

function wrongLength(field: string, values: ArrayLike<number>, name: string[]): Refusal | null {
  if (values.length === 0 || values.length === name.length) return null;
  return refused(`${values.length} values for ${name.length} names`, field);
}

/** nav_msgs/Odometry without covariance: x y z qx qy qz qw in `frame`, twist in `childFrame`. */
export type OdometryMessage = {
  stamp: Stamp;
  frame: string;
  childFrame: string;
  pose: number[];
  twist: number[];
};

/** Reads the CDR bytes of a nav_msgs/Odometry; refused where a number is not finite. The quaternion is normalised. */
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
  if (poseNumbers === null) return refused("not finite, or not a unit quaternion", "pose");
  const twistNumbers = [linear.x, linear.y, linear.z, angular.x, angular.y, angular.z];
  if (!twistNumbers.every(Number.isFinite)) return refused("not finite", "twist");
  return {
    ok: true,
    value: {
      stamp: header.stamp,
      frame: header.frame_id,
      childFrame,
      pose: poseNumbers,
      twist: twistNumbers,
    },
  };
}

/** One edge of the tf tree: where `child` stands in `parent`, as x y z qx qy qz qw. */
export type TransformMessage = { stamp: Stamp; parent: string; child: string; pose: number[] };

/** Reads the CDR bytes of a tf2_msgs/TFMessage; one bad edge refuses them all. Quaternions are normalised. */
export function decodeTransforms(bytes: Uint8Array): Result<TransformMessage[]> {
  const result = readCdr<{
    transforms: { header: Header; child_frame_id: string; transform: { translation: Xyz; rotation: Xyzw } }[];
  }>("tf2_msgs/TFMessage", bytes);
  if (!result.ok) return result;
  const transforms: TransformMessage[] = [];
  for (const [i, { header, child_frame_id: child, transform }] of result.value.transforms.entries()) {
    const pose = poseOf(transform.translation, transform.rotation);
    if (pose === null) return refused("not finite, or not a unit quaternion", `transforms[${i}]`);
    if (child === "" || header.frame_id === "") return refused("a frame has no name", `transforms[${i}]`);
    if (child.length > maxNameLength || header.frame_id.length > maxNameLength) {
      return refused(`a frame's name is longer than ${maxNameLength} characters`, `transforms[${i}]`);
    }
    transforms.push({ stamp: header.stamp, parent: header.frame_id, child, pose });
  }
  return { ok: true, value: transforms };
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
