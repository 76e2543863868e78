/** How a robot's meshes fared, by distinct address; `problems` has a sentence for each missing one. */
export type MeshTally = { found: number; missing: number; problems: readonly string[] };

/** What the panels need of a joint. Limits in rad or m; a continuous joint has −π … π and is not limited. */
export type JointInfo = {
  name: string;
  type: "revolute" | "continuous" | "prismatic";
  unit: "rad" | "m";
  lower: number;
  upper: number;
  /** rad/s or m/s; 0 when the URDF gives none. */
  maxVelocity: number;
  /** N·m or N; 0 when the URDF gives none. */
  maxEffort: number;
  /** The joint this one follows; such a joint cannot be moved by itself. */
  mimics: string | null;
  /** Of a follower: its position is `multiplier` × the other joint's + `offset`, rad or m. */
  multiplier: number;
  offset: number;
  childLink: string;
};

/** A robot as the panels know it. `model` is what its description said, once that is here. */
export type RobotEntry = {
  id: string;
  name: string;
  hash: string;
  model:
    | { phase: "loading" }
    | { phase: "failed"; problem: string }
    | { phase: "ready"; joints: readonly JointInfo[]; rootLink: string; links: readonly string[] };
  meshes: MeshTally;
};
