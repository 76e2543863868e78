import { describe, expect, it } from "vitest";
import { compareStamps, msFromStamp, stampFromMs } from "../../../src/core/stamp.ts";
import { randomFrom } from "../robot/random-from.ts";

describe("stamps", () => {
  it("compare by seconds first, then by nanoseconds", () => {
    const stamps = [
      { sec: 1, nanosec: 999_999_999 },
      { sec: 2, nanosec: 0 },
      { sec: 2, nanosec: 1 },
      { sec: 3, nanosec: 0 },
    ];
    for (const [i, a] of stamps.entries()) {
      for (const [j, b] of stamps.entries()) expect(Math.sign(compareStamps(a, b))).toBe(Math.sign(i - j));
    }
  });

  it("keep milliseconds to a microsecond over a round trip", () => {
    const random = randomFrom(11);
    for (let i = 0; i < 2000; i++) {
      const ms = random.next() * 2e12;
      expect(Math.abs(msFromStamp(stampFromMs(ms)) - ms)).toBeLessThan(1e-3);
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
