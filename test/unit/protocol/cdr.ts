import { ros2jazzy } from "@foxglove/rosmsg-msgs-common";
import { MessageWriter } from "@foxglove/rosmsg2-serialization";

type Definition = (typeof ros2jazzy)["std_msgs/String"];

/** The bytes of a message of `type`, as a ROS 2 publisher puts them on the wire. */
export function cdrOf(type: string, message: unknown): Uint8Array {
  const all = ros2jazzy as Record<string, Definition>;
  const found = new Map<string, Definition>();
  const visit = (name: string): void => {
    const definition = all[name];
    if (definition === undefined) throw new Error(`no definition of ${name}`);
    if (found.has(name)) return;
    found.set(name, definition);
    for (const field of definition.definitions) if (field.isComplex === true) visit(field.type);
  };
  visit(type);
  return new MessageWriter([...found.values()]).writeMessage(message);
}

export const header = { stamp: { sec: 12, nanosec: 34 }, frame_id: "base_link" };

export function jointStateCdr(
  names: string[],
  position: number[],
  velocity: number[] = [],
  effort: number[] = [],
) {
  return cdrOf("sensor_msgs/JointState", { header, name: names, position, velocity, effort });
}

export function odometryCdr(
  position = { x: 1, y: 2, z: 0 },
  orientation = { x: 0, y: 0, z: 0, w: 1 },
  speed = 0.5,
) {
  return cdrOf("nav_msgs/Odometry", {
    header: { ...header, frame_id: "odom" },
    child_frame_id: "base_link",
    pose: { pose: { position, orientation }, covariance: new Float64Array(36) },
    twist: {
      twist: { linear: { x: speed, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0.1 } },
      covariance: new Float64Array(36),
    },
  });
}

export function transformsCdr(children: string[], w = 1) {
  return cdrOf("tf2_msgs/TFMessage", {
    transforms: children.map((child_frame_id) => ({
      header,
      child_frame_id,
      transform: { translation: { x: 1, y: 2, z: 3 }, rotation: { x: 0, y: 0, z: 0, w } },
    })),
  });
}

type Field = { name: string; type: string; isComplex?: boolean; isArray?: boolean; arrayLength?: number };
const field = (name: string, type: string, more: Partial<Field> = {}): Field => ({ name, type, ...more });
const doubles = (name: string) => field(name, "float64", { isArray: true });

const feedbackPoint = {
  name: "Point",
  definitions: [
    ...["positions", "velocities", "accelerations", "effort"].map(doubles),
    field("time_from_start", "duration"),
  ],
};
const feedbackMessage = {
  name: "Feedback",
  definitions: [
    field("goal_id", "uint8", { isArray: true, arrayLength: 16 }),
    field("stamp", "time"),
    field("frame_id", "string"),
    field("joint_names", "string", { isArray: true }),
    ...["desired", "actual", "error"].map((name) => field(name, "Point", { isComplex: true })),
  ],
};

/** Feedback of a FollowJointTrajectory goal with the position error of each joint. */
export function feedbackCdr(uuid: Uint8Array, error: number[]): Uint8Array {
  return new MessageWriter([feedbackMessage, feedbackPoint]).writeMessage({
    goal_id: uuid,
    joint_names: error.map((_, i) => `joint_${i}`),
    error: { positions: error },
  });
}
