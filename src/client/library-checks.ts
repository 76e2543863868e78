import type { NamedPose, PosesOfRobot, SequencesJson } from "../protocol/library-json.ts";
import { isNumber, isObject } from "./message-checks.ts";

/** Whether it is what the server answers a saved pose with. */
export function isNamedPose(value: unknown): value is NamedPose {
  return (
    isObject(value) &&
    (value.source === "srdf" || value.source === "saved") &&
    isObject(value.joints) &&
    Object.values(value.joints).every(isNumber)
  );
}

/** Whether it is the answer of `GET /api/poses/ROBOT`. */
export function isPosesOfRobot(value: unknown): value is PosesOfRobot {
  return isObject(value) && Object.values(value).every(isNamedPose);
}

/** Whether it is the answer of `GET /api/sequences`. A step may be one of a newer server, so any object is taken. */
export function isSequences(value: unknown): value is SequencesJson {
  return (
    isObject(value) &&
    Object.values(value).every(
      (one) => isObject(one) && Array.isArray(one.steps) && one.steps.every(isObject),
    )
  );
}
