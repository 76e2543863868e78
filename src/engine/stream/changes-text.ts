import type { PropertyJson, ServerStateMessage, ThingJson } from "../../protocol/state-messages.ts";
import type { TwinGraph } from "../../twin/graph.ts";
import { propertyView, thingView } from "../../twin/graph-json.ts";

/** The message that tells what became of things since the definitions of that number; null when only a snapshot can tell. */
export function thingsSince(graph: TwinGraph, definitions: number, now: number): string | null {
  const gone = graph.removed.since(definitions);
  if (gone === null) return null;
  const changed: Record<string, ThingJson> = Object.create(null);
  for (const [id, thing] of graph.things) {
    if (thing.defined > definitions) changed[id] = thingView(graph, thing);
  }
  const removed = gone.filter((id) => !graph.things.has(id));
  const message: ServerStateMessage = {
    op: "things",
    revision: graph.revision,
    time: now,
    changed,
    removed,
  };
  return JSON.stringify(message);
}

/** The message with what changed since that revision, except motion; null: nothing did. */
export function propertiesSince(graph: TwinGraph, revision: number, now: number): string | null {
  const things: Record<string, Record<string, PropertyJson>> = Object.create(null);
  let any = false;
  for (const [id, thing] of graph.things) {
    for (const [path, property] of thing.properties) {
      if (property.isMotion || property.revision <= revision || property.thing !== id) continue;
      const changes = things[id] ?? Object.create(null);
      changes[path] = propertyView(graph, property);
      things[id] = changes;
      any = true;
    }
  }
  return any ? JSON.stringify({ op: "properties", revision: graph.revision, time: now, things }) : null;
}
