import type { RobotData } from "./data.ts";
import { writeQuaternion } from "./quaternion.ts";
import { transformSize } from "./rigid-transform.ts";

const relative = new Float64Array(transformSize);

/**
 * Writes where link `child` is in link `parent` into `out`: x y z in m, then a unit quaternion
 * x y z w. parentFromChild = rootFromParent⁻¹ ∘ rootFromChild; `forwardKinematics` must have run.
 */
export function readRelativePose(data: RobotData, parent: number, child: number, out: Float64Array): void {
  const poses = data.rootFromLink;
  const a = transformSize * parent;
  const b = transformSize * child;
  for (let row = 0; row < 3; row++) {
    let position = 0;
    for (let k = 0; k < 3; k++) {
      const along = poses[a + 3 * k + row] as number;
      position += along * ((poses[b + 9 + k] as number) - (poses[a + 9 + k] as number));
    }
    out[row] = position;
    for (let column = 0; column < 3; column++) {
      let sum = 0;
      for (let k = 0; k < 3; k++) {
        sum += (poses[a + 3 * k + row] as number) * (poses[b + 3 * k + column] as number);
      }
      relative[3 * row + column] = sum;
    }
  }
  writeQuaternion(relative, 0, out, 3);
}
