import { ros2jazzy } from "@foxglove/rosmsg-msgs-common";
import { MessageReader } from "@foxglove/rosmsg2-serialization";
import { type Result, refused } from "../core/result.ts";

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
export function withParts(type: string): Definition[] {
  const found = new Map<string, Definition>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    const definition = (ros2jazzy as Record<string, Definition>)[name];
    if (definition === undefined) throw new Error(`the definition of ${name} is not known`);
    found.set(name, definition);
    for (const field of definition.definitions) if (field.isComplex === true) visit(field.type);
  };
  visit(type);
  return [...found.values()];
}

/** A message of `type` (as `sensor_msgs/JointState`), or why its bytes are none. */
export function readCdr<T>(type: string, bytes: Uint8Array): Result<T> {
  const { byteLength } = bytes;
  if (byteLength > maxMessageBytes) return refused(`${byteLength} bytes are too many for ${type}`);
  if (byteLength < 4) return refused(`${byteLength} bytes are not a CDR message`);
  if (bytes[0] !== 0 || bytes[1] !== 1)
    return refused(`${type} has a CDR encoding that is not little endian`);
  const own = ownCopy(bytes);
  if (type === jointStateType && !namesFit(own))
    return refused(`malformed CDR of ${type}: its names do not fit`);
  try {
    return { ok: true, value: readerOf(type).readMessage<T>(own) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return refused(`malformed CDR of ${type}: ${detail}`);
  }
}

/**
 * The message in memory of its own, so that the reader's views end where it ends, whatever lengths it
 * announces, and outlive the receiver's buffer. It starts at 4, which puts what CDR aligns to 8 after its
 * header on a multiple of 8: the reader then takes arrays without another copy.
 */
export function ownCopy(bytes: Uint8Array): Uint8Array {
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
