import { nearestTurn } from "../core/circle.ts";
import type { CollisionModel } from "../robot/collision/collision-model.ts";
import type { Margins } from "../robot/collision/margins.ts";
import { blendLength, blendOf } from "../robot/path/corner-blend.ts";
import { chainJoints } from "../robot/path/solve-pose.ts";
import { timeWaypoints } from "../robot/path/time-waypoints.ts";
import type { TimedPath } from "../robot/path/timed-path.ts";
import { PathPlanner } from "../robot/planning/path-planner.ts";
import { type PlannedJoint, StraightEdges } from "../robot/planning/straight-edge.ts";
import { toolLink } from "../robot/tool-link.ts";
import type { JointLimits } from "./robot-limits.ts";

/** How far the motion may stay away from a corner of the way at most, rad or m. */
const widestBlend = 0.3;
/** Shares of the widest curve past a corner that are tried: the first that is free. */
const curveShares = [1, 0.7, 0.5, 0.35, 0.25, 0.12, 0.06];
/** How often all curves are halved where the motion is not free after all. */
const halvings = 3;
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
  private readonly edges: StraightEdges;
  private readonly planner: PathPlanner;
  private waypoints: Float64Array[] | null = null;
  /** How far the motion may stay away from each way point. */
  private blends: number[] = [];
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
    const ends = moved.map(({ name, qIndex }, j) => {
      const from = start[qIndex] as number;
      const to = goal[name] ?? from;
      // A joint without ends goes the short way round.
      return this.limits[j]?.isCircular === true ? nearestTurn(to, from) : to;
    });
    this.joints = moved.map(({ name, qIndex, vIndex }, j) => {
      const { lower, upper, velocity } = this.limits[j] as JointLimits;
      const [from, to] = [start[qIndex] as number, ends[j] as number];
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
    this.edges = new StraightEdges(model, scaled, start, margins);
    this.planner = new PathPlanner(this.edges, scaled, begin, Float64Array.from(ends), { seed });
  }

  /** Goes on by about `edges` edges; null: not done yet. */
  advance(edges: number): AroundOutcome | null {
    const outcome = this.planner.advance(edges);
    if (outcome === null) return null;
    if (!outcome.found) {
      const { reason, edges } = outcome;
      if (reason === "goal") return { reason: "its end is nearer to something than the margin" };
      return { reason: `no way around was found among ${edges} that were looked at` };
    }
    this.waypoints = outcome.waypoints;
    this.blends = this.waypoints.map((_, i) => this.freeBlend(outcome.waypoints, i));
    return { path: this.timed() };
  }

  /** The same way with tighter corners, after the motion was not free; null: its corners are sharp already. */
  tighter(): TimedPath | null {
    if (this.waypoints === null || this.tries > halvings) return null;
    this.tries += 1;
    const share = this.tries > halvings ? 0 : 0.5;
    this.blends = this.blends.map((blend) => share * blend);
    return this.timed();
  }

  /** How far the widest free curve past a way point stays away from it; 0 at the ends, and where none is free. */
  private freeBlend(waypoints: readonly Float64Array[], i: number): number {
    const [from, corner, to] = [waypoints[i - 1], waypoints[i], waypoints[i + 1]];
    if (from === undefined || corner === undefined || to === undefined) return 0;
    const [one, two] = [lineBetween(from, corner), lineBetween(corner, to)];
    if (one.length === 0 || two.length === 0) return 0;
    const wanted = blendLength(one.direction, two.direction, widestBlend);
    const widest = Math.min(wanted, one.length / 2, two.length / 2);
    const share = curveShares.find((part) =>
      this.edges.isCornerFree(corner, one.direction, two.direction, part * widest),
    );
    return share === undefined ? 0 : blendOf(one.direction, two.direction, share * widest);
  }

  private timed(): TimedPath {
    const names = this.joints.map(({ name }) => name);
    const corners = (this.waypoints ?? []).map((corner) => [...corner]);
    return timeWaypoints(names, corners, this.limits, { blend: this.blends, speed: this.speed });
  }
}

function lineBetween(from: Float64Array, to: Float64Array): { direction: number[]; length: number } {
  const way = [...to].map((value, j) => value - (from[j] as number));
  const length = Math.hypot(...way);
  return { direction: way.map((value) => (length > 0 ? value / length : 0)), length };
}
