import { describe, expect, it } from "vitest";
import {
  extractMapped,
  extractMappedBytes,
  isTopicFilter,
  type Mapping,
  mappedAddress,
  mappingFault,
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
    expect(mapped('"250"', { scale: 0.1, offset: -5 })).toMatchObject({ ok: true, value: { value: 20 } });
    expect(mapped('{"v":"+07.50"}', { payload: "/v", unit: "V" })).toMatchObject({ value: { value: 7.5 } });
    expect(mapped('"on"')).toMatchObject({ ok: true, value: { value: "on" } });
    expect(mapped("true")).toMatchObject({ ok: true, value: { value: true } });
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
    expect(stamp(1700000000.123, "s")).toMatchObject({ sec: 1700000000 });
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
    expect(refusedAt("1e300", { scale: 1e300 })).toBe("");
    expect(refusedAt(JSON.stringify("x".repeat(1025)), {})).toBe("");
  });

  it("is taken without its time or number where that is none, and that is told", () => {
    const stamp = { payload: "/t", unit: "s" } as const;
    const bare = { value: 1, stamp: null, sequence: -1 };
    for (const payload of ['{"a":1}', '{"a":1,"t":-1}', '{"a":1,"t":"soon"}']) {
      expect(mapped(payload, { payload: "/a", stamp }), payload).toEqual({
        ok: true,
        value: bare,
        leftOut: "/t: not a time. Left out; the value is accepted.",
      });
    }
    expect(mapped('{"a":1,"n":"x"}', { payload: "/a", sequence: "/n" })).toEqual({
      ok: true,
      value: bare,
      leftOut: "/n: not a whole number. Left out; the value is accepted.",
    });
  });

  it("of numbers refuses a word by name, in whatever way its type is known", () => {
    const ways: Partial<Mapping>[] = [
      { type: "number" },
      { unit: "V" },
      { scale: 0.1 },
      { offset: 1 },
      { property: "joint/{1}/position" },
    ];
    for (const way of ways) {
      for (const word of ["unavailable", "unknown", "nan", "NaN", "", "1,5", "0x10", "1 V"]) {
        expect(mapped(word, way), word).toMatchObject({ ok: false, reason: `"${word}" is no number` });
      }
      expect(mapped("true", way)).toMatchObject({ ok: false, reason: '"true" is no number' });
      expect(mapped('"21"', way).ok).toBe(true);
    }
  });

  it("is of the type that is configured", () => {
    const value = (payload: string, type: "number" | "boolean" | "string") => {
      const result = mapped(payload, { type });
      return result.ok ? result.value.value : result.reason;
    };
    for (const yes of ["true", '"True"', "1", '"1"']) expect(value(yes, "boolean"), yes).toBe(true);
    for (const no of ["false", '"FALSE"', "0"]) expect(value(no, "boolean"), no).toBe(false);
    expect(value("2", "boolean")).toBe('"2" is neither true nor false');
    expect(value("21.50", "string")).toBe("21.5");
    expect(value('"21.50"', "string")).toBe("21.50");
    expect(value("18446744073709551615", "string")).toBe("18446744073709551615");
    expect(value("18446744073709551615", "number")).toBe(2 ** 64);
  });

  it("without a type is what it reads as: a number in quotes is one, a name with a leading zero is not", () => {
    for (const [payload, value] of [
      ['"21.5"', 21.5],
      ['"-3e2"', -300],
      ['"007"', "007"],
      ["unavailable", "unavailable"],
      ['"9007199254740993"', "9007199254740993"],
      ['"1e999"', "1e999"],
    ] as const) {
      expect(mapped(payload), payload).toMatchObject({ ok: true, value: { value } });
    }
  });

  it("is never taken from a prototype", () => {
    for (const pointer of ["/__proto__", "/constructor/name", "/toString", "/__proto__/x"]) {
      expect(mapped("{}", { payload: pointer }).ok, pointer).toBe(false);
    }
  });

  it("has whole numbers beyond 2^53 exact: as text, and in the stamp to the nanosecond", () => {
    const payload =
      '{"s":"x \\" 12345678901234567890","v":18446744073709551615,"t":1700000000123456789,"f":1e20,"a":[9007199254740993]}';
    const stamp = { payload: "/t", unit: "ns" } as const;
    expect(mapped(payload, { payload: "/v", stamp })).toEqual({
      ok: true,
      value: { value: "18446744073709551615", stamp: { sec: 1700000000, nanosec: 123456789 }, sequence: -1 },
    });
    expect(mapped(payload, { payload: "/a/0" })).toMatchObject({ value: { value: "9007199254740993" } });
    expect(mapped(payload, { payload: "/f" })).toMatchObject({ value: { value: 1e20 } });
    expect(mapped(payload, { payload: "/v", scale: 2 })).toMatchObject({ value: { value: 2 ** 65 } });
    expect(mapped("18446744073709551615")).toMatchObject({ value: { value: "18446744073709551615" } });
    const asText = { payload: "/t", unit: "us" } as const;
    expect(mapped('{"v":1,"t":"1700000000123456"}', { payload: "/v", stamp: asText })).toMatchObject({
      value: { stamp: { sec: 1700000000, nanosec: 123456000 } },
    });
    expect(mapped(`{"v":1,"t":${"9".repeat(40)}}`, { payload: "/v", stamp })).toMatchObject({
      value: { value: 1, stamp: null },
    });
  });

  it("is a text as it stands where that is the format, and JSON alone where that is", () => {
    expect(mapped(" 007 ", { format: "text" })).toMatchObject({ value: { value: "007" } });
    expect(mapped("007", { format: "json" }).ok).toBe(false);
    expect(mapped("word", { format: "json" }).ok).toBe(false);
    expect(mapped("7", { format: "json" })).toMatchObject({ value: { value: 7 } });
  });

  it("means what its words say, and nothing else", () => {
    const words = { ON: true, OFF: false, "2": "idle", true: 1 };
    expect(mapped("ON", { words })).toMatchObject({ value: { value: true } });
    expect(mapped("2", { words, scale: 10 })).toMatchObject({ value: { value: "idle" } });
    expect(mapped("true", { words })).toMatchObject({ value: { value: 1 } });
    for (const other of ["on", "3", "toString", "__proto__"]) {
      expect(mapped(other, { words }), other).toMatchObject({
        ok: false,
        reason: expect.stringContaining("not one of"),
      });
    }
  });

  it("comes out of CBOR as out of JSON", () => {
    const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
    // {"v": [20.5], "t": 1700000000123456789, "n": 3, "u": 2^64-1, "x": h'00'}
    const payload = bytes(
      "a5 6176 81 f94d20 6174 1b 17979cfe3d85cd15 616e 03 6175 1b ffffffffffffffff 6178 4100",
    );
    const cbor = { ...plain, format: "cbor" } as const;
    const stamp = { payload: "/t", unit: "ns" } as const;
    expect(
      extractMappedBytes({ ...cbor, payload: "/v/0", scale: 2, stamp, sequence: "/n" }, payload),
    ).toEqual({
      ok: true,
      value: { value: 41, stamp: { sec: 1700000000, nanosec: 123456789 }, sequence: 3 },
    });
    expect(extractMappedBytes({ ...cbor, payload: "/u" }, payload)).toMatchObject({
      value: { value: "18446744073709551615" },
    });
    expect(extractMappedBytes({ ...cbor, payload: "/x" }, payload)).toMatchObject({ value: { value: "00" } });
    expect(extractMappedBytes({ ...cbor, payload: "/nothing" }, payload)).toMatchObject({ ok: false });
    expect(extractMappedBytes(cbor, bytes("ff"))).toMatchObject({ ok: false, path: "t byte 1" });
    expect(extractMapped(cbor, "1").ok).toBe(false);
    expect(extractMappedBytes(plain, bytes("31"))).toMatchObject({ value: { value: 1 } });
    expect(extractMappedBytes(plain, bytes("ff"))).toMatchObject({ ok: false, reason: "not UTF-8" });
  });
});

describe("a mapping's address", () => {
  const at = (topic: string, property: string, given: string, robot?: string) =>
    mappedAddress({ ...plain, topic, property, robot }, given);

  it("takes the levels that its filter leaves open", () => {
    expect(at("plant/+/temp", "joint/{1}/temperature", "plant/elbow/temp")).toEqual({
      robot: undefined,
      property: "joint/elbow/temperature",
    });
    expect(at("+/+/#", "x/{3}/{1}", "a/b/c/d", "{2}")).toEqual({ robot: "b", property: "x/c/d/a" });
    expect(at("a/b", "p", "a/b")).toEqual({ robot: undefined, property: "p" });
  });

  it("cannot be led elsewhere by a topic", () => {
    expect(at("a/+/b", "joint/{1}/x", "a/../b").property).toBe("joint/_/x");
    expect(at("a/+/b", "joint/{1}/x", "a//b").property).toBe("joint/_/x");
    expect(at("a/+", "{1}", "a/__proto__").property).toBe("_");
    expect(at("a/+", "{1}", "a/{1} ü").property).toBe("_1___");
    expect(at("a/+", "{1}", `a/${"x".repeat(500)}`).property).toHaveLength(64);
  });

  it("is at fault where a word means something of another type", () => {
    const words = { ON: true, OFF: 0 };
    expect(mappingFault({ ...plain, words })).toBeNull();
    expect(mappingFault({ ...plain, words, type: "boolean" })).toMatchObject({
      path: "words",
      reason: '"OFF" means 0, but the values are of type boolean',
    });
    expect(mappingFault({ ...plain, words, property: "joint/a/position" })).toMatchObject({ path: "words" });
  });

  it("is at fault where it names a level that is not open, or the inside of a text", () => {
    const fault = (more: Partial<Mapping>) => mappingFault({ ...plain, ...more });
    expect(fault({ topic: "a/+/#", property: "{1}/{2}" })).toBeNull();
    expect(fault({ topic: "a/+", property: "{2}" })).toMatchObject({
      path: "property",
      reason: "{2} is not a + or # of a/+",
    });
    expect(fault({ topic: "a/+", property: "x", robot: "{0}" })).toMatchObject({ path: "robot" });
    expect(fault({ format: "text", payload: "/a" })).toMatchObject({ path: "payload" });
    expect(fault({ format: "text" })).toBeNull();
  });
});
