import { describe, expect, it } from "vitest";
import { fnv1a, fnv1aHex } from "../../../src/core/fnv.ts";

describe("FNV-1a, 32 bits", () => {
  it("gives the published values", () => {
    expect([fnv1a(""), fnv1a("a"), fnv1a("foobar")]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
    expect(fnv1aHex("foobar")).toBe("bf9cf968");
  });
});
