import { isNumber, isObject, isText, type JsonObject } from "./message-checks.ts";

const isNumbersByName = (value: unknown): boolean => isObject(value) && Object.values(value).every(isNumber);

const isPoint = (value: unknown): boolean =>
  isObject(value) && isNumber(value.time) && isNumbersByName(value.positions);

function isLeastDistance(value: unknown): boolean {
  return (
    isObject(value) &&
    isNumber(value.metres) &&
    isNumber(value.time) &&
    Array.isArray(value.between) &&
    value.between.length === 2 &&
    value.between.every(isText)
  );
}

const isPlace = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 2 && value.every(isNumber);

function isWayPose(value: unknown): boolean {
  return isObject(value) && isNumber(value.time) && isPlace(value.position) && isNumber(value.yaw);
}

function isFootprint(value: unknown): boolean {
  return (
    isObject(value) && Array.isArray(value.points) && value.points.every(isPlace) && isNumber(value.radius)
  );
}

/** Whether a `planned` answer is the way of a base; its times must not fall. */
export function isPlannedWay(message: JsonObject): boolean {
  const { poses } = message;
  return (
    isText(message.robot) &&
    (message.path === "straight" || message.path === "twist") &&
    isNumber(message.duration) &&
    isText(message.frame) &&
    Array.isArray(poses) &&
    poses.length > 0 &&
    poses.every(isWayPose) &&
    poses.every((pose, at) => at === 0 || pose.time >= poses[at - 1].time) &&
    (message.leastDistance === undefined ||
      (isLeastDistance(message.leastDistance) && isPlace((message.leastDistance as JsonObject).point))) &&
    (message.footprint === undefined || isFootprint(message.footprint)) &&
    (message.leavesMap === undefined || typeof message.leavesMap === "boolean")
  );
}

/** Whether a `planned` answer has what is shown of a plan and what commits it; its times must not fall. */
export function isPlanned(message: JsonObject): boolean {
  const { points } = message;
  return (
    isText(message.robot) &&
    isText(message.planId) &&
    isText(message.stateHash) &&
    isNumber(message.duration) &&
    Array.isArray(points) &&
    points.length > 0 &&
    points.every(isPoint) &&
    points.every((point, at) => at === 0 || point.time >= points[at - 1].time) &&
    (message.leastDistance === undefined || isLeastDistance(message.leastDistance)) &&
    isNumbersByName(message.effortShare) &&
    (message.uncheckedLinks === undefined ||
      (Array.isArray(message.uncheckedLinks) && message.uncheckedLinks.every(isText))) &&
    (message.path === "direct" || message.path === "around")
  );
}
