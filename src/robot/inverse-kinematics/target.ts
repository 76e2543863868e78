import type { RobotData } from "../data.ts";
import { writeQuaternion } from "../quaternion.ts";

/**
 * Where a link's origin is to go: `position` in m in the root frame and, unless only the place counts, the link's
 * `quaternion` x y z w there, of any length but 0.
 */
export type LinkTarget = {
  link: number;
  position: ArrayLike<number>;
  quaternion?: ArrayLike<number> | undefined;
};

const rotation = new Float64Array(9);
const turned = new Float64Array(4);

/** Rows that a target takes in the task: 3 for a place, 6 for a pose. */
export function rowsOf(target: LinkTarget): number {
  return target.quaternion === undefined ? 3 : 6;
}

/**
 * Writes what is missing to the target into `out` at `at`: m, then the rotation vector (rad) in root axes that
 * turns the link into place, by the shorter way. `forwardKinematics` must have run. Allocates nothing.
 */
export function writeTargetError(data: RobotData, target: LinkTarget, out: Float64Array, at: number): void {
  const b = 12 * target.link;
  const pose = data.rootFromLink;
  for (let k = 0; k < 3; k += 1) out[at + k] = (target.position[k] as number) - (pose[b + 9 + k] as number);
  const wanted = target.quaternion;
  if (wanted === undefined) return;
  const x = wanted[0] as number;
  const y = wanted[1] as number;
  const z = wanted[2] as number;
  const w = wanted[3] as number;
  const s = 2 / (x * x + y * y + z * z + w * w);
  // R_wanted R_linkᵀ, row by row.
  for (let row = 0; row < 3; row += 1) {
    const w0 = row === 0 ? 1 - s * (y * y + z * z) : row === 1 ? s * (x * y + z * w) : s * (x * z - y * w);
    const w1 = row === 0 ? s * (x * y - z * w) : row === 1 ? 1 - s * (x * x + z * z) : s * (y * z + x * w);
    const w2 = row === 0 ? s * (x * z + y * w) : row === 1 ? s * (y * z - x * w) : 1 - s * (x * x + y * y);
    for (let column = 0; column < 3; column += 1) {
      const c = b + 3 * column;
      rotation[3 * row + column] =
        w0 * (pose[c] as number) + w1 * (pose[c + 1] as number) + w2 * (pose[c + 2] as number);
    }
  }
  writeQuaternion(rotation, 0, turned, 0);
  const [i, j, k] = [turned[0] as number, turned[1] as number, turned[2] as number];
  const sine = Math.sqrt(i * i + j * j + k * k);
  const scale = sine > 0 ? (2 * Math.atan2(sine, turned[3] as number)) / sine : 0;
  out[at + 3] = scale * i;
  out[at + 4] = scale * j;
  out[at + 5] = scale * k;
}
