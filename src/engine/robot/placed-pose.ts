import { multiplyPose } from "../../core/pose-product.ts";
import type { ScenePose } from "../../robot/collision/scene.ts";

/** A frame counts as resting while it moves less than this since it was looked at: m, and rad. */
const resting = 1e-3;

/** a ∘ b; `a` is x y z in m and a unit quaternion x y z w. */
export function composePoses(a: readonly number[], { position, quaternion }: ScenePose): ScenePose {
  const out = Float64Array.of(...position, ...quaternion);
  multiplyPose(a, out);
  const [x = 0, y = 0, z = 0, qx = 0, qy = 0, qz = 0, qw = 1] = out;
  return { position: [x, y, z], quaternion: [qx, qy, qz, qw] };
}

/** Whether two poses (x y z, quaternion) are the same but for noise of a measurement. */
export function isNearPose(a: readonly number[], b: readonly number[]): boolean {
  const at = (pose: readonly number[], k: number): number => pose[k] ?? 0;
  const moved = Math.hypot(at(a, 0) - at(b, 0), at(a, 1) - at(b, 1), at(a, 2) - at(b, 2));
  const cosine = Math.abs([3, 4, 5, 6].reduce((sum, k) => sum + at(a, k) * at(b, k), 0));
  // cos(θ/2) ≈ 1 − θ²/8
  return moved <= resting && 1 - cosine <= (resting * resting) / 8;
}
