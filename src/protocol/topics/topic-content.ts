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

/** x y z qx qy qz qw with a unit quaternion; null where a number is not finite or the quaternion has no length. */
export function unitPose({ position: p, orientation: o }: Pose): number[] | null {
  const length = Math.hypot(o.x, o.y, o.z, o.w);
  const pose = [p.x, p.y, p.z, o.x / length, o.y / length, o.z / length, o.w / length];
  return length > 1e-6 && pose.every(Number.isFinite) ? pose : null;
}
