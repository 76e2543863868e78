import { describe, expect, it } from "vitest";
import { SenderClock } from "../../../../src/io/ros/sender-clock.ts";

describe("the clock of a robot", () => {
  const agrees = (ages: readonly number[]): boolean => {
    const clock = new SenderClock();
    for (const [i, age] of ages.entries()) clock.note(1_000_000 + 20 * i - age, 1_000_000 + 20 * i);
    return clock.agrees();
  };

  it("agrees with ours where its stamps are as old as a network makes them, and not before one came", () => {
    expect(new SenderClock().agrees()).toBe(false);
    expect(agrees([3, 2, 5, 140])).toBe(true);
    expect(agrees([180, 120, 300])).toBe(true);
    expect(agrees([-5, 2])).toBe(true);
  });

  it("does not where it is ahead, behind, or says nothing", () => {
    expect(agrees([3, -10_000])).toBe(false);
    expect(agrees([10_000, 10_002])).toBe(false);
    const clock = new SenderClock();
    clock.note(0, 1_795_000_000_000);
    expect(clock.agrees()).toBe(false);
  });

  it("is judged anew after it was set", () => {
    const clock = new SenderClock();
    for (let t = 0; t < 20_000; t += 20) clock.note(1e6 + t - (t < 8000 ? 10_000 : 3), 1e6 + t);
    expect(clock.agrees()).toBe(true);
    for (let t = 20_000; t < 30_000; t += 20) clock.note(1e6 + t - 5000, 1e6 + t);
    expect(clock.agrees()).toBe(false);
  });
});
