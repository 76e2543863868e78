import type { RobotId } from "../core/names.ts";
import type { Objection } from "./validate-motion.ts";

/** What a planner beside the twin (MoveIt's move_group) is asked: a way of one group of joints from rest to a goal. */
export type WayQuestion = {
  /** Tells it from the others of a run. */
  id: string;
  robot: RobotId;
  /** The planner's name for the joints that it may move. */
  group: string;
  /** Where the joints are measured, rad or m. */
  start: Readonly<Record<string, number>>;
  goal:
    | { kind: "joints"; positions: Readonly<Record<string, number>> }
    /** m and a unit quaternion x y z w of a link in the link `frame`. */
    | {
        kind: "pose";
        link: string;
        frame: string;
        position: readonly number[];
        quaternion: readonly number[];
      };
  /** Share of the velocity limits, 0 to 1. */
  speed: number;
};

/** A way that another planner found: where its joints are one after the other, rad or m. Nobody has judged it yet. */
export type GivenWay = { joints: readonly string[]; points: readonly (readonly number[])[] };

export type WayOutcome = { found: "way"; way: GivenWay } | { found: "objection"; objection: Objection };

export type WayAnswer = { id: string; robot: RobotId; outcome: WayOutcome };
