import { isNumber, isObject, isText } from "../../client/message-checks.ts";

/** Joint positions of one robot under a name, rad or m; of its SRDF, or saved by a person. */
export type NamedPose = { name: string; isSaved: boolean; positions: Readonly<Record<string, number>> };

/** The poses of `robot` in the answer of `GET /api/poses`; null where the answer is none. */
export function readPoses(value: unknown, robot: string): NamedPose[] | null {
  const root = isObject(value) ? (value.poses ?? value.robots ?? value) : value;
  if (Array.isArray(root))
    return root.filter((one) => isObject(one) && one.robot === robot).flatMap(readPose);
  if (!isObject(root)) return null;
  const own = root[robot];
  if (Array.isArray(own)) return own.flatMap(readPose);
  if (!isObject(own)) return [];
  return Object.entries(own).flatMap(([name, pose]) => (isObject(pose) ? readPose({ name, ...pose }) : []));
}

function readPose(value: unknown): NamedPose[] {
  if (!isObject(value) || !isText(value.name)) return [];
  const joints = value.joints ?? value.positions;
  if (!isObject(joints)) return [];
  const positions = Object.entries(joints).filter((one): one is [string, number] => isNumber(one[1]));
  return [{ name: value.name, isSaved: value.source !== "srdf", positions: Object.fromEntries(positions) }];
}

/** What the server takes as the name of a pose or a sequence. */
export function isLibraryName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_ -]{0,63}$/.test(name);
}

export const libraryNameRule = "Up to 64 letters, digits, blanks, _ and -, a letter or digit first.";
