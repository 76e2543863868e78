import type { Facet } from "../../core/quality.ts";
import type { PropertyJson, ThingJson } from "../state-messages.ts";
import { type ChannelKind, type FoxgloveTime, foxgloveTime } from "./server-messages.ts";

const facetNames: readonly Facet[] = ["reported", "desired", "estimated", "predicted"];

type Tree = { [key: string]: unknown };

/**
 * The state of one thing as a tree that message paths can walk: `reported.joint.elbow.position`. `quality` names the
 * reported values that are not good, with the reason.
 */
export type ThingState = { time: FoxgloveTime; quality: Tree } & { [F in Facet]?: Tree };

/** At server ms `time`. Frames of tf are left out: they are on `/tf`. */
export function thingState(properties: Readonly<Record<string, PropertyJson>>, time: number): ThingState {
  const state: ThingState = { time: foxgloveTime(time), quality: {} };
  for (const path of Object.keys(properties)) {
    if (path.startsWith("frame/")) continue;
    const property = properties[path] as PropertyJson;
    for (const facet of facetNames) {
      const register = property[facet];
      if (register === undefined) continue;
      state[facet] ??= {};
      place(state[facet], path, register.value);
      if (facet !== "reported" || register.quality === "good") continue;
      place(
        state.quality,
        path,
        register.reason ? `${register.quality}: ${register.reason}` : register.quality,
      );
    }
  }
  return state;
}

/** Puts a value at a path whose levels are between slashes. */
function place(tree: Tree, path: string, value: unknown): void {
  const levels = path.split("/");
  const leaf = levels.pop() as string;
  let node = tree;
  for (const level of levels) {
    const known = Object.hasOwn(node, level) ? node[level] : undefined;
    if (isTree(known)) node = known;
    else {
      // A value that others stand below keeps its place as `value`.
      const next: Tree = known === undefined ? {} : { value: known };
      set(node, level, next);
      node = next;
    }
  }
  const below = Object.hasOwn(node, leaf) ? node[leaf] : undefined;
  if (isTree(below)) set(below, "value", value);
  else set(node, leaf, value);
}

/** A level may be called `__proto__`. */
function set(tree: Tree, key: string, value: unknown): void {
  Object.defineProperty(tree, key, { value, enumerable: true, configurable: true, writable: true });
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The things whose state has a topic. */
export function hasState({ type }: Pick<ThingJson, "type">): boolean {
  return type === "robot" || type === "device" || type === "sensor";
}

/** The topic of a thing's state, with the shape that this state has: its fields can then be chosen from a list. */
export function stateChannel(thing: string, state: ThingState): ChannelKind {
  return {
    topic: `/twin/${thing}/state`,
    encoding: "json",
    schemaName: "twinbridge.State",
    schemaEncoding: "jsonschema",
    // Which values are not good changes all the time.
    schema: JSON.stringify({ title: "twinbridge.State", ...jsonSchemaOf({ ...state, quality: {} }) }),
  };
}

function jsonSchemaOf(value: unknown): Tree {
  if (Array.isArray(value)) return { type: "array", items: jsonSchemaOf(value[0] ?? 0) };
  if (isTree(value)) {
    const properties = Object.entries(value).map(([key, below]) => [key, jsonSchemaOf(below)]);
    return { type: "object", properties: Object.fromEntries(properties) };
  }
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") {
    return { type: typeof value };
  }
  return {};
}
