import type { CollisionModel } from "../robot/collision/collision-model.ts";
import type { Margins } from "../robot/collision/margins.ts";
import { chainJoints } from "../robot/path/solve-pose.ts";
import { timeWaypoints } from "../robot/path/time-waypoints.ts";
import type { TimedPath } from "../robot/path/timed-path.ts";
import { PathPlanner } from "../robot/planning/path-planner.ts";
import { type PlannedJoint, StraightEdges } from "../robot/planning/straight-edge.ts";
import { toolLink } from "../robot/tool-link.ts";
import type { JointLimits } from "./robot-limits.ts";

/** How far the motion may stay away from the corners of the way at first, rad or m; halved where that is not free. */
const widestBlend = 0.3;
const halvings = 5;
const seed = 20_011;
/** A joint without limits is looked for within this of its start, rad. */
const around = Math.PI;

export type AroundOutcome = { path: TimedPath } | { reason: string };

/**
 * Looks for a motion of the arm to joint positions past what is in the way, in portions. The joints between the root and the tool
 * may all move, and those that are named; the caller checks the motion.
 */
export class WayAround {
  private readonly joints: readonly PlannedJoint[];
  private readonly limits: readonly JointLimits[];
  private readonly planner: PathPlanner;
  private waypoints: Float64Array[] | null = null;
  private blend = widestBlend;
  private tries = 0;

  constructor(
    model: CollisionModel,
    margins: Margins,
    start: Float64Array,
    goal: Readonly<Record<string, number>>,
    limits: Readonly<Record<string, JointLimits>>,
    private readonly speed: number,
  ) {
    const { robot } = model;
    const tool = robot.linkIndex.get(toolLink(robot) ?? "") ?? 0;
    const names = new Set([...chainJoints(robot, tool).map(({ name }) => name), ...Object.keys(goal)]);
    const moved = robot.joints.filter(
      ({ name, nq, mimic }) => names.has(name) && nq === 1 && mimic === null && limits[name] !== undefined,
    );
    this.limits = moved.map(({ name }) => limits[name] as JointLimits);
    this.joints = moved.map(({ name, qIndex, vIndex }, j) => {
      const { lower, upper, velocity } = this.limits[j] as JointLimits;
      const [from, to] = [start[qIndex] as number, goal[name] ?? (start[qIndex] as number)];
      return {
        name,
        qIndex,
        vIndex,
        lower: Math.max(lower, Math.min(from, to) - around),
        upper: Math.min(upper, Math.max(from, to) + around),
        // What takes long is far.
        weight: 1 / velocity,
      };
    });
    const fastest = Math.min(...this.joints.map(({ weight }) => weight));
    const scaled = this.joints.map((joint) => ({ ...joint, weight: joint.weight / fastest }));
    const begin = Float64Array.from(scaled, ({ qIndex }) => start[qIndex] as number);
    const end = Float64Array.from(scaled, ({ qIndex, name }) => goal[name] ?? (start[qIndex] as number));
    const edges = new StraightEdges(model, scaled, start, margins);
    this.planner = new PathPlanner(edges, scaled, begin, end, { seed });
  }

  /** Goes on by about `edges` edges; null: not done yet. */
  advance(edges: number): AroundOutcome | null {
    const outcome = this.planner.advance(edges);
    if (outcome === null) return null;
    if (!outcome.found)
      return { reason: `no way around was found among ${outcome.edges} that were looked at` };
    this.waypoints = outcome.waypoints;
    return { path: this.timed() };
  }

  /** The same way with tighter corners, after the motion was not free; null: its corners are sharp already. */
  tighter(): TimedPath | null {
    if (this.waypoints === null || this.tries > halvings) return null;
    this.tries += 1;
    this.blend = this.tries > halvings ? 0 : this.blend / 2;
    return this.timed();
  }

  private timed(): TimedPath {
    const names = this.joints.map(({ name }) => name);
    const corners = (this.waypoints ?? []).map((corner) => [...corner]);
    return timeWaypoints(names, corners, this.limits, { blend: this.blend, speed: this.speed });
  }
}
