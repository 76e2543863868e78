import type { StopKind } from "../../command/gate-output.ts";
import type { LimitSettings } from "../../command/robot-limits.ts";
import type { StopState } from "../../command/stop-latch.ts";
import type { RobotId } from "../../core/names.ts";
import type { GroundPoint } from "../../robot/footprint/footprint.ts";

/** Motions of a robot with links that cannot be checked are allowed, refused, or (`auto`) refused among objects of the scene. */
export type UncheckedLinks = "allow" | "refuse" | "auto";

/** What the engine must know of a robot to take it in. */
export type EngineRobot = {
  id: RobotId;
  limits: LimitSettings;
  /** A stop that was latched before; null: none. */
  stop: StopState | null;
  /** Whether the collision geometry of its descriptions is read and comes as an input: motions wait for it. */
  isGeometryRead?: boolean;
  /** What becomes of motions where collision geometry of links cannot be used; absent: `auto`. */
  uncheckedLinks?: UncheckedLinks;
  /** m: how near its motions may come to objects of the scene; absent: 0.01. */
  margin?: number;
  /** What the base covers on the ground: corners or a radius, m; null or absent: what its collision geometry covers. */
  footprint?: readonly GroundPoint[] | number | null;
  /** Whether goals of its base are checked against its map and the scene; absent: they are. */
  checkGoals?: boolean;
  /** The frame of tf in which it stands; null or absent: the topmost of map and odom, or the odometry's. */
  fixedFrame?: string | null;
  /** How it is stopped; absent: at once. */
  stopKind?: StopKind;
};
