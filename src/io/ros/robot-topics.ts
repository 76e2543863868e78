import type { Result } from "../../core/result.ts";
import type { Input, Publishers } from "../../engine/ports/inputs.ts";
import { JointStateDecoder } from "../../protocol/joint-state-decoder.ts";
import {
  decodeText,
  decodeTransforms,
  type JointStateMessage,
  type TransformMessage,
} from "../../protocol/ros-decode.ts";
import {
  decodeBattery,
  decodeDiagnostics,
  decodeImu,
  type SensorMessage,
} from "../../protocol/ros-sensors.ts";
import type { RobotConfig } from "../config/config-schema.ts";
import type { FramePrefix } from "./frame-prefix.ts";
import type { WatchedTopic } from "./topic-watch.ts";

const text = "std_msgs/msg/String";

/**
 * The topics of one robot that the twin subscribes to, odometry aside. `nameOf` makes a name absolute; `onJoints` is told
 * each joint state; `frames` tells the robot's own frames from those of others.
 */
export function robotTopics(
  { id: robot, description, srdf }: RobotConfig,
  nameOf: (name: string) => string,
  onJoints: (message: JointStateMessage) => void,
  frames: FramePrefix,
  now: () => number,
  /** Whether the tf of all robots comes by another way. */
  isTfShared = false,
): WatchedTopic[] {
  const joints = new JointStateDecoder();
  const decodeJoints = (bytes: Uint8Array) => joints.decode(bytes);
  const sensor = (message: SensorMessage): Input => ({ kind: "sensor", robot, message });
  const tf = (name: string, isStatic: boolean): WatchedTopic => {
    const topic = nameOf(name);
    // Where the robot's own topic is the one of all robots, a prefix tells which frames are its own.
    const isShared = frames.text !== "" && topic.lastIndexOf("/") === 0;
    const ownOf = (all: TransformMessage[]): TransformMessage[] => {
      if (isShared) return frames.own(all, now());
      return frames.text === "" ? all : frames.bareAll(all);
    };
    const wrap = (all: TransformMessage[], publishers: Publishers): Input => {
      return { kind: "transforms", robot, isStatic, transforms: ownOf(all), publishers };
    };
    return { ...watchedTopic(topic, "tf2_msgs/msg/TFMessage", decodeTransforms, wrap), latched: isStatic };
  };
  const latched = { latched: true, newestOnly: true };
  const topics = [
    watchedTopic(
      nameOf("joint_states"),
      "sensor_msgs/msg/JointState",
      decodeJoints,
      (message, publishers) => {
        onJoints(message);
        return { kind: "jointState", robot, message, publishers };
      },
    ),
    watchedTopic(nameOf("battery_state"), "sensor_msgs/msg/BatteryState", decodeBattery, sensor),
    watchedTopic(nameOf("imu"), "sensor_msgs/msg/Imu", decodeImu, sensor),
    watchedTopic(nameOf("diagnostics"), "diagnostic_msgs/msg/DiagnosticArray", decodeDiagnostics, sensor),
    tf("tf", false),
    tf("tf_static", true),
  ];
  if (!isTfShared && usesSharedTf(frames, nameOf)) topics.push(tf("/tf", false), tf("/tf_static", true));
  if (description === "topic") {
    const wrap = (urdf: string, publishers: Publishers): Input => {
      return { kind: "description", robot, text: urdf, publishers };
    };
    topics.push({ ...watchedTopic(nameOf("robot_description"), text, decodeText, wrap), ...latched });
  }
  if (srdf === "auto") {
    const wrap = (semantics: string): Input => ({ kind: "semantics", robot, text: semantics });
    topics.push({
      ...watchedTopic(nameOf("robot_description_semantic"), text, decodeText, wrap),
      ...latched,
    });
  }
  return topics;
}

/** Whether a robot has frames on the tf of all robots beside its own: it has a prefix, and a namespace. */
export function usesSharedTf(frames: FramePrefix, nameOf: (name: string) => string): boolean {
  return frames.text !== "" && nameOf("tf") !== "/tf";
}

/** A topic whose messages become inputs by `decode` and `wrap`. */
export function watchedTopic<T>(
  topic: string,
  type: string,
  decode: (bytes: Uint8Array) => Result<T>,
  wrap: (message: T, publishers: Publishers) => Input,
): WatchedTopic {
  return {
    topic,
    type,
    latched: false,
    decode: (bytes, publishers) => {
      const message = decode(bytes);
      return message.ok ? { ...message, value: wrap(message.value, publishers) } : message;
    },
  };
}
