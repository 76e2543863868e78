import { describe, expect, it } from "vitest";
import { nextPeriodMs, staleAfterMs } from "../../../src/twin/rhythm.ts";

function learned(gaps: readonly number[]): number {
  return gaps.reduce(nextPeriodMs, 0);
}

const times = (count: number, gap: number): number[] => Array.from({ length: count }, () => gap);

describe("a value's rhythm", () => {
  it("is guessed before the second message", () => {
    expect(staleAfterMs(0)).toBe(1500);
  });

  it("makes a 1 kHz joint stale within 0.3 s, a 1 Hz battery only after 4 s", () => {
    expect(staleAfterMs(learned(times(500, 1)))).toBe(300);
    expect(staleAfterMs(learned(times(10, 1000)))).toBeCloseTo(4100, 6);
  });

  it("is never longer than half a minute", () => {
    expect(staleAfterMs(learned(times(5, 60_000)))).toBe(30_000);
  });

  it("does not take an outage for a rhythm, and follows a sender that slows down", () => {
    expect(learned([...times(50, 20), 600_000, 20])).toBe(20);
    expect(learned([...times(50, 20), ...times(3, 1000)])).toBe(1000);
    expect(learned([...times(50, 100), 200])).toBeCloseTo(110, 6);
  });

  it("survives arrivals that do not rise", () => {
    expect(learned([...times(5, 100), -5000])).toBeGreaterThanOrEqual(0);
  });
});
