import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { datatypeCode, signalValueOf } from "../../../../src/protocol/sparkplug/datatype.ts";
import { encodeCommand } from "../../../../src/protocol/sparkplug/encode-payload.ts";
import { decodePayload, payloadBounds, type WireMetric } from "../../../../src/protocol/sparkplug/payload.ts";
import { decodeUtf8, encodeUtf8 } from "../../../../src/protocol/utf8.ts";
import { bytesField, varintField, writePayload } from "./payload-writer.ts";

type Truth = { cases: { name: string; hex: string; expected: number | boolean | string | null }[] };

function truthOf(file: string): Truth {
  return JSON.parse(readFileSync(new URL(`../../../truth/${file}`, import.meta.url), "utf8"));
}

function onlyMetric(bytes: Uint8Array): WireMetric {
  const payload = decodePayload(bytes);
  if (!payload.ok) throw new Error(payload.reason);
  const [metric] = payload.value.metrics;
  if (metric === undefined || payload.value.metrics.length !== 1) throw new Error("not one metric");
  return metric;
}

function signalOf(bytes: Uint8Array) {
  const { datatype, value } = onlyMetric(bytes);
  if (datatype === null || value === null) throw new Error("no datatype or value");
  return signalValueOf(datatype, value);
}

describe("a payload", () => {
  it("is read as Google's protobuf and pysparkplug wrote it, for each datatype", () => {
    const { cases } = truthOf("sparkplug.json");
    expect(cases.length).toBeGreaterThan(80);
    for (const { name, hex, expected } of cases) {
      expect(signalOf(Buffer.from(hex, "hex")), name).toEqual({ ok: true, value: expected });
    }
  });

  it("is read as Eclipse Tahu wrote it; its data sets and templates are told, not taken", () => {
    const { cases } = truthOf("sparkplug-tahu.json");
    expect(cases.length).toBeGreaterThan(50);
    for (const { name, hex, expected } of cases) {
      const value = signalOf(Buffer.from(hex, "hex"));
      if (expected === null)
        expect(value, name).toMatchObject({ reason: `${name} cannot be the value of a signal` });
      else expect(value, name).toEqual({ ok: true, value: expected });
    }
    const marked = cases.find(({ name }) => name === "with properties");
    const metric = onlyMetric(Buffer.from(marked?.hex ?? "", "hex"));
    expect(metric.isHistorical).toBe(true);
    expect(Object.fromEntries(metric.properties)).toEqual({
      engUnit: { kind: "string", value: "°C" },
      Quality: { kind: "int", value: 192 },
    });
  });

  it("has time, number and metrics with their marks and properties", () => {
    const bytes = writePayload({
      timestamp: 2n ** 64n - 1n,
      seq: 255n,
      metrics: [
        { name: "a", alias: 2n ** 63n, timestamp: 5n, datatype: 10, value: { field: 13, value: 1.5 } },
        { alias: 1n, historical: true, isNull: true },
        { name: "p", properties: { engUnit: { field: 8, value: "°C" }, Quality: { field: 3, value: 500n } } },
      ],
    });
    const payload = decodePayload(bytes);
    if (!payload.ok) throw new Error(payload.reason);
    expect(payload.value).toMatchObject({ timestamp: 2n ** 64n - 1n, seq: 255n });
    expect(payload.value.metrics).toMatchObject([
      { name: "a", alias: 2n ** 63n, timestamp: 5n, datatype: 10, value: { kind: "double", value: 1.5 } },
      { name: null, alias: 1n, isHistorical: true, isNull: true, value: null },
      { name: "p", isHistorical: false },
    ]);
    expect([...(payload.value.metrics[2]?.properties ?? [])]).toEqual([
      ["engUnit", { kind: "string", value: "°C" }],
      ["Quality", { kind: "int", value: 500 }],
    ]);
  });

  it("keeps its other metrics when one is a data set, a template or of an unknown form", () => {
    const junk = Uint8Array.of(1, 2, 3);
    const bytes = writePayload({
      metrics: [
        { name: "set", datatype: 16, value: { field: 17, value: junk } },
        { name: "template", datatype: 19, value: { field: 18, value: junk } },
        { name: "good", datatype: 11, value: { field: 14, value: 1n } },
      ],
    });
    const payload = decodePayload(bytes);
    expect(payload.ok && payload.value.metrics.map(({ value }) => value)).toEqual([
      { kind: "other", value: "DataSet" },
      { kind: "other", value: "Template" },
      { kind: "boolean", value: true },
    ]);
  });

  it("is refused whole, with the reason, when it is broken", () => {
    const cases: [string, Uint8Array, RegExp][] = [
      ["a length beyond the end", Uint8Array.of(0x12, 0x7f, 1), /beyond the end/],
      ["a number without an end", Uint8Array.of(0x08, ...Array(11).fill(0x80)), /does not end/],
      ["cut in a number", Uint8Array.of(0x08, 0x80), /too early/],
      ["a group", Uint8Array.of(0x0b), /wire type 3/],
      ["field 0", Uint8Array.of(0x00, 0x00), /field 0/],
      ["metrics as a number", Uint8Array.of(0x10, 0x01), /field 2 has wire type 0/],
      ["a name that is not UTF-8", Uint8Array.from(bytesField(2, Uint8Array.of(0x0a, 1, 0xff))), /UTF-8/],
      ["a long name", writePayload({ metrics: [{ name: "x".repeat(1025) }] }), /1025 bytes/],
      ["too many bytes", new Uint8Array(payloadBounds.bytes + 1), /too many/],
      ["too many metrics", writePayload({ metrics: Array(4097).fill({}) }), /more than 4096 metrics/],
      [
        "a property without a value",
        Uint8Array.from(bytesField(2, Uint8Array.from(bytesField(9, Uint8Array.of(0x0a, 1, 0x61))))),
        /1 property names for 0 values/,
      ],
    ];
    for (const [name, bytes, reason] of cases) {
      const result = decodePayload(bytes);
      expect(result.ok ? "" : result.reason, name).toMatch(reason);
    }
  });

  it("passes over fields it does not know", () => {
    const unknown = [...varintField(77, 5n), ...bytesField(78, Uint8Array.of(1)), ...varintField(3, 9n)];
    expect(decodePayload(Uint8Array.from(unknown))).toMatchObject({ ok: true, value: { seq: 9n } });
  });
});

describe("a value", () => {
  it("that its datatype does not hold is refused", () => {
    const wrong: [string, Parameters<typeof signalValueOf>[1]][] = [
      ["Int8", { kind: "int", value: 256 }],
      ["UInt16", { kind: "int", value: 65_536 }],
      ["UInt32", { kind: "long", value: 2n ** 32n }],
      ["Int32", { kind: "float", value: 1 }],
      ["Float", { kind: "float", value: Number.NaN }],
      ["Double", { kind: "double", value: Number.POSITIVE_INFINITY }],
      ["Boolean", { kind: "int", value: 1 }],
      ["DateTime", { kind: "long", value: 2n ** 53n }],
      ["String", { kind: "string", value: "x".repeat(1025) }],
      ["Bytes", { kind: "bytes", value: new Uint8Array(513) }],
      ["BooleanArray", { kind: "bytes", value: Uint8Array.of(9, 0, 0, 0, 1) }],
      ["Int16Array", { kind: "bytes", value: Uint8Array.of(1, 2, 3) }],
      ["DoubleArray", { kind: "bytes", value: new Uint8Array(Float64Array.of(Number.NaN).buffer) }],
      ["StringArray", { kind: "bytes", value: Uint8Array.of(0x61) }],
      ["DataSet", { kind: "other", value: "DataSet" }],
    ];
    for (const [name, value] of wrong) expect(signalValueOf(datatypeCode(name), value).ok, name).toBe(false);
    expect(signalValueOf(99, { kind: "int", value: 1 })).toMatchObject({
      reason: expect.stringContaining("99"),
    });
  });
});

describe("a command", () => {
  const roundTrip = (datatype: string, value: number | boolean | string) => {
    const metrics = [{ name: "m", alias: null, datatype: datatypeCode(datatype), value }];
    const bytes = encodeCommand(123n, metrics);
    return bytes.ok ? signalOf(bytes.value) : bytes;
  };

  it("carries each datatype to its last value", () => {
    const cases: [string, number | boolean | string][] = [
      ["Int8", -128],
      ["Int16", -32_768],
      ["Int32", -(2 ** 31)],
      ["Int64", (-(2n ** 63n)).toString()],
      ["Int64", (2n ** 63n - 1n).toString()],
      ["UInt8", 255],
      ["UInt32", 2 ** 32 - 1],
      ["UInt64", (2n ** 64n - 1n).toString()],
      ["Float", 0.5],
      ["Double", 0.1],
      ["Boolean", true],
      ["String", "Grüße 🤖"],
      ["DateTime", 1_700_000_000_123],
      ["Bytes", "00ff"],
    ];
    for (const [datatype, value] of cases) {
      expect(roundTrip(datatype, value), datatype).toEqual({ ok: true, value });
    }
  });

  it("is refused when the value does not fit", () => {
    const cases: [string, number | boolean | string][] = [
      ["Int8", 128],
      ["UInt8", -1],
      ["UInt16", 1.5],
      ["Int64", "9223372036854775808"],
      ["Int64", "1e3"],
      ["UInt64", "-1"],
      ["UInt64", 2 ** 53],
      ["Float", 1e39],
      ["Double", Number.NaN],
      ["Boolean", 1],
      ["String", 5],
      ["Bytes", "0"],
      ["DateTime", -1],
      ["DataSet", "x"],
      ["Int8Array", "[1]"],
    ];
    for (const [datatype, value] of cases) {
      expect(roundTrip(datatype, value), `${datatype} ${value}`).toMatchObject({ ok: false, path: "m" });
    }
  });

  it("names the metric by its alias alone where it has one", () => {
    const metric = { name: "m", datatype: 11, value: true };
    const named = encodeCommand(1n, [{ ...metric, alias: null }]);
    const aliased = encodeCommand(1n, [{ ...metric, alias: 0n }]);
    if (!named.ok || !aliased.ok) throw new Error("not encoded");
    expect(onlyMetric(named.value)).toMatchObject({ name: "m", alias: null });
    expect(onlyMetric(aliased.value)).toMatchObject({ name: null, alias: 0n });
  });
});

describe("UTF-8", () => {
  it("is read and written as TextDecoder and TextEncoder do", () => {
    const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const samples = ["", "a", "ß", "世", "🤖", "\0", "\u{10ffff}", "\ufeffx", "x".repeat(10_000)];
    for (const text of samples) {
      expect(decodeUtf8(new TextEncoder().encode(text))).toBe(text);
      expect(encodeUtf8(text)).toEqual(new TextEncoder().encode(text));
    }
    expect(encodeUtf8("a\ud800b")).toEqual(new TextEncoder().encode("a\ud800b"));
    // Every pair of first bytes, with two that would continue them.
    for (let first = 0; first < 256; first++) {
      for (let second = 0; second < 256; second++) {
        for (const rest of [[], [0x80], [0x80, 0xbf]]) {
          const bytes = Uint8Array.of(first, second, ...rest);
          let expected: string | null = null;
          try {
            expected = strict.decode(bytes);
          } catch {}
          if (decodeUtf8(bytes) !== expected) expect(`${bytes}`).toBe(expected);
        }
      }
    }
  });
});
