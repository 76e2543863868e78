import type { TwinGraph } from "../../../src/twin/graph.ts";
import { createSample, type Sample } from "../../../src/twin/sample.ts";

/** A sample of `source` that arrived at server ms `received`, with what a test wants otherwise. */
export function sampleOf(
  graph: TwinGraph,
  source: string,
  received: number,
  more: Partial<Sample> = {},
): Sample {
  return { ...createSample(), source: graph.source(source).index, received, ...more };
}

/** The row of a number that is reported of a robot. */
export function numberRow(graph: TwinGraph, path: string): number {
  const thing = graph.things.get("robot") ?? graph.define("robot", "robot", {});
  return graph.row(graph.property(thing, path, "number", "rad"), "reported");
}
