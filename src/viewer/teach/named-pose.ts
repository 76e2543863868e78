import { isPosesOfRobot } from "../../client/library-checks.ts";
import { isObject } from "../../client/message-checks.ts";

/** Joint positions of one robot under a name, rad or m; of its SRDF, or saved by a person. */
export type NamedPose = { name: string; isSaved: boolean; positions: Readonly<Record<string, number>> };

/** The poses of `robot` in the answer of `GET /api/poses`; null where the answer is none. */
export function readPoses(value: unknown, robot: string): NamedPose[] | null {
  if (!isObject(value)) return null;
  const poses = Object.hasOwn(value, robot) ? value[robot] : {};
  if (!isPosesOfRobot(poses)) return null;
  return Object.entries(poses).map(([name, { joints, source }]) => {
    return { name, isSaved: source === "saved", positions: joints };
  });
}

/** What the server takes as the name of a pose or a sequence. */
export function isLibraryName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_ -]{0,63}$/.test(name);
}

export const libraryNameRule = "Up to 64 letters, digits, blanks, _ and -, a letter or digit first.";
