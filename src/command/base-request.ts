import type { RobotId } from "../core/names.ts";
import type { ConvexHull } from "../robot/collision/convex-hull.ts";
import type { Margins } from "../robot/collision/margins.ts";
import type { SceneObject } from "../robot/collision/scene.ts";
import type { Footprint, GroundPoint } from "../robot/footprint/footprint.ts";
import type { GroundPose } from "../robot/footprint/occupied-cells.ts";
import type { BaseCommand } from "./motion-command.ts";
import type { TwistLimits } from "./robot-limits.ts";

/** x y z in m, then a unit quaternion x y z w. */
type FramePose = readonly number[];

/** A map that is known of a robot: its topic, and the frame that it is in. */
export type KnownGrid = { topic: string; frame: string };

/** A way of the base that is to be judged, or a goal of it; plain data for the thread that computes. */
export type BaseRequest = {
  id: string;
  robot: RobotId;
  /** Hash of the description that it is for. */
  description: string;
  command: BaseCommand;
  /** `goal`: whether its poses are free; `motion`: the whole way to them. */
  purpose: "goal" | "motion";
  /** Where the joints are, rad or m. */
  start: Readonly<Record<string, number>>;
  /** The frame that the poses are in, and the root link's frame in it. */
  frame: string;
  frameFromRoot: FramePose;
  limits: TwistLimits;
  scene: readonly SceneObject[];
  sceneHulls: ReadonlyMap<string, ConvexHull | null>;
  /** Ids of the objects that do not move with the base. */
  world: readonly string[];
  margins: Margins;
  /** As the configuration has it, corners or a radius, m; null: of the collision geometry. */
  footprint: readonly GroundPoint[] | number | null;
  /** The map that it is checked against, and its frame in `frame`; null: there is none. */
  grid: (KnownGrid & { frameFromGrid: FramePose }) | null;
};

/** The way of a base with what is known of it. */
export type FoundWay = {
  path: "straight" | "twist";
  /** s */
  duration: number;
  frame: string;
  /** m and rad in `frame`, s from the start. */
  poses: (GroundPose & { time: number })[];
  /** Null: nothing is checked, or nothing is near. `point`: m, in `frame`. */
  leastDistance: { metres: number; between: [string, string]; time: number; point: [number, number] } | null;
  /** Null: neither given nor known by the collision geometry. */
  footprint: Footprint | null;
  /** Whether a part of the footprint leaves the map; null: there is none. */
  leavesMap: boolean | null;
};
