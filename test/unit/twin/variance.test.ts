import { describe, expect, it } from "vitest";
import { TwinGraph } from "../../../src/twin/graph.ts";
import { propertyView } from "../../../src/twin/graph-json.ts";
import { SampleJournal } from "../../../src/twin/journal.ts";
import { createSample } from "../../../src/twin/sample.ts";

describe("the variance of a value", () => {
  it("is kept with it, shown where it is known, and not kept by the next value without one", () => {
    const graph = new TwinGraph();
    const property = graph.property(graph.define("robot", "robot", {}), "joint/a/position", "number", "rad");
    const row = graph.row(property, "estimated");
    const sample = createSample();
    sample.source = graph.source("filter").index;
    graph.setNumber(row, 1, sample);
    expect(propertyView(graph, property).estimated).not.toHaveProperty("variance");
    sample.received = 10;
    sample.variance = 0.25;
    const journal = new SampleJournal();
    graph.listen(journal);
    graph.setNumber(row, 2, sample);
    expect(propertyView(graph, property).estimated).toMatchObject({ value: 2, variance: 0.25 });
    journal.drain((noted) => expect(noted.variance).toBe(0.25));
    sample.received = 20;
    sample.variance = Number.NaN;
    graph.setNumber(row, 3, sample);
    expect(propertyView(graph, property).estimated).not.toHaveProperty("variance");
  });
});
