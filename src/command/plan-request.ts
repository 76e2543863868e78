import type { RobotId } from "../core/names.ts";
import type { ConvexHull } from "../robot/collision/convex-hull.ts";
import type { Margins } from "../robot/collision/margins.ts";
import type { SceneObject } from "../robot/collision/scene.ts";
import type { TimedPath } from "../robot/path/timed-path.ts";
import type { BaseRequest, FoundWay } from "./base-request.ts";
import type { PlannableCommand } from "./motion-command.ts";
import type { JointLimits } from "./robot-limits.ts";
import type { Objection } from "./validate-motion.ts";
import type { GivenWay } from "./way-question.ts";

/*
 * What takes longer to compute than a cycle may last is computed in a thread of its own: a request leaves the twin as plain
 * data, and its answer returns through the inbox.
 */

/** A pose in the root link's frame: x y z in m, then a unit quaternion x y z w. */
export type FramePose = readonly number[];

export type PlanRequest = {
  /** Tells it from the others of a run. */
  id: string;
  robot: RobotId;
  /** Hash of the description that it is for. */
  description: string;
  command: PlannableCommand;
  /**
   * `goal`: where the joints are to be at the end, for a motion that the gate plans from the present; `motion`: the whole
   * motion, from rest.
   */
  purpose: "goal" | "motion";
  /** Whether a way around is looked for when the direct motion collides. */
  avoid: boolean;
  /** A way to the goal of `command` that another planner found, which is judged and timed; absent: it is computed. */
  way?: GivenWay;
  /** Where the joints are, rad or m; a motion starts there, at rest. */
  start: Readonly<Record<string, number>>;
  limits: Readonly<Record<string, JointLimits>>;
  /** What stands around it, in its root link's frame, and what it carries, with the hulls of their meshes by `hullKey`. */
  scene: readonly SceneObject[];
  sceneHulls: ReadonlyMap<string, ConvexHull | null>;
  /** How near it may come to collisions. */
  margins: Margins;
  /** Frames that the command names and that are no links of the robot, in the root link's frame. */
  frames: Readonly<Record<string, FramePose>>;
};

/** The nearest that a motion comes to something, m, at `time` s. */
export type LeastDistance = { metres: number; between: [string, string]; time: number };

/** A whole motion with what is known of it. */
export type FoundMotion = {
  path: TimedPath;
  kind: "direct" | "around";
  /** Null: nothing is checked. */
  leastDistance: LeastDistance | null;
  /** The greatest effort of each joint with an effort limit, as a share of it. */
  effortShare: Record<string, number>;
};

export type PlanOutcome =
  | { found: "motion"; motion: FoundMotion }
  /** rad or m, by joint. */
  | { found: "goal"; positions: Record<string, number> }
  /** The way of a base. */
  | { found: "way"; way: FoundWay }
  /** The poses that the base is sent to are free. */
  | { found: "free" }
  | { found: "objection"; objection: Objection };

/** What the thread is asked for. */
export type ComputeRequest = PlanRequest | BaseRequest;

export type PlanAnswer = { id: string; robot: RobotId; outcome: PlanOutcome };
