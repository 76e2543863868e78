import type { RobotData } from "../data.ts";
import type { RobotModel } from "../model.ts";

/**
 * Fills `data.baseGravity`: the model's gravity (m/s²) in the root link's axes. With a fixed base it is
 * the model's own; a floating base's orientation is in q[3 … 6].
 */
export function placeBaseGravity(model: RobotModel, data: RobotData, q: Float64Array): void {
  const g = model.gravity;
  const out = data.baseGravity;
  out[0] = g[0];
  out[1] = g[1];
  out[2] = g[2];
  if (model.base === "fixed") return;
  const x = -(q[3] as number);
  const y = -(q[4] as number);
  const z = -(q[5] as number);
  const w = q[6] as number;
  // Turned by the inverse: g + s (w u × g + u × (u × g)) with u = −(x y z), for a quaternion of any length.
  const s = 2 / (x * x + y * y + z * z + w * w);
  const t0 = y * g[2] - z * g[1];
  const t1 = z * g[0] - x * g[2];
  const t2 = x * g[1] - y * g[0];
  out[0] = g[0] + s * (w * t0 + y * t2 - z * t1);
  out[1] = g[1] + s * (w * t1 + z * t0 - x * t2);
  out[2] = g[2] + s * (w * t2 + x * t1 - y * t0);
}
