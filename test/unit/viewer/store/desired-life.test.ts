import { describe, expect, it } from "vitest";
import type { TwinEvent } from "../../../../src/protocol/state-messages.ts";
import { desiredEndedMs } from "../../../../src/viewer/store/desired-life.ts";

const event = (kind: string, time: number, more: Partial<TwinEvent> = {}): TwinEvent => ({
  id: time,
  time,
  kind,
  severity: "info",
  message: "",
  revision: 1,
  robot: "arm",
  ...more,
});

describe("the end of a robot's commands", () => {
  it("is the newest of: reached, given up, stopped", () => {
    expect(desiredEndedMs([event("command.done", 10), event("command.aborted", 30)], "arm")).toBe(30);
    expect(desiredEndedMs([event("stop.latched", 40), event("command.done", 10)], "arm")).toBe(40);
  });

  it("is not the moment at which a newer command replaced an older one", () => {
    const replaced = event("command.aborted", 30, { data: { code: "replaced" } });
    expect(desiredEndedMs([event("command.done", 10), replaced], "arm")).toBe(10);
  });

  it("is long ago when nothing of this robot ended", () => {
    const events = [event("command.accepted", 10), event("command.done", 20, { robot: "cart" })];
    expect(desiredEndedMs(events, "arm")).toBe(Number.NEGATIVE_INFINITY);
  });

  it("knows nothing of what happened after the moment that is looked at", () => {
    const events = [event("command.done", 10), event("stop.latched", 40)];
    expect(desiredEndedMs(events, "arm", 30)).toBe(10);
    expect(desiredEndedMs(events, "arm", 40)).toBe(40);
    expect(desiredEndedMs(events, "arm", 5)).toBe(Number.NEGATIVE_INFINITY);
  });
});
