import { ownValue } from "../../core/own-value.ts";
import type { SourceStatus, ThingJson } from "../../protocol/state-messages.ts";
import type { Things } from "../store/twin-store.ts";
import { kinematicParents } from "./kinematic-parents.ts";

export type NodeKind =
  | "twin"
  | "connection"
  | "stream"
  | "robot"
  | "base"
  | "joint"
  | "link"
  | "device"
  | "signal"
  | "object";

/** One box of the drawing. */
export type DiagramNode = {
  id: string;
  kind: NodeKind;
  label: string;
  /** The box that it is drawn below and folded into; null: the top. */
  parent: string | null;
  /** The thing that it is, or whose value it is; null: no thing of the twin. */
  thing: string | null;
  /** Of values: the paths of their properties. Of a connection: its name alone. */
  paths: readonly string[];
};

export type EdgeKind = "part" | "feeds" | "drives" | "measures" | "carries";

/** `feeds` goes from the source to what it feeds, `drives` and `measures` from the device to the joint or link. */
export type DiagramEdge = { from: string; to: string; kind: EdgeKind };

/** Boxes by their ids, each after its parent among those with one parent, and what joins them. */
export type Diagram = { nodes: Map<string, DiagramNode>; edges: DiagramEdge[] };

export const twinNode = "twin";

/** The status of the connection that values of a source's prefix come by. */
const connectionOf: Readonly<Record<string, string>> = { ros: "ros", sim: "simulation", mqtt: "broker" };

const edgeOf: Readonly<Record<string, EdgeKind>> = {
  controls: "drives",
  measures: "measures",
  mountedOn: "carries",
  attachedTo: "carries",
};

/**
 * The things of the twin and what they are fed by, as boxes and edges. `withLinks`: links and fixed joints are boxes, too; else a
 * joint is joined with the next joint that moves above it.
 */
export function twinDiagram(things: Things, sources: readonly SourceStatus[], withLinks: boolean): Diagram {
  const diagram: Diagram = { nodes: new Map(), edges: [] };
  const add = (node: DiagramNode): void => {
    if (!diagram.nodes.has(node.id)) diagram.nodes.set(node.id, node);
  };
  add({ ...{ id: twinNode, kind: "twin", label: "twin", parent: null, thing: null, paths: [] } });
  for (const { name, state } of sources) {
    if (state !== "off") addConnection(diagram, name);
  }
  const { drawn, standIns } = kinematicParents(things, withLinks);
  const entries = Object.entries(things);
  for (const [id, thing] of entries) if (thing.type === "robot") addRobot(diagram, id, thing);
  for (const [id, thing] of entries) {
    const parent = drawn.get(id);
    if (parent !== undefined) {
      add({
        id,
        kind: thing.type === "link" ? "link" : "joint",
        label: shortName(id),
        parent,
        thing: id,
        paths: [],
      });
      diagram.edges.push({ from: parent, to: id, kind: "part" });
    }
  }
  const anchorOf = (id: string): string | null => {
    return diagram.nodes.has(id) ? id : (standIns.get(id) ?? null);
  };
  for (const [id, thing] of entries) {
    if (thing.type !== "device" && thing.type !== "object" && thing.type !== "sensor") continue;
    addBeside(diagram, id, thing, anchorOf);
  }
  addStreams(diagram, things);
  joinToTwin(diagram);
  return diagram;
}

/** `rover/joint/elbow` → `elbow`, `device/led` → `led`, `scene/table` → `table`. */
function shortName(id: string): string {
  return /^(?:[^/]+\/(?:link|joint)|device|scene)\/(.+)$/.exec(id)?.[1] ?? id;
}

function addConnection({ nodes }: Diagram, name: string): string {
  const id = `connection ${name}`;
  const label = name === "ros" ? "ROS 2" : name;
  if (!nodes.has(id))
    nodes.set(id, { id, kind: "connection", label, parent: twinNode, thing: null, paths: [name] });
  return id;
}

function addRobot(diagram: Diagram, id: string, thing: ThingJson): void {
  const { nodes, edges } = diagram;
  nodes.set(id, { id, kind: "robot", label: id, parent: twinNode, thing: id, paths: [] });
  const groups = new Map<string, string[]>();
  for (const [path, property] of Object.entries(thing.properties)) {
    const [first = path] = path.split("/");
    if (first === "joint" || first === "link" || first === "frame" || first === "watchdog") continue;
    if (property.reported === undefined && first !== "base") continue;
    groups.set(first, [...(groups.get(first) ?? []), path]);
  }
  for (const [label, paths] of groups) {
    const own = `${id} ${label}`;
    const kind = label === "base" ? "base" : "signal";
    nodes.set(own, { id: own, kind, label, parent: id, thing: id, paths });
    edges.push({ from: id, to: own, kind: "part" });
  }
}

/** A device or an object beside the joint or link that it drives, measures or sits on. */
function addBeside(
  { nodes, edges }: Diagram,
  id: string,
  thing: ThingJson,
  anchorOf: (id: string) => string | null,
): void {
  const order = ["controls", "measures", "attachedTo", "mountedOn"];
  const places = thing.relationships
    .filter(({ name }) => order.includes(name))
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const ends = new Map<string, EdgeKind>();
  for (const { name, target } of places) {
    const anchor = anchorOf(target);
    const kind = ownValue(edgeOf, name);
    // Where it only sits is told of what has no other tie.
    const isTold = kind === "carries" && ends.size > 0;
    if (anchor !== null && kind !== undefined && !isTold && !ends.has(anchor)) ends.set(anchor, kind);
  }
  const [parent = twinNode] = ends.keys();
  const kind = thing.type === "object" ? "object" : "device";
  nodes.set(id, { id, kind, label: shortName(id), parent, thing: id, paths: [] });
  for (const [to, edge] of ends) edges.push({ from: id, to, kind: edge });
  if (kind === "object") return;
  for (const [path, { reported }] of Object.entries(thing.properties)) {
    if (reported === undefined || path === `${id}/status`) continue;
    const own = `${id} ${path}`;
    const label = path.startsWith(`${id}/`) ? path.slice(id.length + 1) : path;
    nodes.set(own, { id: own, kind: "signal", label, parent: id, thing: id, paths: [path] });
    edges.push({ from: id, to: own, kind: "part" });
  }
}

/** The topics and brokers that values come from, and what each feeds. */
function addStreams(diagram: Diagram, things: Things): void {
  const { nodes, edges } = diagram;
  const fed = new Map<string, Map<string, string[]>>();
  for (const [id, { properties, type }] of Object.entries(things)) {
    if (!nodes.has(id) || type === "joint" || type === "link") continue;
    for (const [path, { reported }] of Object.entries(properties)) {
      if (reported === undefined) continue;
      const ends = fed.get(reported.source) ?? new Map<string, string[]>();
      ends.set(id, [...(ends.get(id) ?? []), path]);
      fed.set(reported.source, ends);
    }
  }
  for (const [source, ends] of fed) {
    const split = source.indexOf(":");
    const connection = ownValue(connectionOf, source.slice(0, split));
    if (connection === undefined) continue;
    const name = source.slice(split + 1);
    const parent = addConnection(diagram, connection);
    // A device is its own stream: what it measures of a joint is seen by its edge to it.
    const device = `device/${name}`;
    if (connection === "broker" && nodes.has(device)) {
      edges.push({ from: parent, to: device, kind: "feeds" });
      continue;
    }
    const id = `stream ${source}`;
    const [first = [twinNode, []]] = ends;
    const [thing, paths] = first as [string, string[]];
    nodes.set(id, { id, kind: "stream", label: name, parent, thing, paths });
    edges.push({ from: parent, to: id, kind: "feeds" });
    for (const to of ends.keys()) edges.push({ from: id, to, kind: "feeds" });
  }
}

/** What nothing leads to hangs at the twin. */
function joinToTwin({ nodes, edges }: Diagram): void {
  const reached = new Set(edges.filter(({ kind }) => kind === "feeds").map(({ to }) => to));
  for (const { id, kind, parent } of nodes.values()) {
    if (parent === twinNode && (kind === "connection" || !reached.has(id)))
      edges.push({ from: twinNode, to: id, kind: "part" });
  }
}
