import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Ticker } from "../../../../src/viewer/store/ticker.ts";

describe("the beat for text", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("counts one at each beat, before its readers are called", () => {
    const ticker = new Ticker(100);
    const seen: number[] = [];
    ticker.subscribe(() => seen.push(ticker.count));
    vi.advanceTimersByTime(99);
    expect(seen).toEqual([]);
    vi.advanceTimersByTime(201);
    expect(seen).toEqual([1, 2, 3]);
  });

  it("leaves out who has unsubscribed, and calls the others", () => {
    const ticker = new Ticker(100);
    let gone = 0;
    let there = 0;
    const end = ticker.subscribe(() => gone++);
    ticker.subscribe(() => there++);
    vi.advanceTimersByTime(100);
    end();
    vi.advanceTimersByTime(100);
    expect([gone, there]).toEqual([1, 2]);
  });
});
