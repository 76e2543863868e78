import { describe, expect, it } from "vitest";
import { createSource, heardFrom, staleAfterMs } from "../../../src/twin/source.ts";

function heard(periodMs: number, messages: number) {
  const source = createSource(0, "ros:/x");
  for (let i = 0; i < messages; i++) heardFrom(source, 1000 + i * periodMs);
  return source;
}

describe("a source's habit", () => {
  it("is guessed before the second message", () => {
    expect(staleAfterMs(heard(10, 1))).toBe(1500);
  });

  it("makes a 1 kHz joint stale within 0.3 s, a 1 Hz battery only after 4 s", () => {
    expect(staleAfterMs(heard(1, 500))).toBe(300);
    expect(staleAfterMs(heard(1000, 10))).toBeCloseTo(4100, 6);
  });

  it("is never longer than half a minute", () => {
    expect(staleAfterMs(heard(60_000, 5))).toBe(30_000);
  });

  it("follows a sender that slows down, without jumping at one gap", () => {
    const source = heard(100, 50);
    heardFrom(source, source.lastReceived + 1000);
    expect(source.periodMs).toBeCloseTo(190, 6);
    for (let i = 0; i < 60; i++) heardFrom(source, source.lastReceived + 1000);
    expect(source.periodMs).toBeGreaterThan(990);
  });

  it("survives arrivals that do not rise", () => {
    const source = heard(100, 5);
    heardFrom(source, source.lastReceived - 5000);
    expect(source.periodMs).toBeGreaterThanOrEqual(0);
    expect(staleAfterMs(source)).toBeGreaterThanOrEqual(300);
  });

  it("forgets that it was lost with its next message", () => {
    const source = heard(100, 2);
    source.lost = "gone";
    heardFrom(source, 5000);
    expect(source.lost).toBeNull();
  });
});
