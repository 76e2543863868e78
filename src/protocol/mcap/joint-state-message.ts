import { ros2jazzy } from "@foxglove/rosmsg-msgs-common";
import { MessageWriter } from "@foxglove/rosmsg2-serialization";
import type { Stamp } from "../../core/stamp.ts";
import type { RecordedSchema } from "./recorded-channel.ts";

const separator = "=".repeat(80);

/** How a sensor_msgs/JointState is read, with all its parts. */
export const jointStateSchema: RecordedSchema = {
  name: "sensor_msgs/msg/JointState",
  encoding: "ros2msg",
  text: [
    "std_msgs/Header header\nstring[] name\nfloat64[] position\nfloat64[] velocity\nfloat64[] effort",
    "MSG: std_msgs/Header\nbuiltin_interfaces/Time stamp\nstring frame_id",
    "MSG: builtin_interfaces/Time\nint32 sec\nuint32 nanosec",
  ].join(`\n${separator}\n`),
};

const parts = ["sensor_msgs/JointState", "std_msgs/Header", "builtin_interfaces/Time"] as const;
const writer = new MessageWriter(parts.map((name) => ros2jazzy[name]));

/** CDR of a sensor_msgs/JointState. Each of the three is empty or has a number for each name. */
export function jointStateCdr(
  stamp: Stamp,
  name: readonly string[],
  position: readonly number[],
  velocity: readonly number[],
  effort: readonly number[],
): Uint8Array {
  return writer.writeMessage({ header: { stamp, frame_id: "" }, name, position, velocity, effort });
}
