import { describe, expect, it } from "vitest";
import { stampFromMs } from "../../../src/core/stamp.ts";
import { randomFrom } from "../robot/random-from.ts";

describe("stamps", () => {
  it("keep milliseconds to a microsecond", () => {
    const random = randomFrom(11);
    for (let i = 0; i < 2000; i++) {
      const ms = random.next() * 2e12;
      const { sec, nanosec } = stampFromMs(ms);
      expect(Math.abs(sec * 1000 + nanosec / 1e6 - ms)).toBeLessThan(1e-3);
    }
  });

  it("never hold a nanosecond count outside 0 … 999 999 999", () => {
    for (const ms of [0, 999.9999999, 1_700_000_000_999.5, 1e-7, 4_294_967_295_999.5]) {
      const { sec, nanosec } = stampFromMs(ms);
      expect(Number.isInteger(sec)).toBe(true);
      expect(Number.isInteger(nanosec)).toBe(true);
      expect(nanosec).toBeGreaterThanOrEqual(0);
      expect(nanosec).toBeLessThanOrEqual(999_999_999);
    }
  });
});
