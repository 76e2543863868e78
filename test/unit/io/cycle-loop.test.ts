import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CycleLoop } from "../../../src/io/cycle-loop.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

function looped(work: (now: number) => void = () => undefined): { loop: CycleLoop; times: number[] } {
  const times: number[] = [];
  const loop = new CycleLoop(
    (now) => {
      times.push(now);
      work(now);
    },
    () => Date.now(),
    10,
  );
  return { loop, times };
}

describe("the cycle loop", () => {
  it("keeps its rate over time, without drift", () => {
    const { loop, times } = looped();
    loop.start();
    vi.advanceTimersByTime(1000);
    loop.stop();
    expect(times).toHaveLength(100);
    expect(times.at(-1)).toBe(1000);
    vi.advanceTimersByTime(1000);
    expect(times).toHaveLength(100);
  });

  it("catches up a short delay and gives a long one up", () => {
    const { loop, times } = looped();
    loop.start();
    vi.advanceTimersByTime(100);
    vi.setSystemTime(Date.now() + 30);
    vi.advanceTimersByTime(70);
    expect(times.length).toBeGreaterThanOrEqual(19);
    const before = times.length;
    vi.setSystemTime(Date.now() + 60_000);
    vi.advanceTimersByTime(100);
    expect(times.length - before).toBeLessThanOrEqual(20);
    loop.stop();
  });

  it("runs at once when asked, beside its rate, and never inside itself", () => {
    let depth = 0;
    let deepest = 0;
    const { loop, times } = looped(() => {
      depth++;
      deepest = Math.max(deepest, depth);
      loop.runNow();
      depth--;
    });
    loop.start();
    loop.runNow();
    expect(times).toEqual([0]);
    vi.advanceTimersByTime(50);
    expect(times).toHaveLength(6);
    expect(deepest).toBe(1);
    loop.stop();
  });

  it("stays stopped when it is stopped from within a cycle", () => {
    const { loop, times } = looped(() => loop.stop());
    loop.start();
    vi.advanceTimersByTime(100);
    expect(times).toHaveLength(1);
  });

  it("reads between cycles what arrived, once for all that comes within a millisecond", () => {
    const reads: number[] = [];
    const loop = new CycleLoop(
      () => undefined,
      () => Date.now(),
      10,
      { read: (now) => reads.push(now) },
    );
    loop.readSoon();
    vi.advanceTimersByTime(5);
    expect(reads).toEqual([]);
    loop.start();
    const start = Date.now();
    loop.readSoon();
    loop.readSoon();
    vi.advanceTimersByTime(9);
    expect(reads).toEqual([start + 1]);
    loop.readSoon();
    loop.stop();
    vi.advanceTimersByTime(20);
    loop.readSoon();
    vi.advanceTimersByTime(20);
    expect(reads).toHaveLength(1);
  });
});
