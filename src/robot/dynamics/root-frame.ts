import type { RobotModel } from "../model.ts";

/*
 * From the base's axes to the root frame's: nothing to do for a fixed base, whose frame it is. A floating
 * base is at q[0 … 2] with the quaternion x y z w of q[3 … 6], of any length but 0.
 */

/**
 * Turns `count` vectors in place. The vectors are the columns of three rows that lie `stride` apart; a
 * single vector has the stride 1.
 */
export function turnToRoot(
  model: RobotModel,
  q: Float64Array,
  vectors: Float64Array,
  stride: number,
  count: number,
  from = 0,
): void {
  if (model.base === "fixed") return;
  const x = q[3] as number;
  const y = q[4] as number;
  const z = q[5] as number;
  const w = q[6] as number;
  const s = 2 / (x * x + y * y + z * z + w * w);
  for (let i = from; i < from + count; i += 1) {
    const a = vectors[i] as number;
    const b = vectors[i + stride] as number;
    const c = vectors[i + 2 * stride] as number;
    const t0 = y * c - z * b;
    const t1 = z * a - x * c;
    const t2 = x * b - y * a;
    vectors[i] = a + s * (w * t0 + y * t2 - z * t1);
    vectors[i + stride] = b + s * (w * t1 + z * t0 - x * t2);
    vectors[i + 2 * stride] = c + s * (w * t2 + x * t1 - y * t0);
  }
}

/** Takes the point at `points[at …]` from the base's frame to the root frame, in place. */
export function pointToRoot(model: RobotModel, q: Float64Array, points: Float64Array, at: number): void {
  if (model.base === "fixed") return;
  turnToRoot(model, q, points, 1, 1, at);
  for (let k = 0; k < 3; k += 1) points[at + k] = (points[at + k] as number) + (q[k] as number);
}
