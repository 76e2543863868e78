import { describe, expect, it } from "vitest";
import { TopicFeed } from "../../../../src/io/topics/topic-feed.ts";
import { FrameHistory } from "../../../../src/protocol/topics/frame-history.ts";
import { TopicEncoder } from "../../../../src/protocol/topics/topic-encoder.ts";
import { type TopicHeader, unpackTopicMessage } from "../../../../src/protocol/topics/topic-frame.ts";
import { cdrOf, origin } from "../../protocol/topics/messages.ts";

/** Levels by their rates: 0 takes 30 messages a second, 3 four. */
const [fine, coarse] = [0, 3];

/** `frame` is placed by a transform of each of `stamps`, in ms. */
function feedOf(levels: readonly number[]) {
  const encoder = TopicEncoder.of("/pose", "geometry_msgs/msg/PoseStamped", () => new Uint8Array());
  if (!encoder.ok) throw new Error(encoder.reason);
  const frames = new FrameHistory();
  const sent: { level: number; received: number }[] = [];
  const feed = new TopicFeed(1, encoder.value, frames, {
    message: ({ level, received }) => sent.push({ level, received }),
    rejected: (reason) => {
      throw new Error(reason);
    },
  });
  feed.want(levels);
  const stampOf = (ms: number) => ({ sec: Math.floor(ms / 1000), nanosec: (ms % 1000) * 1e6 });
  return {
    feed,
    frames,
    sent,
    transform(ms: number) {
      frames.add("tool", "map", stampOf(ms), [0, 0, 0, 0, 0, 0, 1], false);
    },
    message(ms: number) {
      const { sec, nanosec } = stampOf(ms);
      const header = { stamp: { sec, nsec: nanosec }, frame_id: "tool" };
      feed.take(cdrOf("geometry_msgs/PoseStamped", { header, pose: origin }), ms);
    },
    step(from: number, to: number) {
      for (let now = from; now <= to; now += 5) feed.step(now);
    },
    ofLevel: (level: number) => sent.filter((one) => one.level === level).map(({ received }) => received),
  };
}

describe("a topic whose transforms are late", () => {
  it("sends each message once they are there, and the newest of those that came meanwhile", () => {
    const { transform, message, step, sent, ofLevel } = feedOf([fine, coarse]);
    transform(0);
    message(10);
    step(10, 30);
    message(43);
    expect(sent).toEqual([]);
    transform(20);
    step(45, 50);
    expect(ofLevel(fine)).toEqual([10]);
    expect(ofLevel(coarse)).toEqual([10]);
    transform(50);
    step(55, 60);
    expect(ofLevel(fine)).toEqual([10, 43]);
  });

  it("sends a message that stands again once its frame is connected, and not for what changes nothing", () => {
    const { frames, feed, message, step, ofLevel } = feedOf([fine]);
    const connect = (child: string, parent: string, x: number) =>
      frames.add(child, parent, { sec: 0, nanosec: 0 }, [x, 0, 0, 0, 0, 0, 1], true);
    message(10);
    step(10, 500);
    expect(ofLevel(fine)).toEqual([10]);
    connect("tool", "base", 1);
    step(505, 600);
    connect("base", "map", 2);
    step(605, 700);
    connect("other", "map", 2);
    connect("base", "map", 2);
    step(705, 800);
    expect(ofLevel(fine)).toEqual([10, 10, 10]);
    connect("base", "map", 3);
    step(805, 900);
    expect(ofLevel(fine)).toEqual([10, 10, 10, 10]);
    feed.want([]);
    connect("base", "map", 4);
    step(905, 1000);
    expect(ofLevel(fine)).toHaveLength(4);
  });

  it("sends messages of a fast topic also where no transform comes", () => {
    const { transform, message, step, ofLevel } = feedOf([fine, coarse]);
    transform(0);
    for (let at = 20; at < 1020; at += 20) {
      message(at);
      step(at, at + 15);
    }
    expect(ofLevel(fine).length).toBeGreaterThanOrEqual(10);
    expect(ofLevel(coarse).length).toBeGreaterThanOrEqual(3);
  });
});

describe("a topic that is faster than a level", () => {
  it("sends the last message of a burst to each level", () => {
    const { transform, message, step, ofLevel } = feedOf([fine, coarse]);
    transform(10_000);
    for (const at of [100, 105, 110, 115]) message(at);
    step(115, 800);
    expect(ofLevel(fine)).toEqual([100, 115]);
    expect(ofLevel(coarse)).toEqual([100, 115]);
  });

  it("keeps to the level's rate, with the message that comes in time", () => {
    const { transform, message, step, ofLevel } = feedOf([coarse]);
    transform(10_000);
    for (let at = 0; at <= 3000; at += 50) {
      message(at);
      step(at, at + 45);
    }
    expect(ofLevel(coarse).length).toBeLessThanOrEqual(16);
    expect(ofLevel(coarse).every((at) => at % 200 === 0)).toBe(true);
  });

  it("sends nothing late to a level that is no longer watched", () => {
    const { feed, transform, message, step, ofLevel } = feedOf([fine, coarse]);
    transform(10_000);
    message(100);
    message(105);
    feed.want([fine]);
    step(105, 800);
    expect(ofLevel(coarse)).toEqual([100]);
    expect(ofLevel(fine)).toEqual([100, 105]);
  });
});

describe("a MarkerArray, whose parts have frames of their own", () => {
  it("is sent with where each of them is, and again once one is connected", () => {
    const type = "visualization_msgs/msg/MarkerArray";
    const encoder = TopicEncoder.of("/markers", type, () => new Uint8Array());
    if (!encoder.ok) throw new Error(encoder.reason);
    const frames = new FrameHistory();
    const sent: TopicHeader[] = [];
    const feed = new TopicFeed(1, encoder.value, frames, {
      message: ({ bytes }) => {
        const read = unpackTopicMessage(bytes);
        if (read.ok) sent.push(read.value.header);
      },
      rejected: (reason) => {
        throw new Error(reason);
      },
    });
    feed.want([fine]);
    const connect = (child: string) =>
      frames.add(child, "base", { sec: 0, nanosec: 0 }, [1, 2, 3, 0, 0, 0, 1], true);
    connect("left");
    const marker = (frame_id: string) => ({ header: { stamp: { sec: 0, nsec: 0 }, frame_id } });
    feed.take(cdrOf("visualization_msgs/MarkerArray", { markers: [marker("/left"), marker("right")] }), 10);
    expect(sent.at(-1)?.places).toEqual({
      left: { above: [{ frame: "base", pose: [1, 2, 3, 0, 0, 0, 1] }], lateMs: 0, problem: null },
      right: { above: [], lateMs: 0, problem: null },
    });
    connect("right");
    feed.step(100);
    expect(sent.at(-1)?.places?.right?.above).toHaveLength(1);
    expect(sent).toHaveLength(2);
  });
});
