import type { CollisionModel } from "../robot/collision/collision-model.ts";
import { withScene } from "../robot/collision/scene.ts";
import { collides } from "../robot/collision/self-collision.ts";
import { neutralConfiguration, setJointPositions } from "../robot/configuration.ts";
import { createData } from "../robot/data.ts";
import { payloadsOf, withPayloads } from "../robot/dynamics/payload.ts";
import { forwardKinematics } from "../robot/forward-kinematics.ts";
import type { RobotModel } from "../robot/model.ts";
import type { PathLimits } from "../robot/path/path-limits.ts";
import {
  lineTo,
  poseGoal,
  type Refused,
  type ToolContext,
  throughWaypoints,
} from "../robot/path/plan-tool-motion.ts";
import type { TimedPath } from "../robot/path/timed-path.ts";
import { toolLink } from "../robot/tool-link.ts";
import { CollisionGuard, usualMargins } from "./collision-guard.ts";
import { effortShares } from "./effort-share.ts";
import { type FollowedWay, followWay } from "./followed-way.ts";
import type { CommandedRobot } from "./gate-output.ts";
import type { JointMotionCommand } from "./motion-command.ts";
import { pointAt, pointsOf } from "./path-points.ts";
import type { PlanOutcome, PlanRequest } from "./plan-request.ts";
import { objectToDuration, type PlannedMotion, planMotion } from "./planned-motion.ts";
import { PresentMotion } from "./present-motion.ts";
import type { MeasuredJoints, Objection } from "./validate-motion.ts";
import { WayAround } from "./way-around.ts";

/** What plans of one robot are computed with. */
export type PlanContext = {
  model: RobotModel;
  /** Null: nothing is checked. */
  collisions: CollisionModel | null;
};

/** The thread has time; the limits of the guard count cycles. */
const timeless = 0;
/** m: how exactly a plan's least distance is known. */
const leastWithin = 1e-3;

const usualSpeed = 0.5;
/** Edges of a planner between two looks at the clock. */
const edgesAPortion = 10;
const collisionCodes: ReadonlySet<string> = new Set(["self_collision", "collision", "keep_out"]);
/** Of a joint that nothing limits: it is not moved fast. */
const noLimits: PathLimits = { velocity: 0.1, acceleration: 0.5, jerk: 5 };

/** Computes one motion of a robot that rests, in portions. */
export class PlanWork {
  private readonly robot: CommandedRobot;
  private readonly q: Float64Array;
  private readonly tool: ToolContext;
  private guard: CollisionGuard | null = null;
  private outcome: PlanOutcome | null = null;
  /** Where a move ends; null: the way is given. */
  private goal: { positions: Record<string, number>; speed: number } | null = null;
  private around: WayAround | null = null;
  /** The way of another planner, and how near to its corners the motion is to stay: what is next to be tried. */
  private given: FollowedWay | null = null;
  private isSearching = false;

  constructor(
    private readonly request: PlanRequest,
    private readonly context: PlanContext,
  ) {
    const { start } = request;
    this.robot = restingRobot(request, collisionsAmong(request, context));
    this.q = neutralConfiguration(context.model);
    setJointPositions(context.model, this.q, (joint) => start[joint]);
    this.tool = {
      model: context.model,
      start: this.q,
      tool: toolLink(context.model),
      frames: request.frames,
      limitsOf: (joint) => request.limits[joint] ?? noLimits,
      isFree: (q) => this.isFree(q),
    };
    this.begin();
  }

  /** Goes on by one portion of a few ms; null: not done yet. */
  advance(): PlanOutcome | null {
    if (this.outcome !== null) return this.outcome;
    if (this.guard === null) return null;
    if (this.around !== null && this.isSearching) return this.search(this.around);
    const verdict = this.guard.advance(this.robot, timeless);
    if (verdict === "wait") return null;
    if (verdict === "pass") {
      const isDirect = this.around === null && this.given === null;
      this.outcome = this.judged(this.guard.motion, isDirect ? "direct" : "around");
      return this.outcome;
    }
    if (this.given !== null) this.follow(this.given, verdict);
    else if (this.around !== null) this.tighten(this.around, verdict);
    else this.lookAround(verdict);
    return this.outcome;
  }

  /** The direct motion is not free: a way around is looked for where that was asked, and where its end is free. */
  private lookAround(verdict: Objection): void {
    const { goal } = this;
    const { collisions, margins = usualMargins } = this.robot;
    const { start, limits, avoid } = this.request;
    this.outcome = objection(verdict);
    if (!avoid || goal === null || collisions.state !== "ready" || !collisionCodes.has(verdict.code)) return;
    const end = this.q.slice();
    setJointPositions(this.context.model, end, (joint) => goal.positions[joint] ?? start[joint]);
    if (!this.isFree(end)) return;
    this.outcome = null;
    this.isSearching = true;
    this.around = new WayAround(collisions.model, margins, this.q, goal.positions, limits, goal.speed);
  }

  /** Whether nothing is nearer than its margin in a configuration. */
  private isFree(q: Float64Array): boolean {
    const { collisions, margins = usualMargins } = this.robot;
    if (collisions.state !== "ready") return true;
    const data = createData(this.context.model);
    forwardKinematics(this.context.model, data, q);
    return !collides(collisions.model, data, margins);
  }

  private search(around: WayAround): PlanOutcome | null {
    const found = around.advance(edgesAPortion);
    if (found === null) return null;
    this.isSearching = false;
    if ("reason" in found) {
      const message = `the direct motion collides, and ${found.reason}: choose another goal, or make room`;
      this.outcome = objection({ code: "no_path", message });
      return this.outcome;
    }
    this.check({ kind: "path", path: found.path });
    return this.outcome;
  }

  private tighten(around: WayAround, verdict: Objection): void {
    const path = around.tighter();
    if (path === null) this.outcome = objection({ ...verdict, code: "no_path" });
    else this.check({ kind: "path", path });
  }

  /** The next motion along a way that is given; where none is left, what the last collided with. */
  private follow(given: FollowedWay, verdict: Objection | null): void {
    const path = given.next();
    if (path !== null) this.check({ kind: "path", path });
    else if (verdict !== null)
      this.outcome = objection({ ...verdict, message: `MoveIt's way: ${verdict.message}` });
  }

  private begin(): void {
    const { command, purpose, way } = this.request;
    if (way !== undefined) {
      const given = followWay(this.tool, command, way);
      if ("code" in given) this.outcome = objection(given);
      else {
        this.given = given;
        this.follow(given, null);
      }
      return;
    }
    switch (command.kind) {
      case "jointPosition":
        this.checkMove(command.positions, command.speed ?? usualSpeed);
        return;
      case "jointTrajectory":
        this.check(command);
        return;
      case "pose": {
        const { speed = usualSpeed } = command;
        if (command.path === "line") {
          const line = lineTo(this.tool, command, { speed });
          if (line.ok) this.check({ kind: "path", path: line.path });
          else this.refuse(line);
          return;
        }
        const goal = poseGoal(this.tool, command);
        if (!goal.ok) this.refuse(goal);
        else if (purpose === "goal") this.outcome = { found: "goal", positions: goal.positions };
        else this.checkMove(goal.positions, speed);
        return;
      }
      case "waypoints": {
        const { points, blend = 0, speed = usualSpeed } = command;
        const through = throughWaypoints(this.tool, points, { blend, speed });
        if (through.ok) this.check({ kind: "path", path: through.path });
        else this.refuse(through);
      }
    }
  }

  private refuse({ code, message, breach }: Refused): void {
    this.outcome = objection({ code, message, ...(breach === undefined ? {} : { breach }) });
  }

  /** A move to joint positions, which may go another way than the direct one. */
  private checkMove(positions: Record<string, number>, speed: number): void {
    this.goal = { positions, speed };
    this.check({ kind: "jointPosition", positions, speed });
  }

  private check(command: JointMotionCommand): void {
    const motion = planMotion(command, new PresentMotion(), this.robot, timeless, timeless);
    if ("code" in motion) {
      this.outcome = objection(motion);
      return;
    }
    const tooLong = objectToDuration(motion);
    if (tooLong !== null) this.outcome = objection(tooLong);
    else this.guard = new CollisionGuard(motion, timeless, leastWithin);
  }

  /** What is known of a motion that collides with nothing. */
  private judged(motion: PlannedMotion, kind: "direct" | "around"): PlanOutcome {
    const { model } = this.context;
    const carried = payloadsOf(this.request.scene, this.request.sceneHulls);
    const effortShare = effortShares(withPayloads(model, carried), this.q, motion);
    const [worst, share] = Object.entries(effortShare).reduce((a, b) => (b[1] > a[1] ? b : a), ["", 0]);
    if (share > 1) {
      const message = `${worst} would need ${Math.round(share * 100)} % of its effort limit: go slower, or carry less`;
      return objection({ code: "effort_limit", message });
    }
    return {
      found: "motion",
      motion: { path: timedPathOf(motion), kind, leastDistance: this.guard?.least() ?? null, effortShare },
    };
  }
}

function objection(found: Objection): PlanOutcome {
  return { found: "objection", objection: found };
}

/** A motion as knots: exact where it is smooth, else its corners. */
function timedPathOf({ joints, paths }: PlannedMotion): TimedPath {
  const points = [pointAt(paths, 0, true), ...pointsOf(paths, true)];
  const knots = points.map(({ accelerations = [], ...point }) => ({ ...point, accelerations }));
  return { joints, knots };
}

/** The robot among the objects of a request. */
function collisionsAmong(
  { scene, sceneHulls }: PlanRequest,
  { collisions }: PlanContext,
): CollisionModel | null {
  if (collisions === null || scene.length === 0) return collisions;
  return withScene(collisions, scene, { hulls: sceneHulls });
}

/** The robot as a request has it: at rest, everything measured. */
function restingRobot(
  { start, limits, margins }: PlanRequest,
  collisions: CollisionModel | null,
): CommandedRobot {
  const measured: MeasuredJoints = {
    position: (joint) => start[joint],
    velocity: () => 0,
    isFresh: (joint) => start[joint] !== undefined,
    receivedAt: () => timeless,
  };
  return {
    limits: {
      joints: new Map(Object.entries(limits)),
      twist: { linear: 0, angular: 0, linearAcceleration: 0, angularAcceleration: 0 },
    },
    measured,
    can: { trajectory: [], twist: false },
    margins,
    collisions: collisions === null ? { state: "none" } : { state: "ready", model: collisions },
  };
}
