/** One topic of a recording. */
export type RecordedChannel = {
  topic: string;
  /** `cdr` of ROS 2, or `json`. */
  messageEncoding: string;
  schema: RecordedSchema;
  /** As rosbag2 writes it: `offered_qos_profiles`, `topic_type_hash`. */
  metadata: Readonly<Record<string, string>>;
  /** Its last message is repeated at the begin of each further file, so that every file can be read alone. */
  isLatched: boolean;
  /** Of MQTT: messages come as one byte (1: retained) and the payload, and are recorded as JSON. */
  mqttTopic?: string;
};

/** How the messages of a channel are read. `name` is as `sensor_msgs/msg/JointState`. */
export type RecordedSchema = { name: string; encoding: SchemaEncoding; text: string };

/** `ros2msg`: definitions with all their parts. The empty one: nothing is known of it. */
export type SchemaEncoding = "ros2msg" | "ros2idl" | "jsonschema" | "";

/** Nanoseconds since 1970 of server ms. */
export function nanosecondsOf(ms: number): bigint {
  const whole = Math.floor(ms);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6));
}
