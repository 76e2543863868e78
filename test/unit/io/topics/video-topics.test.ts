import { beforeEach, describe, expect, it, vi } from "vitest";
import { TopicFeed } from "../../../../src/io/topics/topic-feed.ts";
import { TopicHub } from "../../../../src/io/topics/topic-hub.ts";
import {
  type FeedMessage,
  FrameCutter,
  messageFrame,
  type TopicOrder,
} from "../../../../src/io/topics/topic-orders.ts";
import { FrameHistory } from "../../../../src/protocol/topics/frame-history.ts";
import { TopicEncoder } from "../../../../src/protocol/topics/topic-encoder.ts";
import { PieceJoiner, unpackTopicMessage } from "../../../../src/protocol/topics/topic-frame.ts";
import { cdrOf } from "../../protocol/topics/messages.ts";
import { framesOf } from "../../protocol/topics/video/video-truth.ts";

const frames = framesOf("h264");
const group = 10;
const definitions: Record<string, string> = {
  "foxglove_msgs/CompressedVideo":
    "builtin_interfaces/Time timestamp\nstring frame_id\nuint8[] data\nstring format",
  "foxglove_msgs/CompressedImage":
    "builtin_interfaces/Time timestamp\nstring frame_id\nuint8[] data\nstring format",
  "ffmpeg_image_transport_msgs/FFMPEGPacket":
    "std_msgs/Header header\nint32 width\nint32 height\nstring encoding\nuint64 pts\nuint8 flags\nbool is_bigendian\nuint8[] data",
};
const find = (type: string): string | null => definitions[type] ?? null;
const header = { stamp: { sec: 12, nsec: 500_000_000 }, frame_id: "eye" };

const types: Record<string, (data: Uint8Array) => object> = {
  "foxglove_msgs/CompressedVideo": (data) => ({
    ...{ timestamp: header.stamp, frame_id: "eye", data, format: "h264" },
  }),
  "ffmpeg_image_transport_msgs/FFMPEGPacket": (data) => ({
    ...{ header, width: 160, height: 120, encoding: "h264;yuv420p;bgr8;bgr8" },
    ...{ pts: 1n, flags: 0, is_bigendian: false, data },
  }),
  "sensor_msgs/CompressedImage": (data) => ({ header, format: "h264", data }),
};

function feedOf(type: string, levels: readonly number[]) {
  const encoder = TopicEncoder.of("/video", type.replace("/", "/msg/"), () => new Uint8Array(), find);
  if (!encoder.ok) throw new Error(encoder.reason);
  const sent: FeedMessage[] = [];
  const rejected: string[] = [];
  const frames = new FrameHistory();
  const feed = new TopicFeed(1, encoder.value, frames, {
    message: (message) => sent.push(message),
    rejected: (reason) => rejected.push(reason),
  });
  feed.want(levels);
  return { feed, frames, sent, rejected };
}

const headerOf = ({ bytes }: FeedMessage) => {
  const read = unpackTopicMessage(bytes);
  if (!read.ok) throw new Error(read.reason);
  return read.value.header;
};

describe.each(Object.entries(types))("frames of a video as %s", (type, messageOf) => {
  const cdr = (data: Uint8Array): Uint8Array => cdrOf(type, messageOf(data), find);

  it("go on each and as they are, with their stamp and frame; key frames alone to coarse levels", () => {
    const { feed, sent, rejected } = feedOf(type, [1, 3]);
    for (const [i, frame] of frames.entries()) feed.take(cdr(frame), 1000 + 100 * i);
    expect(rejected).toEqual([]);
    const all = sent.filter(({ video }) => video !== undefined);
    expect(all.map(({ level, video }) => [level, video?.key, video?.sequence])).toEqual(
      frames.map((_, i) => [0, i % group === 0, i + 1]),
    );
    const coarse = sent.filter(({ video }) => video === undefined);
    expect(coarse.map(({ level, received }) => [level, received])).toEqual([
      [3, 1000],
      [3, 2000],
      [3, 3000],
    ]);
    for (const message of sent) {
      expect(headerOf(message)).toMatchObject({
        ...{ format: "video", frame: "eye", stamp: { sec: 12, nanosec: 500_000_000 } },
        meta: { of: "h264", width: 160, height: 120 },
      });
    }
    expect(feed.isVideo).toBe(true);
    expect(headerOf(all[3] as FeedMessage).reduced).toBeNull();
    expect(headerOf(coarse[1] as FeedMessage)).toMatchObject({
      reduced: expect.stringMatching(/^key frames only/),
      meta: { key: true, sequence: 11 },
    });
  });

  it("do not wait for their transforms, and are not repeated for them", () => {
    const { feed, frames: tf, sent } = feedOf(type, [0]);
    const add = (sec: number, x: number) =>
      tf.add("eye", "base", { sec, nanosec: 0 }, [x, 0, 0, 0, 0, 0, 1], false);
    add(11, 1);
    feed.take(cdr(frames[0] as Uint8Array), 1000);
    expect(sent).toHaveLength(1);
    add(13, 2);
    tf.add("base", "map", { sec: 0, nanosec: 0 }, [0, 0, 0, 0, 0, 0, 1], true);
    feed.step(1100);
    feed.step(1300);
    expect(sent).toHaveLength(1);
  });

  it("are refused where they are none, by their field", () => {
    const { feed, sent, rejected } = feedOf(type, [0]);
    feed.take(cdr(Uint8Array.of(1, 2, 3)), 1000);
    feed.take(cdr(new Uint8Array()), 1010);
    expect(sent).toEqual([]);
    expect(rejected).toEqual([
      expect.stringMatching(/^data: does not begin with a start code/),
      "data: is empty",
    ]);
  });

  it("give a coarse level that is new the last key frame, and a fine one nothing alone", () => {
    const { feed, sent } = feedOf(type, [0]);
    for (const frame of frames.slice(0, 14)) feed.take(cdr(frame), 1000);
    sent.length = 0;
    feed.want([0, 1]);
    expect(sent).toEqual([]);
    feed.want([0, 1, 2]);
    expect(sent.map((one) => [one.level, headerOf(one).meta.sequence])).toEqual([[2, 11]]);
  });
});

it("a type of video whose definition is not installed is refused by its name", () => {
  expect(TopicEncoder.of("/v", "foxglove_msgs/msg/CompressedVideo", () => new Uint8Array())).toMatchObject({
    ok: false,
    reason: expect.stringMatching(/CompressedVideo/),
  });
});

it("a format that is not known is refused with its name", () => {
  const type = "foxglove_msgs/CompressedVideo";
  const { feed, rejected } = feedOf(type, [0]);
  const message = { timestamp: header.stamp, frame_id: "", data: frames[0], format: "mjpeg" };
  feed.take(cdrOf(type, message, find), 0);
  expect(rejected).toEqual(['format: "mjpeg" is not known: h264, h265, vp9 and av1 are']);
});

it("a picture in a topic of CompressedImage stays one, whatever its format says", () => {
  const type = "sensor_msgs/CompressedImage";
  const { feed, sent, rejected } = feedOf(type, [0, 3]);
  const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 1, 2);
  for (const format of ["jpeg", "h264"]) feed.take(cdrOf(type, { header, format, data: jpeg }), 1000);
  expect(rejected).toEqual([]);
  expect(headerOf(sent[0] as FeedMessage)).toMatchObject({ format: "image", meta: { mime: "image/jpeg" } });
  expect(sent.every(({ video }) => video === undefined)).toBe(true);
  expect(feed.isVideo).toBe(false);
});

it("a picture of Foxglove's has its stamp and frame, which stand in no header", () => {
  const type = "foxglove_msgs/CompressedImage";
  const { feed, sent } = feedOf(type, [0]);
  const data = Uint8Array.of(0x89, 0x50, 0x4e, 0x47);
  feed.take(cdrOf(type, { timestamp: header.stamp, frame_id: "/eye", data, format: "png" }, find), 1000);
  expect(headerOf(sent[0] as FeedMessage)).toMatchObject({
    ...{ format: "image", frame: "eye", stamp: { sec: 12, nanosec: 500_000_000 } },
    meta: { mime: "image/png" },
  });
});

it("a frame is the same behind the pipe", () => {
  const got: FeedMessage[] = [];
  const cutter = new FrameCutter(
    () => undefined,
    (message) => got.push(message),
  );
  const plain = { feed: 7, level: 2, received: 123.5, bytes: Uint8Array.of(1, 2, 3) };
  const sent = [
    { ...plain, video: { key: true, sequence: 4_000_000_000 } },
    { ...plain, video: { key: false, sequence: 2 } },
    plain,
  ];
  cutter.take(Buffer.concat(sent.flatMap((one) => messageFrame(one))));
  expect(got.map((one) => ({ ...one, bytes: Uint8Array.from(one.bytes) }))).toEqual(sent);
});

describe("a viewer of a video", () => {
  let now = 0;
  let orders: TopicOrder[];
  let hub: TopicHub;

  /** Reads so many bytes a second; `seen`: the frames that it has, by their numbers. */
  class Viewer {
    readonly seen: { sequence: number; level: number; at: number }[] = [];
    private readonly joiner = new PieceJoiner();
    private readonly unread: { frame: Uint8Array; at: number }[] = [];
    private told: (delayMs: number) => void = () => undefined;
    private credit = 0;
    readonly session;

    constructor(public bytesPerSecond = 1e9) {
      this.session = hub.join({
        sendText: () => undefined,
        sendFrame: (frame) => this.unread.push({ frame, at: now }),
        unreadBytes: () => this.unread.reduce((sum, { frame }) => sum + frame.byteLength, 0),
        askRead: () => undefined,
        onRead: (told) => {
          this.told = told;
        },
      });
    }

    watch(bytesPerSecond = 1e7): this {
      this.session.take({ op: "watch", topic: "/video", budget: { bytesPerSecond, maxAgeMs: 1000 } });
      return this;
    }

    pass(ms: number): void {
      this.credit = Math.min(
        this.credit + (this.bytesPerSecond * ms) / 1000,
        Math.max(64_000, this.bytesPerSecond / 10),
      );
      for (
        let [first] = this.unread;
        first !== undefined && first.frame.byteLength <= this.credit;
        [first] = this.unread
      ) {
        this.unread.shift();
        this.credit -= first.frame.byteLength;
        const joined = this.joiner.take(first.frame);
        if (joined !== null) {
          const view = new DataView(joined.message.buffer);
          this.seen.push({ sequence: view.getUint32(0, true), level: joined.message[4] as number, at: now });
        }
        this.told(now - first.at);
      }
    }
  }

  /** Frames from `from` to before `to`, 33 ms apart, of so many bytes, as the process sends them. */
  function publish(from: number, to: number, size: number, viewers: readonly Viewer[]): void {
    for (let sequence = from; sequence < to; sequence += 1) {
      const order = orders.findLast((one) => one.op === "open");
      const levels = order?.op === "open" ? order.levels : [];
      const key = sequence % 30 === 0;
      const messageOf = (level: number): Uint8Array => {
        const bytes = new Uint8Array(key ? 4 * size : size);
        new DataView(bytes.buffer).setUint32(0, sequence, true);
        bytes[4] = level;
        return bytes;
      };
      const { feed } = order as Extract<TopicOrder, { op: "open" }>;
      hub.message({ feed, level: 0, received: now, bytes: messageOf(0), video: { key, sequence } });
      for (const level of levels) {
        if (key && level > 1) hub.message({ feed, level, received: now, bytes: messageOf(level) });
      }
      for (let i = 0; i < 11; i += 1) {
        now += 3;
        vi.advanceTimersByTime(3);
        for (const viewer of viewers) viewer.pass(3);
      }
    }
  }

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    now = 1000;
    orders = [];
    hub = new TopicHub({
      now: () => now,
      later: (run) => run(),
      rules: { allow: ["*"], deny: [] },
      order: (order) => orders.push(order),
      rejected: () => undefined,
    });
    return () => vi.useRealTimers();
  });

  const numbersOf = ({ seen }: Viewer): number[] => seen.map(({ sequence }) => sequence);
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

  /** Each frame but key frames follows the one before it. */
  function expectWhole(viewer: Viewer): void {
    const numbers = numbersOf(viewer);
    for (const [i, number] of numbers.entries()) {
      if (number % 30 !== 0) expect(number).toBe((numbers[i - 1] ?? Number.NaN) + 1);
    }
  }

  it("on a quick line gets every frame in order", () => {
    const viewer = new Viewer().watch();
    publish(0, 90, 5000, [viewer]);
    expect(numbersOf(viewer)).toEqual(range(0, 90));
  });

  it("that comes later gets the frames since the last key frame at once, and goes on with the next", () => {
    const first = new Viewer().watch();
    publish(0, 50, 5000, [first]);
    const later = new Viewer().watch();
    for (let i = 0; i < 10; i += 1) {
      now += 3;
      later.pass(3);
    }
    expect(numbersOf(later)).toEqual(range(30, 50));
    publish(50, 100, 5000, [first, later]);
    expect(numbersOf(later)).toEqual(range(30, 100));
    expect(numbersOf(first)).toEqual(range(0, 100));
  });

  it("that comes in the midst of a group that is too large begins with the next key frame", () => {
    const first = new Viewer().watch(1e9);
    publish(0, 15, 400_000, [first]);
    const later = new Viewer().watch(1e9);
    publish(15, 40, 5000, [first, later]);
    expect(numbersOf(later)).toEqual(range(30, 40));
    expectWhole(first);
  });

  it("whose line stood for a moment goes on with the next key frame", () => {
    const viewer = new Viewer().watch();
    publish(0, 40, 20_000, [viewer]);
    viewer.bytesPerSecond = 0;
    publish(40, 95, 20_000, [viewer]);
    viewer.bytesPerSecond = 1e9;
    publish(95, 150, 20_000, [viewer]);
    expectWhole(viewer);
    const numbers = numbersOf(viewer);
    expect(numbers).toContain(149);
    // What was on its way comes, then what follows a key frame.
    expect(numbers.filter((number) => number >= 30).length).toBeLessThan(100);
    expect(viewer.seen.every(({ level }) => level === 0)).toBe(true);
  });

  it("on a line that is too slow gets key frames alone, young ones, and every frame again once it is quick", () => {
    const viewer = new Viewer(150_000).watch();
    publish(0, 4000, 10_000, [viewer]);
    expectWhole(viewer);
    const settled = viewer.seen.filter(({ sequence }) => sequence >= 1000);
    const alone = settled.filter(({ level }) => level >= 2);
    expect(alone.every(({ sequence }) => sequence % 30 === 0)).toBe(true);
    // In 100 s every frame is tried once or twice, for two seconds.
    expect(alone.length).toBeGreaterThan(70);
    expect(settled.length - alone.length).toBeLessThan(150);
    const ages = settled.map(({ sequence, at }) => at - (1000 + 33 * sequence)).sort((a, b) => a - b);
    expect(ages[Math.floor(ages.length / 2)]).toBeLessThan(1000);
    expect(ages.at(-1)).toBeLessThan(2000);
    viewer.bytesPerSecond = 1e9;
    publish(4000, 6000, 10_000, [viewer]);
    expectWhole(viewer);
    expect(numbersOf(viewer).slice(-60)).toEqual(range(5940, 6000));
  });

  it("with a budget that is too small gets key frames alone from the beginning", () => {
    const [fine, coarse] = [new Viewer().watch(), new Viewer().watch(300_000)];
    publish(0, 90, 5000, [fine, coarse]);
    expect(numbersOf(fine)).toEqual(range(0, 90));
    expect(coarse.seen.map(({ sequence, level }) => [sequence, level])).toEqual([
      [0, 2],
      [30, 2],
      [60, 2],
    ]);
  });
});
