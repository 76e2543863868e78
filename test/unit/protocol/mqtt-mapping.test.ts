import { describe, expect, it } from "vitest";
import {
  extractMapped,
  isTopicFilter,
  type Mapping,
  topicMatches,
} from "../../../src/protocol/mqtt-mapping.ts";

const plain: Mapping = { topic: "t", payload: "", property: "p", unit: "", scale: 1, offset: 0 };

function mapped(payload: string, more: Partial<Mapping> = {}) {
  return extractMapped({ ...plain, ...more }, payload);
}

describe("a topic filter", () => {
  it("matches as MQTT says", () => {
    const cases: [string, string, boolean][] = [
      ["a/b", "a/b", true],
      ["a/b", "a/b/c", false],
      ["a/b/c", "a/b", false],
      ["a/+", "a/b", true],
      ["a/+", "a", false],
      ["a/+", "a/", true],
      ["+", "/a", false],
      ["+/+", "/a", true],
      ["a/+/c", "a/b/c", true],
      ["a/#", "a", true],
      ["a/#", "a/b/c", true],
      ["a/#", "ab", false],
      ["#", "a/b", true],
      ["#", "$SYS/x", false],
      ["+/x", "$SYS/x", false],
      ["$SYS/#", "$SYS/x", true],
    ];
    for (const [filter, topic, matches] of cases) {
      expect(topicMatches(filter, topic), `${filter} ${topic}`).toBe(matches);
    }
  });

  it("is well formed when wildcards stand alone and # is last", () => {
    for (const filter of ["a", "a/+/b", "#", "a/#", "+", "/", "a//b"])
      expect(isTopicFilter(filter), filter).toBe(true);
    for (const filter of ["", "a#", "a/#/b", "a/b+", "a+/b", "a\0"])
      expect(isTopicFilter(filter), filter).toBe(false);
  });
});

describe("a mapped value", () => {
  it("is found by JSON pointer, escapes and list indices included", () => {
    const payload = JSON.stringify({ a: { "b/c": [1, { "~x": 42 }] } });
    expect(mapped(payload, { payload: "/a/b~1c/1/~0x" })).toMatchObject({ ok: true, value: { value: 42 } });
    expect(mapped("7", { payload: "" })).toMatchObject({ ok: true, value: { value: 7 } });
    expect(mapped('{"": 5}', { payload: "/" })).toMatchObject({ ok: true, value: { value: 5 } });
  });

  it("is scaled and shifted when it is a number, and left alone otherwise", () => {
    expect(mapped("250", { scale: 0.1, offset: -5 })).toMatchObject({ ok: true, value: { value: 20 } });
    expect(mapped('"on"', { scale: 9 })).toMatchObject({ ok: true, value: { value: "on" } });
    expect(mapped("true", { scale: 9 })).toMatchObject({ ok: true, value: { value: true } });
    expect(mapped("plain words ")).toMatchObject({ ok: true, value: { value: "plain words" } });
  });

  it("is stamped from s, ms, µs or ns alike", () => {
    const stamp = (time: number, unit: "s" | "ms" | "us" | "ns") => {
      const result = mapped(JSON.stringify({ v: 1, t: time }), {
        payload: "/v",
        stamp: { payload: "/t", unit },
      });
      return result.ok ? result.value.stamp : result;
    };
    expect(stamp(1700000000.5, "s")).toEqual({ sec: 1700000000, nanosec: 500_000_000 });
    expect(stamp(1700000000500, "ms")).toEqual({ sec: 1700000000, nanosec: 500_000_000 });
    expect(stamp(1700000000500000, "us")).toEqual({ sec: 1700000000, nanosec: 500_000_000 });
    expect(stamp(1700000000500000000, "ns")).toEqual({ sec: 1700000000, nanosec: 500_000_000 });
    expect(stamp(0.9999999999, "s")).toEqual({ sec: 0, nanosec: 999_999_999 });
  });

  it("is numbered where a running number is named, and −1 otherwise", () => {
    expect(mapped('{"v":1,"n":12}', { payload: "/v", sequence: "/n" })).toMatchObject({
      ok: true,
      value: { sequence: 12 },
    });
    expect(mapped("1")).toMatchObject({ ok: true, value: { sequence: -1 } });
  });

  it("is refused where nothing usable stands, with the pointer", () => {
    const refusedAt = (payload: string, more: Partial<Mapping>) => {
      const result = mapped(payload, more);
      return result.ok ? "taken" : result.path;
    };
    expect(refusedAt('{"a":1}', { payload: "/b" })).toBe("/b");
    expect(refusedAt('{"a":{"b":1}}', { payload: "/a" })).toBe("/a");
    expect(refusedAt('{"a":null}', { payload: "/a" })).toBe("/a");
    expect(refusedAt("{broken", { payload: "/a" })).toBe("t");
    expect(refusedAt('{"a":1}', { payload: "/a", stamp: { payload: "/t", unit: "s" } })).toBe("/t");
    expect(refusedAt('{"a":1,"t":-1}', { payload: "/a", stamp: { payload: "/t", unit: "s" } })).toBe("/t");
    expect(refusedAt('{"a":1,"n":"x"}', { payload: "/a", sequence: "/n" })).toBe("/n");
    expect(refusedAt("1e300", { scale: 1e300 })).toBe("");
    expect(refusedAt(JSON.stringify("x".repeat(1025)), {})).toBe("");
  });

  it("is never taken from a prototype", () => {
    for (const pointer of ["/__proto__", "/constructor/name", "/toString", "/__proto__/x"]) {
      expect(mapped("{}", { payload: pointer }).ok, pointer).toBe(false);
    }
  });
});
