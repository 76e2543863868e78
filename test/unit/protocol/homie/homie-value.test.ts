import { describe, expect, it } from "vitest";
import type { SignalValue } from "../../../../src/protocol/device-profile.ts";
import { homieDatatype, homiePayload, homieValue } from "../../../../src/protocol/homie/homie-value.ts";

function typeOf(datatype: string, format = "") {
  const type = homieDatatype(datatype, format);
  if (!type.ok) throw new Error(type.reason);
  return type.value;
}

const good: [string, string, string, SignalValue][] = [
  ["integer", "", "-12", -12],
  ["integer", "", "9007199254740991", 9007199254740991],
  ["integer", "-5:5", "-5", -5],
  ["integer", "0:10:2", "8", 8],
  ["integer", ":10:3", "7", 7],
  ["float", "", "-1.5e-3", -0.0015],
  ["float", "", ".5", 0.5],
  ["float", "", "5.", 5],
  ["float", "", "-0", 0],
  ["float", "0:1:0.1", "0.7", 0.7],
  ["boolean", "", "true", true],
  ["boolean", "close,open", "false", false],
  ["string", "", "Grüße, 世界", "Grüße, 世界"],
  ["string", "", "\0", ""],
  ["enum", "off,eco mode,On", "eco mode", "eco mode"],
  ["color", "rgb", "rgb,0,128,255", "rgb,0,128,255"],
  ["color", "rgb,hsv", "hsv,360,100,50.5", "hsv,360,100,50.5"],
  ["color", "xyz", "xyz,0.25,0.34", "xyz,0.25,0.34"],
  ["datetime", "", "2024-02-29T23:59:60Z", "2024-02-29T23:59:60Z"],
  ["datetime", "", "2026-11-24T12:00:00.123+01:00", "2026-11-24T12:00:00.123+01:00"],
  ["datetime", "", "2026-11-24", "2026-11-24"],
  ["duration", "", "PT12H5M46S", "PT12H5M46S"],
  ["duration", "", "PT0.5S", "PT0.5S"],
  ["json", "", '{"a":[1]}', '{"a":[1]}'],
  ["json", "", "[]", "[]"],
];

const bad: [string, string, string][] = [
  ["integer", "", "1.0"],
  ["integer", "", "+1"],
  ["integer", "", " 1"],
  ["integer", "", "-"],
  ["integer", "", "9007199254740992"],
  ["integer", "", "99999999999999999999"],
  ["integer", "0:10", "11"],
  ["integer", "0:10:2", "3"],
  ["float", "", "NaN"],
  ["float", "", "Infinity"],
  ["float", "", "1e999"],
  ["float", "", "1,5"],
  ["float", "", "0x10"],
  ["float", "0:1:0.1", "0.75"],
  ["float", ":1", "1.0001"],
  ["boolean", "", "TRUE"],
  ["boolean", "off,on", "on"],
  ["enum", "a,b", "A"],
  ["enum", "a,b", " a"],
  ["color", "rgb", "hsv,1,1,1"],
  ["color", "rgb", "rgb,256,0,0"],
  ["color", "rgb", "rgb,1,1"],
  ["color", "rgb", "1,1,1"],
  ["color", "hsv", "hsv,361,1,1"],
  ["color", "xyz", "xyz,1.1,0"],
  ["datetime", "", "2023-02-29"],
  ["datetime", "", "2026-13-01T00:00:00Z"],
  ["datetime", "", "2026-11-24T24:00:01Z"],
  ["datetime", "", "yesterday"],
  ["duration", "", "PT"],
  ["duration", "", "P1D"],
  ["duration", "", "PT5"],
  ["json", "", "5"],
  ["json", "", "null"],
  ["json", "", "{"],
  ["string", "", "x".repeat(1025)],
];

describe("a property's payload", () => {
  it("is taken where it fits datatype and format", () => {
    for (const [datatype, format, text, value] of good) {
      expect(homieValue(typeOf(datatype, format), text), `${datatype} ${format} ${text}`).toEqual({
        ok: true,
        value,
      });
    }
  });

  it("is refused with the reason where it does not", () => {
    for (const [datatype, format, text] of bad) {
      const value = homieValue(typeOf(datatype, format), text);
      expect(value.ok, `${datatype} ${format} ${text}`).toBe(false);
      expect(value.ok || value.reason.length, text).toBeGreaterThan(5);
    }
  });

  it("is written so that it reads back the same", () => {
    for (const [datatype, format, text, value] of good) {
      const type = typeOf(datatype, format);
      const payload = homiePayload(type, value);
      if (!payload.ok) throw new Error(`${text}: ${payload.reason}`);
      expect(homieValue(type, payload.value), text).toEqual({ ok: true, value });
    }
    expect(homiePayload(typeOf("float"), 1e300)).toEqual({ ok: true, value: "1e300" });
    expect(homiePayload(typeOf("string"), "")).toEqual({ ok: true, value: "\0" });
    expect(homiePayload(typeOf("integer"), 1.5).ok).toBe(false);
    expect(homiePayload(typeOf("integer"), "5").ok).toBe(false);
    expect(homiePayload(typeOf("enum", "a,b"), "c").ok).toBe(false);
    expect(homiePayload(typeOf("float"), Number.NaN).ok).toBe(false);
  });
});

describe("a format", () => {
  it("that is no format of its datatype is refused", () => {
    const wrong = [
      ["integer", "0.5:1"],
      ["integer", "5:1"],
      ["integer", "0:1:0"],
      ["float", "a:b"],
      ["float", "1:2:3:4"],
      ["enum", ""],
      ["enum", "a,,b"],
      ["color", ""],
      ["color", "rgb,cmyk"],
      ["percent", ""],
    ];
    for (const [datatype = "", format = ""] of wrong) {
      expect(homieDatatype(datatype, format).ok, `${datatype} ${format}`).toBe(false);
    }
  });
});
