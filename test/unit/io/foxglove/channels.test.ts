import { describe, expect, it } from "vitest";
import { type Channel, ChannelTable } from "../../../../src/io/foxglove/channel-table.ts";
import { framePrefix, topicPrefixes } from "../../../../src/io/foxglove/topic-names.ts";
import type { ChannelKind } from "../../../../src/protocol/foxglove/server-messages.ts";

const kind = (topic: string, schema = "a"): ChannelKind => ({
  topic,
  encoding: "json",
  schemaName: "x",
  schemaEncoding: "jsonschema",
  schema,
});
const message = (bytes: number) => ({ time: 1n, payload: new Uint8Array(bytes) });

describe("channels", () => {
  it("are one for each topic; another schema makes another channel, with an id that was never used", () => {
    const told: [string | undefined, string | undefined][] = [];
    const table = new ChannelTable((added, removed) => told.push([added?.kind.schema, removed?.kind.schema]));
    const first = table.ensure(kind("/a"));
    expect(table.ensure(kind("/a"))).toBe(first);
    const second = table.ensure(kind("/a", "b"));
    expect(second.id).not.toBe(first.id);
    expect(table.withId(first.id)).toBeUndefined();
    table.remove("/a");
    table.remove("/a");
    expect(told).toEqual([
      ["a", undefined],
      [undefined, "a"],
      ["b", undefined],
      [undefined, "b"],
    ]);
    expect(table.ensure(kind("/a")).id).toBeGreaterThan(second.id);
  });

  it("keep the newest message of each publisher, and forget the oldest above 16 MB or 1024 of them", () => {
    const table = new ChannelTable(() => undefined);
    const count = (channel: Channel): number => [...channel.allLatched()].length;
    const channel = table.ensure(kind("/tf_static"));
    for (let i = 0; i < 3000; i++) channel.keep(String(i), message(10));
    expect(count(channel)).toBe(1024);
    channel.keep("2999", message(20));
    expect(count(channel)).toBe(1024);
    const large = table.ensure(kind("/map"));
    for (let i = 0; i < 10; i++) large.keep(String(i), message(4 * 1024 * 1024));
    expect(count(large)).toBe(4);
    large.keep("huge", message(40 * 1024 * 1024));
    expect(count(large)).toBe(1);
    large.drop("huge");
    large.drop("huge");
    for (let i = 0; i < 4; i++) large.keep(String(i), message(4 * 1024 * 1024));
    expect(count(large)).toBe(4);
  });
});

describe("the names of a robot's topics", () => {
  it("begin with its namespace; of several at the root only the first is there", () => {
    const namespaces: Record<string, string> = { a: "", b: "/r1/", c: "", "d-1": "r1" };
    const prefixes = topicPrefixes(Object.keys(namespaces), (robot) => namespaces[robot] ?? "");
    expect([...prefixes]).toEqual([
      ["a", ""],
      ["b", "/r1"],
      ["c", "/c"],
      ["d-1", "/r1/d_1"],
    ]);
    expect(["", "/r1", "/r1/d_1"].map(framePrefix)).toEqual(["", "r1/", "r1/d_1/"]);
  });
});
