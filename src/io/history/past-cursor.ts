import { facets } from "../../core/quality.ts";
import type { HistoryClock } from "../../history/history-query.ts";
import type { FacetStateJson, PropertyJson, StateFrame, TwinJson } from "../../protocol/state-messages.ts";
import type { ThingView } from "../../twin/graph-json.ts";
import { isMotionPath } from "../../twin/property.ts";
import type { GraphReader } from "./graph-reader.ts";

/**
 * One viewer of the past: makes the messages that bring it from the moment it knows to another. It gets the whole where the
 * things differ, else the state of the robots and what else changed.
 */
export class PastCursor {
  private known: { run: number; version: number } | null = null;
  /** What it knows of each property that is not motion, as JSON. */
  private readonly properties = new Map<string, string>();
  /** How many properties the last moment had: fewer than are known where one is gone. */
  private seen = 0;

  constructor(private readonly graphs: GraphReader) {}

  /** The messages for server ms `at`, as texts. Throws a `HistoryFault` where nothing is stored of it. */
  moment(at: number, clock: HistoryClock = "arrival"): string[] {
    const { twin, run, version } = this.graphs.at(at, clock);
    const before = this.properties.size;
    const things = this.changed(twin);
    const isWhole =
      this.known?.run !== run || this.known.version !== version || (this.seen < before && before > 0);
    const texts: string[] = [];
    if (isWhole) {
      this.known = { run, version };
      this.properties.clear();
      this.changed(twin);
      texts.push(JSON.stringify({ op: "snapshot", past: true, revision: twin.revision, twin }));
    }
    if (!isWhole && things !== null) {
      const { revision } = twin;
      texts.push(JSON.stringify({ op: "properties", past: true, revision, time: at, things }));
    }
    texts.push(JSON.stringify({ past: true, ...motionOf(twin) }));
    return texts;
  }

  /** The properties that are not motion and differ from those that are known; null where none does. */
  private changed(twin: TwinJson): Record<string, Record<string, PropertyJson>> | null {
    const things: Record<string, Record<string, PropertyJson>> = Object.create(null);
    let any = false;
    this.seen = 0;
    for (const [id, thing] of Object.entries(twin.things)) {
      for (const [path, property] of Object.entries(thing.properties)) {
        if (thing.type === "robot" && isMotionPath(path)) continue;
        this.seen++;
        const key = `${id}\0${path}`;
        const text = JSON.stringify(property);
        if (this.properties.get(key) === text) continue;
        this.properties.set(key, text);
        const changes = things[id] ?? Object.create(null);
        changes[path] = property;
        things[id] = changes;
        any = true;
      }
    }
    return any ? things : null;
  }
}

/** The state of the robots of a graph, as the state frame of that moment. */
export function motionOf(twin: TwinJson): StateFrame {
  const robots: StateFrame["robots"] = Object.create(null);
  for (const [id, thing] of Object.entries(twin.things)) {
    if (thing.type === "robot") robots[id] = robotMotion(thing, twin.time);
  }
  return { op: "state", revision: twin.revision, time: twin.time, robots };
}

function robotMotion({ properties }: ThingView, at: number): StateFrame["robots"][string] {
  const robot: StateFrame["robots"][string] = {};
  for (const [path, property] of Object.entries(properties)) {
    if (!isMotionPath(path)) continue;
    for (const facet of facets) {
      const register = property[facet];
      if (register === undefined) continue;
      const state: FacetStateJson = robot[facet] ?? { joint: Object.create(null) };
      robot[facet] = state;
      const age = { ageMs: Math.max(0, at - register.received), quality: register.quality };
      if (path.startsWith("joint/")) {
        const split = path.lastIndexOf("/");
        const name = path.slice("joint/".length, split);
        const field = path.slice(split + 1) as "position" | "velocity" | "effort";
        const joint = { ...(state.joint[name] ?? age), [field]: register.value as number };
        state.joint[name] = field === "position" ? { ...joint, ...age } : joint;
      } else {
        state.base = { ...(state.base ?? age), [path === "base/pose" ? "pose" : "twist"]: register.value };
      }
    }
  }
  return robot;
}
