/** A plan: commit it with `{"kind":"plan","planId","stateHash"}` while it is young and the robot where it was. */
export type PlannedMessage = {
  op: "planned";
  id: string | number;
  robot: string;
  planId: string;
  stateHash: string;
  /** s */
  duration: number;
  /** For display and scrubbing: s from the start; rad or m. */
  points: { time: number; positions: Record<string, number> }[];
  /** The nearest that the motion comes to something; absent where nothing is checked. m, s. */
  leastDistance?: { metres: number; between: [string, string]; time: number };
  /** The greatest effort of each joint on the way, as a share of its limit. */
  effortShare: Record<string, number>;
  /** Links that were not checked for collisions, since their meshes cannot be read; absent: there are none. */
  uncheckedLinks?: string[];
  path: "direct" | "around";
  /** Who found the way; absent: the twin. */
  planner?: "moveit";
};

/** The way of a base. It is not committed: send the command itself. */
export type PlannedWayMessage = {
  op: "planned";
  id: string | number;
  robot: string;
  /** Straight lines from pose to pose, or what a twist drives. */
  path: "straight" | "twist";
  /** s, at the limits of the configuration. */
  duration: number;
  /** The frame that the poses are in. */
  frame: string;
  /** At most 200, evenly in time: s from the start; m; rad. */
  poses: { time: number; position: [number, number]; yaw: number }[];
  /** The nearest that the base comes to an object or to a cell that is not free, below 1 m; where it is then. m, s. */
  leastDistance?: {
    metres: number;
    between: [string, string];
    time: number;
    point: [number, number];
  };
  /** What the base covers: all within `radius` of a polygon in the root link's frame, m. Absent: not known, and not checked. */
  footprint?: { points: [number, number][]; radius: number };
  /** Whether a part of the footprint leaves the map; absent: there is none. */
  leavesMap?: boolean;
};
