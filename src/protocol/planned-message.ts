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
  path: "direct" | "around";
  /** Who found the way; absent: the twin. */
  planner?: "moveit";
};
