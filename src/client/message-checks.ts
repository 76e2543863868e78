import { type Facet, facets, qualities } from "../core/quality.ts";
import type {
  ControllerStatus,
  ControlStatus,
  DescriptionMessage,
  LayoutColumn,
  PastMessage,
  PropertyJson,
  SourceStatus,
  StateFrame,
  StatusMessage,
  ThingJson,
  TwinEvent,
  TwinJson,
} from "../protocol/state-messages.ts";

/*
 * Light structural checks of the server's messages: enough that nobody trips over a field that is read. The
 * server's own schemas are the strict ones; a schema library stays out of pages.
 */

export type JsonObject = { [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const isText = (value: unknown): value is string => typeof value === "string";
export const isNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value);
const isTrueOrFalse = (value: unknown): value is boolean => typeof value === "boolean";

function isListOf<T>(value: unknown, check: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(check);
}

function isRecordOf<T>(value: unknown, check: (item: unknown) => item is T): value is Record<string, T> {
  return isObject(value) && Object.values(value).every(check);
}

function isRegister(value: unknown): boolean {
  return (
    isObject(value) &&
    "value" in value &&
    isNumber(value.received) &&
    qualities.some((quality) => quality === value.quality) &&
    isText(value.source) &&
    (value.reason === undefined || isText(value.reason))
  );
}

export function isProperty(value: unknown): value is PropertyJson {
  if (!isObject(value) || !isText(value.unit)) return false;
  return facets.every((facet) => value[facet] === undefined || isRegister(value[facet]));
}

const isRelationship = (value: unknown): value is { name: string; target: string } =>
  isObject(value) && isText(value.name) && isText(value.target);

export function isThing(value: unknown): value is ThingJson {
  return (
    isObject(value) &&
    isText(value.type) &&
    isObject(value.definition) &&
    isListOf(value.relationships, isRelationship) &&
    isRecordOf(value.properties, isProperty)
  );
}

export const isTexts = (value: unknown): value is string[] => isListOf(value, isText);

export const isThings = (value: unknown): value is Record<string, ThingJson> => isRecordOf(value, isThing);

export function isTwin(value: unknown): value is TwinJson {
  return isObject(value) && isNumber(value.revision) && isNumber(value.time) && isThings(value.things);
}

export function isPropertyChanges(value: unknown): value is Record<string, Record<string, PropertyJson>> {
  return isObject(value) && Object.values(value).every((changed) => isRecordOf(changed, isProperty));
}

export const isColumns = (value: unknown): value is LayoutColumn[] =>
  isListOf(
    value,
    (column): column is LayoutColumn =>
      isObject(column) &&
      isText(column.robot) &&
      facets.some((facet: Facet) => facet === column.facet) &&
      isText(column.path) &&
      isNumber(column.component),
  );

export function isEvent(value: unknown): value is TwinEvent {
  return isPastEvent(value) && "id" in value && isNumber(value.id);
}

/** An event of the store, which has no number. */
export function isPastEvent(value: unknown): value is Omit<TwinEvent, "id" | "revision"> {
  return (
    isObject(value) &&
    isNumber(value.time) &&
    isText(value.severity) &&
    isText(value.kind) &&
    isText(value.message)
  );
}

export function isDescription(value: JsonObject): boolean {
  const named: { [K in keyof Omit<DescriptionMessage, "op">]: unknown } = {
    robot: value.robot,
    name: value.name,
    hash: value.hash,
  };
  return Object.values(named).every(isText);
}

const isSource = (value: unknown): value is SourceStatus =>
  isObject(value) &&
  isText(value.name) &&
  isText(value.state) &&
  isText(value.detail) &&
  (value.reason === undefined || isText(value.reason)) &&
  (value.remedy === undefined || isText(value.remedy));

function isController(value: unknown): value is ControllerStatus {
  return (
    isObject(value) &&
    [value.name, value.kind, value.state].every(isText) &&
    isListOf(value.joints, isText) &&
    (value.reason === undefined || isText(value.reason))
  );
}

function isControl(value: unknown): value is ControlStatus {
  if (!isObject(value) || !isText(value.robot) || !isObject(value.can)) return false;
  const { lease, stopped, can } = value;
  return (
    (lease === null || (isObject(lease) && isText(lease.holder) && isNumber(lease.epoch))) &&
    (stopped === null || (isObject(stopped) && isText(stopped.by) && isNumber(stopped.at))) &&
    isObject(can) &&
    [can.jointPosition, can.jointVelocity, can.twist].every(isTrueOrFalse) &&
    [can.gripper, can.navigate].every((value) => value === undefined || isTrueOrFalse(value)) &&
    [can.services, can.dataServices].every((value) => value === undefined || isListOf(value, isText)) &&
    (can.controllers === undefined || isListOf(can.controllers, isController)) &&
    (value.override === undefined || isNumber(value.override))
  );
}

export function isStatus(value: unknown): value is StatusMessage {
  return (
    isObject(value) &&
    isNumber(value.time) &&
    isNumber(value.revision) &&
    isNumber(value.clients) &&
    isListOf(value.sources, isSource) &&
    isListOf(value.control, isControl)
  );
}

export function isPastPosition(value: JsonObject): value is JsonObject & PastMessage {
  const { time, playing, speed, from, to } = value;
  return [time, speed, from, to].every(isNumber) && isTrueOrFalse(playing);
}

function isQuality(value: unknown): boolean {
  return qualities.some((quality) => quality === value);
}

function areNumbers(value: unknown, count: number): boolean {
  return Array.isArray(value) && value.length === count && value.every(isNumber);
}

function isJointState(value: unknown): boolean {
  if (!isObject(value) || !isNumber(value.ageMs) || !isQuality(value.quality)) return false;
  return [value.position, value.velocity, value.effort].every((one) => one === undefined || isNumber(one));
}

function isBaseState(value: unknown): boolean {
  if (!isObject(value) || !isNumber(value.ageMs) || !isQuality(value.quality)) return false;
  const { pose, twist } = value;
  if (pose !== undefined) {
    if (!isObject(pose) || !areNumbers(pose.position, 3) || !areNumbers(pose.quaternion, 4)) return false;
  }
  if (twist === undefined) return true;
  return isObject(twist) && areNumbers(twist.linear, 3) && areNumbers(twist.angular, 3);
}

function isFacetState(value: unknown): boolean {
  if (!isObject(value) || !isObject(value.joint)) return false;
  if (!Object.values(value.joint).every(isJointState)) return false;
  return value.base === undefined || isBaseState(value.base);
}

/** A state as JSON, with the facets that this version knows. */
export function isState(value: JsonObject): value is JsonObject & StateFrame {
  if (!isNumber(value.revision) || !isNumber(value.time) || !isObject(value.robots)) return false;
  return Object.values(value.robots).every(
    (robot) =>
      isObject(robot) && facets.every((facet) => robot[facet] === undefined || isFacetState(robot[facet])),
  );
}
