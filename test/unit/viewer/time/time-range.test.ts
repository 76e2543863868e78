import { describe, expect, it } from "vitest";
import {
  containing,
  leastSpanMs,
  mostSpanMs,
  panned,
  rangeOf,
  ticksOf,
  windowOf,
  zoomed,
} from "../../../../src/viewer/time/time-range.ts";

const now = 1_700_000_000_000;
const minute = 60_000;
const following = { spanMs: minute, endMs: null };

describe("the time that a timeline shows", () => {
  it("goes along with the present until it is moved away", () => {
    expect(windowOf(following, now)).toEqual({ from: now - minute, to: now });
    expect(windowOf(following, now + 500)).toEqual({ from: now - minute + 500, to: now + 500 });
    expect(windowOf({ spanMs: minute, endMs: now - 5 }, now + 500).to).toBe(now - 5);
  });

  it("is zoomed around the place that is pointed at, which stays where it is", () => {
    const at = now - minute * 0.75;
    const range = zoomed({ spanMs: minute, endMs: now - minute * 0.25 }, now, 0.5, at);
    const { from, to } = windowOf(range, now);
    expect(to - from).toBeCloseTo(minute / 2, 6);
    expect((at - from) / (to - from)).toBeCloseTo(0.5, 6);
  });

  it("shows no future: zoomed out at the right end it goes along with the present", () => {
    expect(zoomed(following, now, 2, now)).toEqual({ spanMs: 2 * minute, endMs: null });
    expect(zoomed({ spanMs: minute, endMs: now - 1000 }, now, 60, now - minute / 2).endMs).toBeNull();
    expect(panned({ spanMs: minute, endMs: now - 10_000 }, now, 60_000)).toEqual(following);
  });

  it("has a least and a greatest span", () => {
    expect(zoomed(following, now, 1e-9, now).spanMs).toBe(leastSpanMs);
    expect(zoomed(following, now, 1e12, now).spanMs).toBe(mostSpanMs);
  });

  it("is moved back and forth", () => {
    expect(panned(following, now, -10_000)).toEqual({ spanMs: minute, endMs: now - 10_000 });
  });

  it("counts as reaching the present when it nearly does", () => {
    expect(rangeOf({ from: now - minute, to: now - 100 }, now).endMs).toBeNull();
    expect(rangeOf({ from: now - minute, to: now - 1000 }, now).endMs).toBe(now - 1000);
  });

  it("moves to a moment that is outside, and stays where it is inside", () => {
    expect(containing(following, now, now - 30_000)).toBe(following);
    const earlier = windowOf(containing(following, now, now - 600_000), now);
    expect(earlier.from).toBe(now - 600_000 - minute / 4);
    const later = windowOf(containing({ spanMs: minute, endMs: now - 600_000 }, now, now - 60_000), now);
    expect(now - 60_000).toBeLessThan(later.to);
    expect(now - 60_000).toBeGreaterThan(later.from);
  });
});

describe("the labels", () => {
  it("are at round times of the local clock, few enough to be read", () => {
    for (const span of [3000, minute, 10 * minute, 60 * minute, 26 * 60 * minute, 40 * 86_400_000]) {
      for (const zoneMs of [0, 5.5 * 3_600_000, -8 * 3_600_000]) {
        const { stepMs, times } = ticksOf({ from: now - span, to: now }, 8, zoneMs);
        expect(times.length).toBeGreaterThan(0);
        expect(times.length).toBeLessThanOrEqual(9);
        for (const time of times) expect(Math.abs((time + zoneMs) % stepMs)).toBeLessThan(1e-6);
      }
    }
  });
});
