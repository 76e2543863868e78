import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TopicRecords } from "../../../src/app/topic-records.ts";
import type { Input } from "../../../src/engine/ports/inputs.ts";
import { RecordsFile } from "../../../src/io/records-file.ts";
import type { TopicOrder } from "../../../src/io/topics/topic-orders.ts";
import { parseTopicNumber, type TopicNumber } from "../../../src/protocol/topics/topic-number.ts";

function number(text: string): TopicNumber {
  const read = parseTopicNumber(text);
  if (!read.ok) throw new Error(read.reason);
  return read.value;
}

describe("the recording of numbers of topics", () => {
  let folder: string;
  let orders: TopicOrder[];
  let inputs: { source: string; received: number | null; input: Input }[];
  let warnings: string[];
  const make = (configured: string[] = [], options: { deny?: string[]; hasRos?: boolean } = {}) => {
    orders = [];
    inputs = [];
    warnings = [];
    const records = new TopicRecords({
      configured: configured.map(number),
      file: new RecordsFile(join(folder, "topic-records.json")),
      rules: { allow: ["*"], deny: options.deny ?? [] },
      order: options.hasRos === false ? null : (order) => orders.push(order),
      push: (source, received, input) => inputs.push({ source, received, input }),
      warn: (line) => warnings.push(line),
    });
    records.start();
    return records;
  };
  const names = (records: TopicRecords) => records.list().records.map(({ record }) => record);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twin-records-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("asks for one feed of a topic, whatever the number of its fields, and ends it with the last", () => {
    const records = make(["/imu#a.x"]);
    records.add(number("/imu#a.y"), "me");
    records.add(number("/bat#level"), "me");
    const [first, second, , fourth] = orders;
    expect(first).toMatchObject({ op: "numbers", topic: "/imu", fields: ["a.x"] });
    expect(second).toEqual({ ...first, fields: ["a.x", "a.y"] });
    expect(fourth).toMatchObject({ op: "numbers", topic: "/bat", fields: ["level"] });
    records.remove(number("/bat#level"), "me");
    expect(orders).toContainEqual({ op: "close", feed: (fourth as { feed: number }).feed });
    expect(inputs.flatMap(({ input }) => (input.kind === "note" ? [input.text] : []))).toEqual([
      "me records /imu#a.y",
      "me records /bat#level",
      "me stops recording /bat#level",
    ]);
  });

  it("hands on the numbers as inputs, null as not finite, with the time of their arrival there", () => {
    const records = make(["/imu#a.x", "/imu#a.y"]);
    const { feed } = orders[0] as { feed: number };
    const stamp = { sec: 1, nanosec: 2 };
    const told = { feed, received: 5, stamp, isLatched: false, numbers: { "a.x": 1, "a.y": null } };
    records.report({ op: "numbers", ...told });
    expect(inputs.at(-1)).toEqual({
      ...{ source: "ros:record:/imu", received: 5 },
      input: {
        ...{ kind: "topicNumbers", topic: "/imu", stamp, isLatched: false },
        numbers: [
          ["a.x", 1],
          ["a.y", Number.NaN],
        ],
      },
    });
    records.report({ op: "numbers", ...told, feed: feed + 7 });
    expect(inputs.at(-1)?.received).toBe(5);
    records.report({ op: "numbersLost", feed, received: 6, reason: "gone" });
    expect(inputs.at(-1)?.input).toEqual({ kind: "sourceLost", reason: "gone" });
    records.report({ op: "numbersLost", feed, received: 7, reason: null });
    expect(inputs.at(-1)?.input).toEqual({ kind: "sourceEpoch" });
  });

  it("names the topic's field that cannot be recorded, until it can", () => {
    const records = make(["/imu#a.x", "/imu#b"]);
    const { feed } = orders[0] as { feed: number };
    records.report({ op: "numbersRejected", feed, field: "b", count: 3, reason: "there is no field" });
    expect(inputs.at(-1)).toMatchObject({
      source: "ros:record:/imu",
      input: {
        ...{ kind: "rejected", once: true, count: 3 },
        reason: "the field b cannot be recorded: there is no field",
      },
    });
    expect(records.list().records.map(({ state }) => state)).toEqual(["waiting", "fault"]);
    const numbers = { "a.x": 1, b: 2 };
    records.report({ op: "numbers", feed, received: 1, stamp: null, isLatched: false, numbers });
    expect(records.list().records.map(({ state }) => state)).toEqual(["recording", "recording"]);
  });

  it("goes on after a restart; what twin.yaml has or denies meanwhile is not doubled", () => {
    const records = make();
    for (const text of ["/a#x", "/b#x", "/c#x"]) expect(records.add(number(text), "me")).toBeNull();
    expect(records.add(number("/a#x"), "me")).toBeNull();
    const again = make(["/a#x"], { deny: ["/b"] });
    expect(names(again)).toEqual(["/a#x", "/c#x"]);
    expect(warnings).toEqual([expect.stringMatching(/\/b#x is not recorded: .*topics.deny/)]);
    expect(again.remove(number("/a#x"), "me")).toMatchObject({ status: 409 });
    expect(again.remove(number("/z#x"), "me")).toMatchObject({ status: 404 });
    expect(again.add(number("/b#y"), "me")).toMatchObject({ status: 403 });
  });

  it("leaves a damaged file as it is, and says what to do with it to who adds a number", () => {
    const path = join(folder, "topic-records.json");
    writeFileSync(path, "{");
    const records = make();
    expect(warnings).toEqual([expect.stringContaining("cannot be read")]);
    expect(readFileSync(path, "utf8")).toBe("{");
    expect(records.add(number("/a#x"), "me")).toMatchObject({
      status: 500,
      error: expect.stringMatching(/mend or remove/),
    });
    expect(readFileSync(path, "utf8")).toBe("{");
  });

  it("keeps what is not recorded now in its file, and begins with 200 at most", () => {
    const path = join(folder, "topic-records.json");
    const kept = Array.from({ length: 150 }, (_, i) => `/b#x[${i}]`);
    writeFileSync(path, JSON.stringify({ records: kept }));
    const records = make(Array.from({ length: 100 }, (_, i) => `/a#x[${i}]`));
    expect(names(records)).toHaveLength(200);
    expect(records.remove(number("/b#x[0]"), "me")).toBeNull();
    expect((JSON.parse(readFileSync(path, "utf8")) as { records: string[] }).records.sort()).toEqual(
      kept.slice(1).sort(),
    );
  });

  it("has a limit, and none without ROS", () => {
    const records = make(Array.from({ length: 199 }, (_, i) => `/a#x[${i}]`));
    expect(records.add(number("/a#y"), "me")).toBeNull();
    expect(records.add(number("/a#z"), "me")).toMatchObject({
      ...{ status: 409, error: expect.stringContaining("at most 200 numbers") },
    });
    const without = make(["/a#x"], { hasRos: false });
    expect(without.list().refused).toMatch(/ROS 2 only/);
    expect(without.add(number("/a#y"), "me")).toMatchObject({ status: 503 });
    expect(warnings).toHaveLength(1);
    expect(orders).toEqual([]);
  });
});
