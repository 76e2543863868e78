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
    (message.path === "direct" || message.path === "around")
  );
}
