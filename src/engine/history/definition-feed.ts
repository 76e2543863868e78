import type { HistoryRecord, ThingDefinition } from "../../history/history-batch.ts";
import type { TwinGraph } from "../../twin/graph.ts";
import type { Thing } from "../../twin/thing.ts";

/** Things that are looked at in one cycle: a robot of 2,000 links must not hold it up. */
const thingsPerCycle = 64;

/** Follows what the graph's things are, and notes what comes, changes and goes. */
export class DefinitionFeed {
  private seen = 0;
  private readonly waiting = new Set<string>();
  private readonly known = new Set<string>();

  constructor(private readonly graph: TwinGraph) {}

  /** Notes what changed by server ms `now`, a part of it at a time. */
  step(now: number, into: HistoryRecord[]): void {
    this.look(now, into);
    this.note(now, into, thingsPerCycle);
  }

  /** As `step`, all of it. */
  finish(now: number, into: HistoryRecord[]): void {
    this.look(now, into);
    this.note(now, into, Number.POSITIVE_INFINITY);
  }

  private look(now: number, into: HistoryRecord[]): void {
    const { graph } = this;
    if (graph.definitions === this.seen) return;
    for (const id of this.known) {
      if (graph.things.has(id)) continue;
      this.known.delete(id);
      this.waiting.delete(id);
      into.push({ kind: "thing", time: now, id, thing: null });
    }
    for (const [id, thing] of graph.things) {
      if (thing.defined > this.seen) this.waiting.add(id);
    }
    this.seen = graph.definitions;
  }

  private note(now: number, into: HistoryRecord[], most: number): void {
    let left = most;
    for (const id of this.waiting) {
      if (left-- <= 0) return;
      this.waiting.delete(id);
      const thing = this.graph.things.get(id);
      if (thing === undefined) continue;
      this.known.add(id);
      into.push({ kind: "thing", time: now, id, thing: definitionOf(thing) });
    }
  }
}

function definitionOf({ id, type, definition, relationships, properties }: Thing): ThingDefinition {
  const shared: Record<string, string> = Object.create(null);
  for (const [path, property] of properties) if (property.thing !== id) shared[path] = property.thing;
  // Changed in place later on, as a device's: what is handed over must not be.
  return { type, definition: structuredCopy(definition), relationships: [...relationships], shared };
}

function structuredCopy(value: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value));
}
