import { beforeEach, describe, expect, it, vi } from "vitest";
import { Signal } from "../../../../src/client/signal.ts";
import type { TopicMessage } from "../../../../src/protocol/topics/topic-frame.ts";
import type { TopicListener } from "../../../../src/viewer/topics/topic-desk.ts";
import { TopicVideos } from "../../../../src/viewer/topics/topic-videos.ts";
import { type FakeFrame, FakeVideoBrowser, pieceOf } from "./fake-video-decoder.ts";

let browser: FakeVideoBrowser;
let videos: TopicVideos;
let publish: TopicListener;
const shown = new Signal<readonly string[]>([]);

beforeEach(() => {
  vi.useFakeTimers();
  browser = new FakeVideoBrowser();
  shown.set(["/v"]);
  const desk = {
    shown,
    listen: (listener: TopicListener) => {
      publish = listener;
      return () => undefined;
    },
  };
  videos = new TopicVideos(desk, browser.platform());
  return () => vi.useRealTimers();
});

function messageOf(sequence: number, meta: object = {}): TopicMessage {
  const { data, ...rest } = pieceOf(sequence);
  const header = {
    ...{ topic: "/v", type: "foxglove_msgs/msg/CompressedVideo", format: "video" as const, stamp: null },
    ...{ frame: null, placement: null, received: 0, bytes: 1, reduced: null, meta: { ...rest, ...meta } },
  };
  return { header, arrays: { data } };
}

function come(from: number, to: number): void {
  for (let sequence = from; sequence < to; sequence += 1) publish("/v", messageOf(sequence));
}

/** Somebody who looks; `seen`: the frames. */
function look() {
  const seen: number[] = [];
  const end = videos.watch("/v", (frame) => {
    const { sequence, isClosed } = frame as unknown as FakeFrame;
    if (isClosed) throw new Error(`frame ${sequence} is closed already`);
    seen.push(sequence);
  });
  return { seen, end };
}

const openFrames = () => browser.frames.filter(({ isClosed }) => !isClosed).length;

describe("the videos of a page", () => {
  it("are decoded where somebody looks, once for all, and one frame is kept", () => {
    come(0, 5);
    expect(browser.decoders).toEqual([]);
    const [a, b] = [look(), look()];
    come(5, 8);
    expect(a.seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(b.seen).toEqual([4, 5, 6, 7]);
    expect(browser.decoders).toHaveLength(1);
    expect(openFrames()).toBe(1);
  });

  it("begin at once where nobody looked, from what came since the last key frame", () => {
    come(0, 17);
    const { seen } = look();
    expect(seen).toEqual([10, 11, 12, 13, 14, 15, 16]);
  });

  it("go on where their picture moves to another place, and are decoded no more a second after the last look", () => {
    come(0, 3);
    const first = look();
    first.end();
    const second = look();
    expect(second.seen).toEqual([2]);
    vi.advanceTimersByTime(5000);
    come(3, 5);
    expect(second.seen).toEqual([2, 3, 4]);
    second.end();
    vi.advanceTimersByTime(2000);
    expect(browser.decoders.map(({ state }) => state)).toEqual(["closed"]);
    expect(openFrames()).toBe(0);
    come(5, 8);
    expect(browser.decoders).toHaveLength(1);
    expect(look().seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("are forgotten with their topic, and are seen again when it comes back", () => {
    come(0, 3);
    const { seen, end } = look();
    shown.set([]);
    expect(openFrames()).toBe(0);
    shown.set(["/v"]);
    come(3, 12);
    expect(seen).toEqual([0, 1, 2, 10, 11]);
    end();
    shown.set([]);
    expect(openFrames()).toBe(0);
  });

  it("tell under their topic why they are not seen", async () => {
    look();
    for (const sequence of [10, 20]) publish("/v", messageOf(sequence, { codec: "hev1.x", of: "h265" }));
    await vi.runAllTimersAsync();
    expect(videos.problems.get("/v")).toMatch(/cannot decode H\.265/);
    publish("/v", messageOf(30));
    expect(videos.problems.size).toBe(0);
  });

  it("are not what other messages hold", () => {
    const { seen } = look();
    publish("/v", messageOf(10, { codec: 7 }));
    publish("/v", { ...messageOf(10), arrays: {} });
    publish("/v", { ...messageOf(10), header: { ...messageOf(10).header, format: "image" } });
    expect(seen).toEqual([]);
  });
});
