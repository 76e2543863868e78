import { describe, expect, it } from "vitest";
import { BehindMeter } from "../../../../src/viewer/store/behind-meter.ts";

describe("the meter of what the picture is behind", () => {
  it("passes over one late frame", () => {
    const meter = new BehindMeter();
    for (let atMs = 0; atMs <= 2000; atMs += 50) meter.add(atMs, atMs === 1000 ? 1500 : 30);
    expect(meter.leastMs()).toBe(30);
  });

  it("forgets readings after two seconds, also when none came for a while", () => {
    const meter = new BehindMeter();
    for (let atMs = 0; atMs <= 1000; atMs += 100) meter.add(atMs, 10);
    meter.add(9000, 800);
    expect(meter.leastMs()).toBeNull();
    meter.add(10_000, 900);
    expect(meter.leastMs()).toBe(800);
  });
});
