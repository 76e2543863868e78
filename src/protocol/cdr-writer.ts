import { MessageWriter } from "@foxglove/rosmsg2-serialization";
import { withParts } from "./cdr-message.ts";

/** Made once for each type: they keep no state between messages. */
const writers = new Map<string, MessageWriter>();

/** A message of `type` (as `sensor_msgs/JointState`) as little-endian CDR. Fields that are left out are 0 or empty. */
export function writeCdr(type: string, message: unknown): Uint8Array {
  let writer = writers.get(type);
  if (writer === undefined) {
    writer = new MessageWriter(withParts(type));
    writers.set(type, writer);
  }
  return writer.writeMessage(message);
}
