import { type DesiredState, type Facet, facets, type Quality, qualities } from "../core/quality.ts";
import type { Stamp } from "../core/stamp.ts";
import type { TwinGraph } from "./graph.ts";
import type { Property } from "./property.ts";
import type { Thing } from "./thing.ts";

/** The shapes of `GET /api/twin`; `protocol/state-messages.ts` defines the same for clients. */
export type RegisterView = {
  value: unknown;
  stamp?: Stamp;
  received: number;
  quality: Quality;
  reason?: string;
  /** Of a number, in its unit squared. */
  variance?: number;
  source: string;
  /** Only on `desired`. */
  state?: DesiredState;
};
export type PropertyView = { unit: string } & { [F in Facet]?: RegisterView };
export type ThingView = {
  type: Thing["type"];
  definition: Record<string, unknown>;
  relationships: { name: string; target: string }[];
  properties: Record<string, PropertyView>;
};

/** A copy of the containers; values, definition and relationships belong to the graph and must not be changed. */
export function thingView(graph: TwinGraph, thing: Thing): ThingView {
  const properties: Record<string, PropertyView> = Object.create(null);
  for (const [path, property] of thing.properties) properties[path] = propertyView(graph, property);
  return {
    type: thing.type,
    definition: thing.definition,
    relationships: thing.relationships,
    properties,
  };
}

/** All things by id. The object has no prototype, so no id can collide with one. */
export function thingsView(graph: TwinGraph): Record<string, ThingView> {
  const things: Record<string, ThingView> = Object.create(null);
  for (const [id, thing] of graph.things) things[id] = thingView(graph, thing);
  return things;
}

/** The facets of a property that hold a value. */
export function propertyView(graph: TwinGraph, property: Property): PropertyView {
  const view: PropertyView = { unit: property.unit };
  for (const facet of facets) {
    const row = property.registers[facet];
    if (row >= 0 && graph.table.filled[row] === 1) view[facet] = registerView(graph, property, row);
  }
  return view;
}

function registerView(graph: TwinGraph, property: Property, row: number): RegisterView {
  const t = graph.table;
  const view: RegisterView = {
    value: valueAt(graph, property, row),
    received: t.received[row] as number,
    quality: qualities[t.quality[row] as number] as Quality,
    source: graph.sources[t.source[row] as number]?.name ?? "twin",
  };
  if (t.hasStamp[row] === 1) {
    view.stamp = { sec: t.stampSec[row] as number, nanosec: t.stampNanosec[row] as number };
  }
  const reason = t.reason[row] as string;
  if (reason !== "") view.reason = reason;
  const variance = t.variance[row] as number;
  if (!Number.isNaN(variance)) view.variance = variance;
  const state = t.desiredState[row] ?? null;
  if (state !== null) view.state = state;
  return view;
}

function valueAt(graph: TwinGraph, property: Property, row: number): unknown {
  const t = graph.table;
  const o = t.offset[row] as number;
  const at = (i: number): number => t.numbers[o + i] as number;
  switch (property.kind) {
    case "number":
      return at(0);
    case "pose":
      return { position: [at(0), at(1), at(2)], quaternion: [at(3), at(4), at(5), at(6)] };
    case "twist":
      return { linear: [at(0), at(1), at(2)], angular: [at(3), at(4), at(5)] };
    case "other":
      return t.others[row];
  }
}
