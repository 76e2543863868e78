import { createData } from "../data.ts";
import { forwardKinematics, readLinkPose } from "../forward-kinematics.ts";
import type { RobotModel } from "../model.ts";

/** A pose: x y z in m, then a unit quaternion x y z w. */
export type PoseNumbers = ArrayLike<number>;

/** The straight way of a link from one pose to another: its origin on a line, its axes turning evenly about one axis. */
export class LineWay {
  /** m */
  readonly length: number;
  /** rad */
  readonly angle: number;
  private readonly from: Float64Array;
  private readonly to: Float64Array;

  /** Poses in the root frame; the shorter turn is taken. */
  constructor(from: PoseNumbers, to: PoseNumbers) {
    this.from = Float64Array.from(from);
    this.to = Float64Array.from(to);
    let dot = 0;
    for (let k = 3; k < 7; k += 1) dot += (this.from[k] as number) * (this.to[k] as number);
    if (dot < 0) for (let k = 3; k < 7; k += 1) this.to[k] = -(this.to[k] as number);
    let apart = 0;
    for (let k = 3; k < 7; k += 1) apart += ((this.to[k] as number) - (this.from[k] as number)) ** 2;
    // Of the angle between the quaternions: 2 asin(half of the chord), exact for small ones.
    this.angle = 4 * Math.asin(Math.min(1, Math.sqrt(apart) / 2));
    this.length = Math.hypot(...[0, 1, 2].map((k) => (this.to[k] as number) - (this.from[k] as number)));
  }

  /** Writes the pose at the share `s` of the way into `out`. */
  at(s: number, out: Float64Array): void {
    for (let k = 0; k < 3; k += 1) {
      out[k] = (this.from[k] as number) + s * ((this.to[k] as number) - (this.from[k] as number));
    }
    const half = this.angle / 2;
    const sine = Math.sin(half);
    const [a, b] = sine < 1e-9 ? [1 - s, s] : [Math.sin((1 - s) * half) / sine, Math.sin(s * half) / sine];
    let square = 0;
    for (let k = 3; k < 7; k += 1) {
      const value = a * (this.from[k] as number) + b * (this.to[k] as number);
      out[k] = value;
      square += value * value;
    }
    for (let k = 3; k < 7; k += 1) out[k] = (out[k] as number) / Math.sqrt(square);
  }

  /** How far the link is from its place at `s`, m, and from its orientation, rad. `data` must have been computed. */
  static apart(found: PoseNumbers, wanted: PoseNumbers): { position: number; orientation: number } {
    const position = Math.hypot(...[0, 1, 2].map((k) => (found[k] as number) - (wanted[k] as number)));
    let dot = 0;
    for (let k = 3; k < 7; k += 1) dot += (found[k] as number) * (wanted[k] as number);
    const sign = dot < 0 ? -1 : 1;
    const chord = Math.hypot(...[3, 4, 5, 6].map((k) => sign * (found[k] as number) - (wanted[k] as number)));
    return { position, orientation: 4 * Math.asin(Math.min(1, chord / 2)) };
  }
}

/** Where a link is at a configuration, in the root frame. */
export function linkPoseAt(model: RobotModel, q: Float64Array, link: number): Float64Array {
  const data = createData(model);
  const pose = new Float64Array(7);
  forwardKinematics(model, data, q);
  readLinkPose(data, link, pose);
  return pose;
}
