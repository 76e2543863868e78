import type { PlanarTwist } from "../../command/twist-stream.ts";
import type { Stamp } from "../../core/stamp.ts";

/** How a base takes its motion: the message types of its topic, and how a twist becomes a message of one of them. */
export type BaseFormat = {
  types: readonly string[];
  /** What controllers call the topic, as `cmd_vel`; the first one is looked for under the namespace itself. */
  leaves: readonly [string, ...string[]];
  /** The types, for people. */
  words: string;
  /** `stamp` and `frame` are those of the header, where the type has one. */
  encode(type: string, twist: PlanarTwist, stamp: Stamp, frame: string): object;
};

const plain = "geometry_msgs/msg/Twist";
const stamped = "geometry_msgs/msg/TwistStamped";
const ackermann = "ackermann_msgs/msg/AckermannDriveStamped";

/** Twist and TwistStamped; `cmd_vel_unstamped` is a controller's own where its `use_stamped_vel` is false. */
export const twistFormat: BaseFormat = {
  types: [plain, stamped],
  leaves: ["cmd_vel", "cmd_vel_unstamped"],
  words: "Twist or TwistStamped",
  encode: (type, { x, y, yaw }, stamp, frame) => {
    const twist = { linear: { x, y, z: 0 }, angular: { x: 0, y: 0, z: yaw } };
    return type === stamped ? { header: { stamp, frame_id: frame }, twist } : twist;
  },
};

/** Slower than this, m/s, a base with steered wheels does not turn by driving. */
const slowest = 0.01;

/**
 * AckermannDriveStamped for one base. A twist becomes the speed and the angle of the virtual wheel in the middle of the front
 * axle that drive that curve: tan(angle) = wheelbase · yaw / x. The angle is cut to `steeringLimit` (rad), so the curve is
 * wider then; a turn on the spot is none, the wheels turn towards it. At rest the wheels stay as they are.
 */
export function ackermannFormat(wheelbase: number, steeringLimit: number): BaseFormat {
  let angle = 0;
  return {
    types: [ackermann],
    leaves: ["ackermann_cmd", "reference"],
    words: "AckermannDriveStamped",
    encode: (_, { x, yaw }, stamp, frame) => {
      if (Math.abs(x) >= slowest) angle = Math.atan((wheelbase * yaw) / x);
      else if (yaw !== 0) angle = (x < 0 ? -1 : 1) * Math.sign(yaw) * steeringLimit;
      angle = Math.min(steeringLimit, Math.max(-steeringLimit, angle));
      const drive = { steering_angle: angle, steering_angle_velocity: 0, speed: x, acceleration: 0, jerk: 0 };
      return { header: { stamp, frame_id: frame }, drive };
    },
  };
}
