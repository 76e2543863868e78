import type { TrajectoryPoint } from "../../command/trajectory.ts";
import {
  createPointSpline,
  fitPointSpline,
  type SplineOrder,
  type SplineSample,
  samplePointSpline,
} from "../../robot/trajectory/point-spline.ts";

/** The motion of one joint of a goal, laid through its points as joint_trajectory_controller does. rad or m, s. */
export class SetpointPath {
  private readonly spline = createPointSpline();
  private fitted = -1;

  /** `from` is the joint's state at the start: where it is, or where the motion before had brought it. */
  constructor(
    private readonly points: readonly TrajectoryPoint[],
    private readonly column: number,
    private readonly from: SplineSample,
  ) {}

  get duration(): number {
    return this.points[this.points.length - 1]?.time ?? 0;
  }

  /** Where it ends. */
  get end(): number {
    return this.points[this.points.length - 1]?.positions[this.column] ?? this.from.position;
  }

  /** The set-point `t` seconds after the start. */
  sample(t: number, out: SplineSample): void {
    const { points } = this;
    if (t >= this.duration) {
      out.position = this.end;
      out.velocity = 0;
      out.acceleration = 0;
      return;
    }
    let i = Math.max(0, this.fitted);
    while (i > 0 && t <= (points[i - 1] as TrajectoryPoint).time) i--;
    while (t > (points[i] as TrajectoryPoint).time) i++;
    if (i !== this.fitted) this.fit(i);
    const begin = i === 0 ? 0 : (points[i - 1] as TrajectoryPoint).time;
    samplePointSpline(this.spline, Math.max(0, t - begin), out);
  }

  private fit(i: number): void {
    const { points, column, from } = this;
    const to = points[i] as TrajectoryPoint;
    const before = points[i - 1];
    const length = Math.max(1e-9, to.time - (before?.time ?? 0));
    const [p0, v0, a0] =
      before === undefined
        ? [from.position, from.velocity, from.acceleration]
        : [
            before.positions[column] as number,
            before.velocities[column] as number,
            before.accelerations?.[column] ?? 0,
          ];
    const order: SplineOrder = to.accelerations === undefined ? 3 : 5;
    const end = [to.positions[column], to.velocities[column], to.accelerations?.[column] ?? 0];
    const [p1, v1, a1] = end as [number, number, number];
    fitPointSpline(order, length, p0, v0, a0, p1, v1, a1, this.spline);
    this.fitted = i;
  }
}
