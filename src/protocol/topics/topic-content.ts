import type { NumberArray, TopicFormat } from "./topic-frame.ts";

/** A message's content as it is sent in one detail. `reduced`: what was left out, as a sentence; null: nothing. */
export type TopicContent = {
  format: TopicFormat;
  meta: Record<string, unknown>;
  arrays: Record<string, NumberArray>;
  reduced: string | null;
};

export type Pose = {
  position: { x: number; y: number; z: number };
  orientation: { x: number; y: number; z: number; w: number };
};

/** How far a quaternion's length may be from 1: rounding of those who publish it. */
const unitWithin = 0.01;

/** As `unitPose`, and null also where the quaternion is not one of unit length. */
export function strictPose(pose: Pose): number[] | null {
  const { x, y, z, w } = pose.orientation;
  return Math.abs(Math.hypot(x, y, z, w) - 1) <= unitWithin ? unitPose(pose) : null;
}

/** x y z qx qy qz qw with a unit quaternion; null where a number is not finite or the quaternion has no length. */
export function unitPose({ position: p, orientation: o }: Pose): number[] | null {
  const length = Math.hypot(o.x, o.y, o.z, o.w);
  const pose = [p.x, p.y, p.z, o.x / length, o.y / length, o.z / length, o.w / length];
  return length > 1e-6 && pose.every(Number.isFinite) ? pose : null;
}
