import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type CborValue, cborBounds, decodeCbor } from "../../../src/protocol/cbor.ts";

type Shown =
  | null
  | boolean
  | number
  | string
  | Shown[]
  | { big: string }
  | { float: string }
  | { hex: string }
  | { map: [string, Shown][] };
const truth = JSON.parse(readFileSync(new URL("../../truth/cbor.json", import.meta.url), "utf8")) as {
  cases: { hex: string; value: Shown }[];
};

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

/** The truth's value in our words. */
function ours(value: Shown): CborValue {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(ours);
  if ("big" in value) return BigInt(value.big);
  if ("float" in value) return Number(value.float);
  if ("hex" in value) return value.hex;
  return Object.assign(Object.create(null), Object.fromEntries(value.map.map(([k, v]) => [k, ours(v)])));
}

describe("CBOR", () => {
  it("is read as PyPI's cbor2 reads it: RFC 8949's appendix A, and 300 items of every kind", () => {
    expect(truth.cases.length).toBeGreaterThan(370);
    for (const { hex, value } of truth.cases) {
      expect(decodeCbor(bytesOf(hex)), hex).toEqual({ ok: true, value: ours(value) });
    }
  });

  it("keeps whole numbers exact on both sides of 2^53", () => {
    const cases: [string, CborValue][] = [
      ["1b 001fffffffffffff", Number.MAX_SAFE_INTEGER],
      ["1b 0020000000000000", 2n ** 53n],
      ["3b 001ffffffffffffe", -Number.MAX_SAFE_INTEGER],
      ["3b ffffffffffffffff", -(2n ** 64n)],
      ["c2 41 05", 5],
      ["c2 40", 0],
      ["c3 49 010000000000000000", -1n - 2n ** 64n],
    ];
    for (const [hex, value] of cases) expect(decodeCbor(bytesOf(hex)), hex).toEqual({ ok: true, value });
  });

  it("is refused, with the byte, where it is not well formed", () => {
    const cases: [string, RegExp][] = [
      ["", /ends too early/],
      ["01 02", /follows/],
      ["18", /ends too early/],
      ["1c", /28 is not a length/],
      ["1f", /31 is not a length/],
      ["df", /31 is not a length/],
      ["ff", /end without a beginning/],
      ["81", /ends too early/],
      ["9a ffffffff", /ends too early/],
      ["9b ffffffffffffffff 00", /ends too early/],
      ["5b ffffffffffffffff 00", /ends too early/],
      ["7a ffffffff 61", /ends too early/],
      ["61 ff", /UTF-8/],
      ["7f 61 c3 61 bc ff", /UTF-8/],
      ["7f 41 61 ff", /chunk of another kind/],
      ["7f 7f 61 61 ff ff", /chunk of another kind/],
      ["a2 61 61 01 61 61 02", /duplicate key/],
      ["a1 80 01", /neither text nor/],
      ["bf 61 61 ff", /end without a beginning/],
      ["f0", /without a meaning/],
      ["f8 ff", /without a meaning/],
      ["c2 61 61", /bignum without/],
      [`c2 58 41 ${"ff".repeat(65)}`, /bignum of 65/],
      [`${"81".repeat(40)}00`, /deeper than 32/],
      [`${"c1".repeat(40)}00`, /deeper than 32/],
      [`9f${"00".repeat(70_000)}ff`, /more than 65536 items/],
    ];
    for (const [hex, reason] of cases) {
      const result = decodeCbor(bytesOf(hex));
      expect(result.ok ? "taken" : result.reason, hex.slice(0, 40)).toMatch(reason);
      expect(result.ok || result.path).toMatch(/^byte \d+$/);
    }
    expect(decodeCbor(new Uint8Array(cborBounds.bytes + 1)).ok).toBe(false);
  });

  it("makes no object with a prototype, and takes __proto__ as a name like another", () => {
    const result = decodeCbor(bytesOf("a1 69 5f5f70726f746f5f5f a1 61 61 01"));
    if (!result.ok) throw new Error(result.reason);
    expect(Object.keys(result.value as object)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(result.value)).toBeNull();
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  it("cannot be brought to throw or to hang by 50,000 mutated items", () => {
    let seed = 3;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const items = truth.cases.map(({ hex }) => bytesOf(hex));
    let taken = 0;
    for (let i = 0; i < 50_000; i++) {
      const bytes = (items[random(items.length)] as Uint8Array).slice();
      for (let m = 1 + random(4); m > 0; m--) bytes[random(bytes.length)] = random(256);
      if (decodeCbor(random(5) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes).ok) taken++;
    }
    expect(taken).toBeGreaterThan(1000);
  });
});
