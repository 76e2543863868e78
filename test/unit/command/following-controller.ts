import type { TrajectoryGoal, TrajectoryPoint } from "../../../src/command/trajectory.ts";
import { sampleCubic } from "../../../src/command/waypoint-spline.ts";

/** A trajectory controller that follows without error: cubics through the points, from where it is. */
export class FollowingController {
  private points: TrajectoryPoint[] = [];
  private start = 0;
  private readonly at = { position: 0, velocity: 0 };

  /** `position` is where `joints` stand, rad or m; each goal names all of them. */
  constructor(
    private readonly joints: readonly string[],
    private readonly position: number[],
  ) {}

  /** Takes a goal at server ms `now`. */
  follow(goal: TrajectoryGoal, now: number): void {
    const here = this.state(now);
    const columns = this.joints.map((joint) => goal.joints.indexOf(joint));
    const points = goal.points.map(({ time, positions, velocities }) => ({
      time,
      positions: columns.map((j) => positions[j] as number),
      velocities: columns.map((j) => velocities[j] as number),
    }));
    this.points = [{ time: 0, positions: here.positions, velocities: here.velocities }, ...points];
    this.start = now;
  }

  state(now: number): { positions: number[]; velocities: number[] } {
    const time = (now - this.start) / 1000;
    const next = this.points.findIndex((point) => point.time > time);
    const last = this.points.at(-1);
    if (last === undefined) return { positions: this.position, velocities: this.position.map(() => 0) };
    if (next < 1) return { positions: last.positions, velocities: last.velocities.map(() => 0) };
    const [a, b] = [this.points[next - 1] as TrajectoryPoint, this.points[next] as TrajectoryPoint];
    const samples = a.positions.map((_, j) => {
      sampleCubic(a, b, j, (time - a.time) / (b.time - a.time), this.at);
      return { ...this.at };
    });
    return { positions: samples.map((s) => s.position), velocities: samples.map((s) => s.velocity) };
  }
}
