import { describe, expect, it } from "vitest";
import {
  ByteReader,
  ByteWriter,
  fromPlanes,
  readWholeNumbers,
  toPlanes,
  writeWholeNumbers,
} from "../../../src/history/number-column.ts";

describe("a byte writer", () => {
  it("reads back every whole number up to 2^52, of either sign", () => {
    const out = new ByteWriter(1);
    const values = [0, 1, 127, 128, 2 ** 31, 2 ** 32, 2 ** 48 + 1, 2 ** 52, -1, -128, -(2 ** 52)];
    for (const value of values) out.signed(value);
    const from = new ByteReader(out.view());
    expect(values.map(() => from.signed())).toEqual(values);
    expect(() => from.byte()).toThrow(RangeError);
  });
});

describe("a column of times", () => {
  it("comes back to the last bit, also where it goes backwards", () => {
    const times = Float64Array.from([
      1795795309910.5967, 1795795309932.4211, 1795795309932.4211, 1795795300000, 1_700_000_000_000,
    ]);
    const out = new ByteWriter();
    expect(writeWholeNumbers(times, times.length, 4096, out)).toBe(true);
    expect(readWholeNumbers(new ByteReader(out.view()), times.length, 4096)).toEqual(times);
  });

  it("is refused where a time is finer than its units, or too far from the one before", () => {
    const out = new ByteWriter();
    expect(writeWholeNumbers(Float64Array.from([1 / 3]), 1, 4096, out)).toBe(false);
    expect(writeWholeNumbers(Float64Array.from([Number.NaN]), 1, 4096, out)).toBe(false);
    expect(writeWholeNumbers(Float64Array.from([1795795309910.5967, 0.25]), 2, 4096, out)).toBe(false);
    expect(out.length).toBe(0);
  });
});

describe("planes of bytes", () => {
  it("give back every value to the last bit: NaN, infinities, minus zero and the smallest", () => {
    const values = Float64Array.from([
      0,
      -0,
      1.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      5e-324,
      -1e308,
      Math.PI,
    ]);
    const planes = new Uint8Array(8 * values.length);
    toPlanes(values, values.length, planes);
    const back = fromPlanes(planes, values.length);
    expect([...back].every((value, i) => Object.is(value, values[i]))).toBe(true);
  });
});
