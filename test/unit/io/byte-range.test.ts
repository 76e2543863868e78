import { describe, expect, it } from "vitest";
import { byteRange } from "../../../src/io/server/byte-range.ts";

describe("a Range header", () => {
  it("names the first and the last byte, as RFC 9110 has it", () => {
    expect(byteRange("bytes=0-499", 10_000)).toEqual([0, 499]);
    expect(byteRange("bytes=500-999", 10_000)).toEqual([500, 999]);
    expect(byteRange("bytes=-500", 10_000)).toEqual([9500, 9999]);
    expect(byteRange("bytes=9500-", 10_000)).toEqual([9500, 9999]);
    expect(byteRange("bytes=0-99999", 10)).toEqual([0, 9]);
    expect(byteRange("bytes=-99999", 10)).toEqual([0, 9]);
  });

  it("is unsatisfiable beyond the end, and means nothing where it is not understood", () => {
    for (const range of ["bytes=10-", "bytes=10-20", "bytes=-0"]) {
      expect(byteRange(range, 10), range).toBe("unsatisfiable");
    }
    expect(byteRange("bytes=0-", 0)).toBe("unsatisfiable");
    for (const range of [undefined, "", "bytes=", "bytes=-", "bytes=5-1", "bytes=0-1,3-4", "items=0-1"]) {
      expect(byteRange(range, 10)).toBeNull();
    }
  });
});
