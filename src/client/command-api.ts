import type { PlannedMessage, PlannedWayMessage } from "../protocol/planned-message.ts";

export type AcquireOptions = {
  yields?: boolean | undefined;
  holder?: string | undefined;
  force?: boolean | undefined;
};

export type RequestOptions = { holder?: string | undefined; withinMs?: number | undefined };

/** A plan of the server; lengths in m, angles in rad, times in s. */
export type Plan = Omit<PlannedMessage, "op" | "id">;

/** The way of a base; m, rad, s. It is not committed: send the command itself. */
export type WayPlan = Omit<PlannedWayMessage, "op" | "id">;

/** A jog of the base that is held for `seconds` (default 1): m/s and rad/s in its own axes. */
export type TwistHeld = {
  linear?: { x?: number; y?: number };
  angular?: { z?: number };
  seconds?: number;
};

/** Who looks for the way of a plan, and MoveIt's name for the joints that may move. */
export type PlanOptions = { planner?: "twin" | "moveit"; group?: string };

/** A link's pose: m and a unit quaternion (x, y, z, w) in `frame`; without `link` the tool's. */
export type PoseTarget = {
  link?: string;
  frame: string;
  position: readonly number[];
  quaternion: readonly number[];
  path?: "joint" | "line";
  speed?: number;
};

export type Waypoint =
  | { positions: Readonly<Record<string, number>> }
  | { pose: Omit<PoseTarget, "path" | "speed"> };

/** Where a base is to drive: m and rad in `frame`. */
export type NavigationGoal = {
  frame: string;
  position: readonly number[];
  yaw: number;
  /** Places to pass on the way, in order. */
  via?: readonly { position: readonly number[]; yaw: number }[] | undefined;
  /** "initial": no goal, but where the base is. */
  as?: "goal" | "initial" | undefined;
};

/** A link's velocity (default: the tool's): m/s and rad/s along the axes of the link `frame` (default: the root). */
export type LinkJog = {
  link?: string;
  frame?: string;
  linear?: { x?: number; y?: number; z?: number };
  angular?: { x?: number; y?: number; z?: number };
};
