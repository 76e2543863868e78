import { afterEach, describe, expect, it, vi } from "vitest";
import { ClockJumps } from "../../../src/io/clock.ts";
import { CycleLoop } from "../../../src/io/cycle-loop.ts";

afterEach(() => {
  vi.useRealTimers();
});

describe("a cycle loop", () => {
  it("tells of a stall before the cycle that comes after it, and of nothing else", () => {
    vi.useFakeTimers();
    let now = 0;
    const told: string[] = [];
    const loop = new CycleLoop(
      () => told.push("cycle"),
      () => now,
      10,
      { stalled: (ms) => told.push(`stalled ${ms}`) },
    );
    loop.start();
    for (let i = 0; i < 20; i++) {
      now += 10;
      vi.advanceTimersByTime(10);
    }
    expect(told.some((one) => one.startsWith("stalled"))).toBe(false);
    told.length = 0;
    now += 490;
    vi.advanceTimersByTime(10);
    now += 10;
    vi.advanceTimersByTime(10);
    loop.stop();
    expect(told[0]).toMatch(/^stalled (49|50)\d$/);
    expect(told.filter((one) => one.startsWith("stalled"))).toHaveLength(1);
    expect(told[1]).toBe("cycle");
  });
});

describe("a jump of the system's clock", () => {
  it("is noticed once, with its sign, and slewing is none", () => {
    const real = Date.now;
    let offset = 0;
    const spy = vi.spyOn(Date, "now").mockImplementation(() => real() + offset);
    const jumps = new ClockJumps();
    expect(jumps.take()).toBeNull();
    offset = 500;
    expect(jumps.take()).toBeNull();
    offset = -9500;
    expect(jumps.take()).toBeCloseTo(-10_000, -2);
    expect(jumps.take()).toBeNull();
    spy.mockRestore();
  });
});
