import { type Result, refused } from "../../core/result.ts";
import { type Stamp, stampToMs } from "../../core/stamp.ts";
import { readCdr } from "../cdr-message.ts";
import { bareTypeName } from "../ros-schema-text.ts";
import { decodeUtf8 } from "../utf8.ts";

type Vector = { x: number; y: number; z: number };

/** m/s and rad/s. `stampMs`: when it was made by its sender's clock, ms since 1970; null: that is not said. */
export type TwistPayload = { linear: Vector; angular: Vector; stampMs: number | null };

const types = ["geometry_msgs/Twist", "geometry_msgs/TwistStamped"] as const;
export type TwistType = (typeof types)[number];

/** `geometry_msgs/msg/Twist` and the like; null for any other type. */
export function twistType(schemaName: string): TwistType | null {
  return types.find((type) => type === bareTypeName(schemaName)) ?? null;
}

/** A twist as a client published it, in CDR or as JSON. Refused where a number is missing in CDR or not finite. */
export function readTwist(encoding: string, type: TwistType, payload: Uint8Array): Result<TwistPayload> {
  const read = encoding === "json" ? readJson(payload) : readCdr<unknown>(type, payload);
  if (!read.ok) return read;
  const message = fieldsOf(read.value);
  const isStamped = type === "geometry_msgs/TwistStamped";
  const twist = isStamped ? fieldsOf(message.twist) : message;
  const linear = vectorOf(twist.linear);
  const angular = vectorOf(twist.angular);
  if (linear === null || angular === null) return refused("a number of the twist is not finite");
  const stampMs = isStamped ? stampOf(fieldsOf(fieldsOf(message.header).stamp)) : null;
  return { ok: true, value: { linear, angular, stampMs } };
}

function readJson(payload: Uint8Array): Result<unknown> {
  const text = decodeUtf8(payload);
  if (text === null) return refused("the payload is not UTF-8");
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return refused("the payload is not JSON");
  }
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** What JSON leaves out is 0, as in a ROS message. */
function vectorOf(value: unknown): Vector | null {
  const { x = 0, y = 0, z = 0 } = fieldsOf(value);
  const isVector = [x, y, z].every((one) => typeof one === "number" && Number.isFinite(one));
  return isVector ? { x: x as number, y: y as number, z: z as number } : null;
}

/** ROS 2 and ROS 1 spell the nanoseconds differently. Zero is no stamp. */
function stampOf({ sec, nanosec, nsec }: Record<string, unknown>): number | null {
  const nano = nanosec ?? nsec ?? 0;
  if (typeof sec !== "number" || typeof nano !== "number" || sec === 0) return null;
  const stamp: Stamp = { sec, nanosec: nano };
  return Number.isFinite(stampToMs(stamp)) ? stampToMs(stamp) : null;
}
