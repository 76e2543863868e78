import { ros2jazzy } from "@foxglove/rosmsg-msgs-common";
import { MessageReader } from "@foxglove/rosmsg2-serialization";
import { type Refusal, type Result, refused } from "../core/result.ts";
import type { Stamp } from "../core/stamp.ts";

type Definition = (typeof ros2jazzy)["std_msgs/String"];

/** Anything larger on the topics we read is no message of theirs. */
const maxMessageBytes = 16 * 1024 * 1024;
const jointStateType = "sensor_msgs/JointState";

/** The readers of the types we take, made once each: they keep no state between messages. */
const readers = new Map<string, MessageReader>();

function readerOf(type: string): MessageReader {
  let reader = readers.get(type);
  if (reader === undefined) {
    reader = new MessageReader(withParts(type));
    readers.set(type, reader);
  }
  return reader;
}

/** The definition of `type` (as `sensor_msgs/JointState`) and of all it is made of. */
function withParts(type: string): Definition[] {
  const found = new Map<string, Definition>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    const definition = (ros2jazzy as Record<string, Definition>)[name];
    if (definition === undefined) throw new Error(`no definition of ${name} is known`);
    found.set(name, definition);
    for (const field of definition.definitions) if (field.isComplex === true) visit(field.type);
  };
  visit(type);
  return [...found.values()];
}

function read<T>(type: string, bytes: Uint8Array): Result<T> {
  const { byteLength } = bytes;
  if (byteLength > maxMessageBytes) return refused(`${byteLength} bytes are too many for ${type}`);
  if (byteLength < 4) return refused(`${byteLength} bytes are no CDR message`);
  if (bytes[0] !== 0 || bytes[1] !== 1) return refused(`${type} comes in a CDR that is not little endian`);
  const own = ownCopy(bytes);
  if (type === jointStateType && !namesFit(own))
    return refused(`broken CDR of ${type}: its names do not fit`);
  try {
    return { ok: true, value: readerOf(type).readMessage<T>(own) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return refused(`broken CDR of ${type}: ${detail}`);
  }
}

/**
 * The message in memory of its own, so that the reader's views end where it ends, whatever lengths it
 * announces, and outlive the receiver's buffer. It starts at 4, which puts what CDR aligns to 8 after its
 * header on a multiple of 8: the reader then takes arrays without another copy.
 */
function ownCopy(bytes: Uint8Array): Uint8Array {
  const own = new Uint8Array(new ArrayBuffer(bytes.byteLength + 4), 4);
  own.set(bytes);
  return own;
}

/** Whether as many names as announced can be in the message: the reader makes room for them before it looks. */
function namesFit(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frameLengthAt = 12;
  if (bytes.byteLength < frameLengthAt + 4) return false;
  const end = frameLengthAt + 4 + view.getUint32(frameLengthAt, true);
  const countAt = Math.ceil(end / 4) * 4;
  if (countAt + 4 > bytes.byteLength) return false;
  return view.getUint32(countAt, true) * 4 <= bytes.byteLength - countAt - 4;
}

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

export function decodeJointState(bytes: Uint8Array): Result<JointStateMessage> {
  const result = read<Omit<JointStateMessage, "stamp"> & { header: Header }>(jointStateType, bytes);
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

export function decodeOdometry(bytes: Uint8Array): Result<OdometryMessage> {
  const result = read<{
    header: Header;
    child_frame_id: string;
    pose: { pose: { position: Xyz; orientation: Xyzw } };
    twist: { twist: { linear: Xyz; angular: Xyz } };
  }>("nav_msgs/Odometry", bytes);
  if (!result.ok) return result;
  const { header, child_frame_id: childFrame, pose, twist } = result.value;
  const { linear, angular } = twist.twist;
  const poseNumbers = poseOf(pose.pose.position, pose.pose.orientation);
  if (poseNumbers === null) return refused("not finite, or no unit quaternion", "pose");
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

export function decodeTransforms(bytes: Uint8Array): Result<TransformMessage[]> {
  const result = read<{
    transforms: { header: Header; child_frame_id: string; transform: { translation: Xyz; rotation: Xyzw } }[];
  }>("tf2_msgs/TFMessage", bytes);
  if (!result.ok) return result;
  const transforms: TransformMessage[] = [];
  for (const [i, { header, child_frame_id: child, transform }] of result.value.transforms.entries()) {
    const pose = poseOf(transform.translation, transform.rotation);
    if (pose === null) return refused("not finite, or no unit quaternion", `transforms[${i}]`);
    if (child === "" || header.frame_id === "") return refused("a frame has no name", `transforms[${i}]`);
    transforms.push({ stamp: header.stamp, parent: header.frame_id, child, pose });
  }
  return { ok: true, value: transforms };
}

export function decodeText(bytes: Uint8Array): Result<string> {
  const result = read<{ data: string }>("std_msgs/String", bytes);
  return result.ok ? { ok: true, value: result.value.data } : result;
}

export function decodeClock(bytes: Uint8Array): Result<Stamp> {
  const result = read<{ clock: Stamp }>("rosgraph_msgs/Clock", bytes);
  return result.ok ? { ok: true, value: result.value.clock } : result;
}

/** Null when a number is not finite or the quaternion is far from a unit one; else normalised. */
function poseOf(p: Xyz, q: Xyzw): number[] | null {
  const norm = Math.hypot(q.x, q.y, q.z, q.w);
  if (!Number.isFinite(p.x + p.y + p.z) || !(Math.abs(norm - 1) < 0.01)) return null;
  return [p.x, p.y, p.z, q.x / norm, q.y / norm, q.z / norm, q.w / norm];
}
