import { describe, expect, it } from "vitest";
import { ClockOffset } from "../../../src/client/clock-offset.ts";

describe("clock offset", () => {
  it("knows nothing before the server spoke", () => {
    expect(new ClockOffset().serverTime(1000)).toBeNull();
  });

  it("takes the one-way guess until the first pong, and the pong from then on", () => {
    const clock = new ClockOffset();
    clock.guess(5_000_000, 100);
    expect(clock.serverTime(200)).toBe(5_000_100);
    clock.addPong(200, 5_000_210, 240);
    expect(clock.serverTime(240)).toBe(5_000_230);
  });

  it("believes the sample with the least round trip, not the newest", () => {
    const clock = new ClockOffset();
    clock.addPong(0, 1_000_002, 4);
    // The way back took 200 ms here: taken alone, it would be 98 ms wrong.
    clock.addPong(100, 1_000_102, 304);
    expect(clock.serverTime(0)).toBe(1_000_000);
  });

  it("is wrong by at most half of the least round trip, however the trip is divided", () => {
    for (const there of [0, 1, 7, 20]) {
      const clock = new ClockOffset();
      clock.addPong(50, 50 + 777_000 + there, 70);
      const error = Math.abs((clock.serverTime(0) ?? Number.NaN) - 777_000);
      expect(error).toBeLessThanOrEqual(10);
    }
  });

  it("forgets a good sample after ten others, since clocks drift", () => {
    const clock = new ClockOffset();
    clock.addPong(0, 1000, 0);
    for (let i = 1; i <= 10; i++) clock.addPong(i * 100, i * 100 + 1025, i * 100 + 10);
    expect(clock.serverTime(0)).toBe(1020);
  });

  it("refuses a pong from the future and one that is not a number", () => {
    const clock = new ClockOffset();
    expect(clock.addPong(100, 5, 50)).toBe(false);
    expect(clock.addPong(100, Number.NaN, 150)).toBe(false);
    expect(clock.serverTime(0)).toBeNull();
  });

  it("gives the middle round trip", () => {
    const clock = new ClockOffset();
    for (const trip of [5, 300, 8]) clock.addPong(0, 0, trip);
    expect(clock.roundTripMs).toBe(8);
  });

  it("believes a newer sample where a clock was set meanwhile, whatever its round trip", () => {
    const clock = new ClockOffset();
    clock.addPong(0, 1_000_000, 2);
    clock.addPong(100, 1_000_100, 140);
    expect(clock.serverTime(0)).toBe(999_999);
    clock.addPong(200, 1_060_220, 240);
    expect(clock.serverTime(0)).toBe(1_060_000);
  });
});
