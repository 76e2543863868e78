import { describe, expect, it } from "vitest";
import type { PastEvent } from "../../../../src/client/history-api.ts";
import { readEvents, readGaps, readStored } from "../../../../src/viewer/time/history-answers.ts";
import { markAt, marksOf, merged, nextMark } from "../../../../src/viewer/time/marks.ts";

const event = (time: number, kind: string, severity: PastEvent["severity"] = "info"): PastEvent => ({
  time,
  kind,
  severity,
  message: `${kind} at ${time}`,
});

describe("marks", () => {
  it("are events in order of time, each once, though the stream and the store both brought it", () => {
    const twice = event(20, "source.lost", "warning");
    const marks = marksOf(
      merged([twice, event(10, "command.accepted"), { ...twice }, event(5, "stop.latched", "warning")]),
    );
    expect(marks.map(({ time, kind }) => [time, kind])).toEqual([
      [5, "stop"],
      [10, "command"],
      [20, "event"],
    ]);
  });

  it("leave out the stages of a command that tell nothing new", () => {
    const kinds = ["command.accepted", "command.sent", "command.executing", "command.done"];
    const marks = marksOf(kinds.map((kind, at) => event(at, kind)));
    expect(marks.map(({ event: { kind } }) => kind)).toEqual(["command.accepted", "command.done"]);
  });

  it("are gone to one after the other, those of one moment at once", () => {
    const marks = marksOf([event(100, "a.b"), event(105, "a.c"), event(900, "a.d")]);
    expect(nextMark(marks, 0, 1)?.time).toBe(100);
    expect(nextMark(marks, 100, 1)?.time).toBe(900);
    expect(nextMark(marks, 900, 1)).toBeUndefined();
    expect(nextMark(marks, 900, -1)?.time).toBe(105);
    expect(nextMark(marks, 105, -1)).toBeUndefined();
  });

  it("are found near a place, the gravest first, and not far from it", () => {
    const marks = marksOf([
      event(100, "a.near"),
      event(104, "robot.contradiction", "error"),
      event(108, "stop.latched", "warning"),
    ]);
    expect(markAt(marks, 101, 2)?.event.kind).toBe("a.near");
    expect(markAt(marks, 101, 4)?.event.kind).toBe("robot.contradiction");
    expect(markAt(marks, 101, 50)?.kind).toBe("stop");
    expect(markAt(marks, 500, 50)).toBeUndefined();
  });
});

describe("what the server says of its history", () => {
  it("is taken as far as it makes sense", () => {
    expect(readStored({ state: "recording", reason: "", remedy: "", from: 5, to: 9 })).toEqual({
      state: "recording",
      reason: "",
      from: 5,
    });
    expect(readStored({ state: "off", reason: "history.enabled is false", remedy: "" })).toEqual({
      state: "off",
      reason: "history.enabled is false",
      from: null,
    });
    expect(readStored({ state: "strange" })).toBeNull();
    expect(readStored("recording")).toBeNull();
    expect(readGaps({ gaps: [{ from: 1, to: 2 }, { from: "1" }, null] })).toEqual([{ from: 1, to: 2 }]);
    expect(readGaps(null)).toEqual([]);
    expect(readEvents({ events: [event(1, "a.b"), { time: 1 }, 5] })).toEqual([event(1, "a.b")]);
    expect(readEvents({})).toEqual([]);
  });
});
