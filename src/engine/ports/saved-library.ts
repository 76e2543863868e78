import type { SequenceStep } from "../../command/sequence-runner.ts";
import type { RobotId } from "../../core/names.ts";

/** What people saved: poses by robot, name and joint (rad or m), and sequences by name. */
export type SavedLibrary = {
  poses: Readonly<Record<RobotId, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
  sequences: Readonly<Record<string, readonly SequenceStep[]>>;
};
