import { describe, expect, it } from "vitest";
import { Signal } from "../../../../src/client/signal.ts";
import { TimeTravel } from "../../../../src/client/time-travel.ts";
import type { Mark } from "../../../../src/viewer/time/marks.ts";
import { Playback } from "../../../../src/viewer/time/playback.ts";
import type { TimeRange } from "../../../../src/viewer/time/time-range.ts";
import type { Timeline } from "../../../../src/viewer/time/timeline.ts";

const now = 1_700_000_000_000;
const from = now - 600_000;

/** A page at its timeline, with the server's answers given by hand. */
function atTimeline() {
  const sent: Record<string, unknown>[] = [];
  const travel = new TimeTravel(
    (message) => {
      sent.push({ ...message });
      return true;
    },
    () => 0,
    () => {},
  );
  const mark = (time: number): Mark => {
    const event = { time, severity: "info", kind: "a.b", message: "m" } as const;
    return { time, kind: "event", severity: "info", event };
  };
  const timeline = {
    nowMs: () => now,
    clamped: (timeMs: number) => Math.max(from, Math.min(now - 300, timeMs)),
    reveal: () => {},
    marks: new Signal<readonly Mark[]>([mark(now - 50_000), mark(now - 20_000)]),
    range: new Signal<TimeRange>({ spanMs: 60_000, endMs: now - 5 }),
  };
  const playback = new Playback(travel, timeline as unknown as Timeline);
  const answer = (time: number, playing = false) => {
    travel.takes(true);
    travel.takeMoment(time);
    travel.takePosition({ time, playing, speed: 1, from, to: now });
  };
  return { sent, travel, timeline, playback, answer };
}

describe("playing the past", () => {
  it("halts the present, then plays on at the speed that was chosen, then pauses", () => {
    const { sent, playback, answer } = atTimeline();
    playback.setSpeed(5);
    playback.toggle();
    expect(sent).toEqual([{ op: "seek", time: now - 300 }]);
    answer(now - 300);
    playback.toggle();
    answer(now - 300, true);
    expect(sent.at(-1)).toEqual({ op: "play", speed: 5 });
    playback.setSpeed(0.5);
    expect(sent.at(-1)).toEqual({ op: "play", speed: 0.5 });
    answer(now - 290, true);
    playback.toggle();
    expect(sent.at(-1)).toEqual({ op: "pause" });
  });

  it("steps on from the moment that was asked for last, not from the one that is still shown", () => {
    const { sent, playback, answer } = atTimeline();
    playback.seek(now - 10_000);
    answer(now - 10_000);
    playback.step(-100);
    playback.step(-100);
    playback.step(-100);
    answer(now - 10_100);
    expect(sent.at(-1)).toEqual({ op: "seek", time: now - 10_300 });
    playback.step(-1e9);
    answer(now - 10_300);
    expect(sent.at(-1)).toEqual({ op: "seek", time: from });
  });

  it("goes to the event before and after, and nowhere where there is none", () => {
    const { sent, playback, answer } = atTimeline();
    expect(playback.jump(1)).toBe(false);
    expect(playback.jump(-1)).toBe(true);
    answer(now - 20_000);
    expect(playback.jump(-1)).toBe(true);
    answer(now - 50_000);
    expect(sent.map(({ time }) => time)).toEqual([now - 20_000, now - 50_000]);
    expect(playback.jump(-1)).toBe(false);
    expect(playback.jump(1)).toBe(true);
  });

  it("halts while the line is held, and plays on where it is let go", () => {
    const { sent, playback, answer } = atTimeline();
    playback.seek(now - 10_000);
    answer(now - 10_000);
    playback.toggle();
    answer(now - 10_000, true);
    playback.grab();
    answer(now - 9000);
    expect(sent.at(-1)).toEqual({ op: "pause" });
    playback.seek(now - 30_000);
    answer(now - 30_000);
    playback.letGo();
    expect(sent.at(-1)).toEqual({ op: "play", speed: 1 });
    answer(now - 30_000, true);
    playback.grab();
    playback.letGo();
    expect(sent.filter(({ op }) => op === "play")).toHaveLength(3);
  });

  it("loops between two moments, given in either order, until a third press or the present", () => {
    const { sent, playback, travel, answer } = atTimeline();
    playback.seek(now - 10_000);
    answer(now - 10_000);
    playback.markLoop();
    // A loop of no length is none.
    playback.markLoop();
    expect(playback.loop.get()).toBeNull();
    playback.markLoop();
    playback.seek(now - 14_000);
    answer(now - 14_000);
    playback.markLoop();
    expect(playback.loop.get()).toEqual({ from: now - 14_000, to: now - 10_000 });
    answer(now - 14_000, true);
    const before = sent.length;
    travel.takeMoment(now - 10_500);
    expect(sent).toHaveLength(before);
    travel.takeMoment(now - 9999);
    expect(sent.slice(before)).toEqual([
      { op: "seek", time: now - 14_000 },
      { op: "play", speed: 1 },
    ]);
    // Once, however many moments come until the server has gone back.
    travel.takeMoment(now - 9950);
    expect(sent).toHaveLength(before + 2);
    playback.live();
    travel.takesSnapshot(false);
    expect(playback.loop.get()).toBeNull();
  });

  it("goes along with the present again once it is live", () => {
    const { sent, playback, timeline, answer } = atTimeline();
    playback.seek(now - 10_000);
    answer(now - 10_000);
    playback.live();
    expect(sent.at(-1)).toEqual({ op: "seek", time: "live" });
    expect(timeline.range.get()).toEqual({ spanMs: 60_000, endMs: null });
  });
});
