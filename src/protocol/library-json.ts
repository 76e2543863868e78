import type { SequenceStep } from "../command/sequence-runner.ts";
import type { RobotId } from "../core/names.ts";

/* What `/api/poses` and `/api/sequences` answer with. */

/** Joint positions under a name, rad or m: of the robot's SRDF, or saved by a person. */
export type NamedPose = { joints: Record<string, number>; source: "srdf" | "saved" };

/** By name. */
export type PosesOfRobot = Record<string, NamedPose>;

/** `GET /api/poses`. */
export type PosesJson = Record<RobotId, PosesOfRobot>;

/** `GET /api/sequences`, by name. */
export type SequencesJson = Record<string, { steps: readonly SequenceStep[] }>;
