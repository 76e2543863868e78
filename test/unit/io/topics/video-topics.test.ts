import { describe, expect, it } from "vitest";
import { TopicFeed } from "../../../../src/io/topics/topic-feed.ts";
import { type FeedMessage, FrameCutter, messageFrame } from "../../../../src/io/topics/topic-orders.ts";
import { FrameHistory } from "../../../../src/protocol/topics/frame-history.ts";
import { TopicEncoder } from "../../../../src/protocol/topics/topic-encoder.ts";
import { unpackTopicMessage } from "../../../../src/protocol/topics/topic-frame.ts";
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
