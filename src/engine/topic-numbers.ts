import { topicNumberPath } from "../protocol/topics/topic-number.ts";
import type { TwinGraph } from "../twin/graph.ts";
import { type Sample, setStamp } from "../twin/sample.ts";
import type { Thing } from "../twin/thing.ts";
import { type Applied, joined, type Verdict } from "../twin/verdict.ts";
import type { Input } from "./ports/inputs.ts";

/** The thing whose properties are the recorded numbers of topics. */
const thingId = "topics";

/** The numbers of topics that are recorded, as properties `<topic>/<field>` of the thing `topics`, which is there while there are any. */
export class TopicNumbers {
  /** Paths of the recorded numbers. */
  private paths: ReadonlySet<string> = new Set();

  constructor(private readonly graph: TwinGraph) {}

  /** From now on these are recorded; what is no longer among them leaves the graph. What is stored of it stays stored. */
  setRecords(records: Extract<Input, { kind: "topicRecords" }>["records"]): void {
    const { graph } = this;
    this.paths = new Set(records.map(({ topic, field }) => topicNumberPath(topic, field)));
    const known = this.thing();
    if (this.paths.size === 0) {
      if (known !== null) graph.remove(thingId);
      return;
    }
    for (const path of known?.properties.keys() ?? []) {
      if (known !== null && !this.paths.has(path)) graph.drop(known, path);
    }
    // A robot of this name keeps its place.
    if (known === null && graph.things.has(thingId)) return;
    graph.define(thingId, "sensor", { records: records.map(({ topic, field }) => `${topic}#${field}`) });
  }

  /** Applies the numbers of one message to `sample`'s row of each. */
  take(input: Extract<Input, { kind: "topicNumbers" }>, sample: Sample): Applied {
    const thing = this.thing();
    if (thing === null) {
      if (this.paths.size === 0) return { verdict: "late", reason: "" };
      return { verdict: "rejected", reason: `a robot has the name "${thingId}": its numbers have no place` };
    }
    const { stamp, topic, isLatched, numbers } = input;
    if (stamp !== null) setStamp(sample, stamp.sec, stamp.nanosec);
    if (isLatched) sample.staleAfterMs = Number.POSITIVE_INFINITY;
    let verdict: Verdict = "rejected";
    for (const [field, value] of numbers) {
      const path = topicNumberPath(topic, field);
      // It was on its way when somebody ended its recording.
      if (this.paths.has(path)) verdict = joined(verdict, this.set(thing, path, value, sample));
    }
    return { verdict, reason: "" };
  }

  private set(thing: Thing, path: string, value: number, sample: Sample): Verdict {
    const { graph } = this;
    const row = graph.row(graph.property(thing, path, "number", ""), "reported");
    if (Number.isFinite(value)) return graph.setNumber(row, value, sample);
    graph.pass(row, value, sample, "rejected", "not-finite");
    const verdict = graph.judge(row, sample);
    if (verdict === "taken") graph.setQuality(row, "bad", "not-finite");
    return verdict;
  }

  private thing(): Thing | null {
    const thing = this.graph.things.get(thingId);
    return thing?.type === "sensor" ? thing : null;
  }
}
