import { describe, expect, it } from "vitest";
import { HistoryFeed } from "../../../../src/engine/history/history-feed.ts";
import { SampleFeed } from "../../../../src/engine/sample-feed.ts";
import { TwinGraph } from "../../../../src/twin/graph.ts";
import { createSample } from "../../../../src/twin/sample.ts";

describe("what the cycle hands over for keeping", () => {
  it("has at the end the samples that were read since the last cycle", () => {
    const graph = new TwinGraph();
    const samples = new SampleFeed(graph);
    let posted = 0;
    const feed = new HistoryFeed({
      graph,
      samples,
      rules: [],
      post: (batch) => {
        posted += batch.samples;
      },
    });
    const thing = graph.define("robot", "robot", {});
    const row = graph.row(graph.property(thing, "level", "number", "m"), "reported");
    const sample = createSample();
    sample.source = graph.source("mqtt:a").index;
    const give = (now: number): void => {
      sample.received = now;
      sample.sequence = now;
      graph.beginRevision();
      graph.setNumber(row, now, sample);
    };
    give(1000);
    samples.drain(1000);
    feed.step(1000);
    expect(posted).toBe(1);
    // Between two cycles, and no cycle follows.
    give(1004);
    give(1005);
    feed.finish(1006);
    expect(posted).toBe(3);
  });
});
