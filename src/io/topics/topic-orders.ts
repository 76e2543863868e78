import type { Stamp } from "../../core/stamp.ts";
import type { RosAnswer, RosQuestion } from "../../protocol/topics/ros-questions.ts";
import type { TopicErrorCode, TopicListing } from "../../protocol/topics/topic-requests.ts";
import type { GroupFrame } from "../../protocol/topics/video/video-group.ts";

/** One line to the process that listens to topics. */
export type TopicOrder =
  /**
   * Listen to a topic, and encode it in these levels of detail; again with others where they change. `color`: the field that a cloud
   * is coloured by.
   */
  | { op: "open"; feed: number; topic: string; levels: readonly number[]; color?: string }
  /** Send these numbers of every message of a topic; again with others where they change. */
  | { op: "numbers"; feed: number; topic: string; fields: readonly string[] }
  | { op: "close"; feed: number }
  | { op: "list" }
  /** A question about the ROS graph; `answer` with the same id returns. */
  | { op: "ask"; id: number; question: RosQuestion }
  /** Where the simulated robot is, for its simulated sensors: m, m, rad in the frame `odometry`. */
  | { op: "robot"; base: string; odometry: string; x: number; y: number; yaw: number };

/** Mesh files that are remembered at most: so many different ones are nobody's robot. */
export const mostMeshes = 1000;

/** What it says of the numbers of a topic. `received`: server ms. */
export type NumbersReport =
  /** One message: its numbers by the field; null: not finite. `isLatched`: they do not age. */
  | {
      op: "numbers";
      feed: number;
      received: number;
      stamp: Stamp | null;
      isLatched: boolean;
      numbers: Readonly<Record<string, number | null>>;
    }
  /** Nobody publishes the topic any more; without a reason: others publish it now. */
  | { op: "numbersLost"; feed: number; received: number; reason: string | null }
  /** So many messages had no such number, since the last report; field "": they could not be read at all. */
  | { op: "numbersRejected"; feed: number; field: string; count: number; reason: string };

/** What it says. */
export type TopicReport =
  | { op: "list"; topics: readonly TopicListing[] }
  /** Who publishes the topic now, and whether its last message waits for those who come later. */
  | { op: "feed"; feed: number; type: string; publishers: number; isLatched: boolean }
  | { op: "answer"; id: number; answer: RosAnswer }
  | NumbersReport
  | { op: "failed"; feed: number; code: TopicErrorCode; message: string }
  /** Mesh files that markers of watched topics name, each told once. */
  | { op: "meshes"; uris: readonly string[] }
  /** So many messages of it could not be read, since the last report; and why not. */
  | { op: "rejected"; topic: string; count: number; reason: string };

/** What comes out of the process: the same, and once a second that it does not hang. */
export type ProcessReport = TopicReport | { op: "alive" };

/**
 * A message of a feed in one level of detail, as it goes to the viewers. `received`: server ms. `video`: a frame that needs those before
 * it, of all levels that get every frame; others are whole on their own, and the newest of them counts.
 */
export type FeedMessage = {
  feed: number;
  level: number;
  received: number;
  bytes: Uint8Array;
  video?: GroupFrame;
};

const reportKind = 0;
const messageKind = 1;
/** u32 length of what follows, u8 kind. */
const frameHeader = 5;
/** u16 feed, u8 level, f64 received, u8 what of a video it is, u32 its number in it. */
const messageHeader = 16;
const noVideo = 0;
const keyFrame = 1;
const otherFrame = 2;

export function reportFrame(report: ProcessReport): Buffer {
  const text = Buffer.from(JSON.stringify(report));
  const out = Buffer.alloc(frameHeader + text.length);
  out.writeUInt32LE(1 + text.length, 0);
  out.writeUInt8(reportKind, 4);
  text.copy(out, frameHeader);
  return out;
}

/** The frame of a message in two parts, so that its bytes are not copied. */
export function messageFrame({ feed, level, received, bytes, video }: FeedMessage): [Buffer, Uint8Array] {
  const head = Buffer.alloc(frameHeader + messageHeader);
  head.writeUInt32LE(1 + messageHeader + bytes.byteLength, 0);
  head.writeUInt8(messageKind, 4);
  head.writeUInt16LE(feed, 5);
  head.writeUInt8(level, 7);
  head.writeDoubleLE(received, 8);
  head.writeUInt8(video === undefined ? noVideo : video.key ? keyFrame : otherFrame, 16);
  head.writeUInt32LE((video?.sequence ?? 0) >>> 0, 17);
  return [head, bytes];
}

/** Takes what comes out of the pipe apart; each frame is put together once. */
export class FrameCutter {
  private readonly head = Buffer.alloc(4);
  private headFilled = 0;
  private body: Buffer | null = null;
  private bodyFilled = 0;

  constructor(
    private readonly onReport: (report: ProcessReport) => void,
    private readonly onMessage: (message: FeedMessage) => void,
  ) {}

  take(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.body === null) {
        const some = chunk.copy(this.head, this.headFilled, at, at + 4 - this.headFilled);
        this.headFilled += some;
        at += some;
        if (this.headFilled < 4) return;
        this.headFilled = 0;
        this.body = Buffer.allocUnsafeSlow(this.head.readUInt32LE(0));
        this.bodyFilled = 0;
        continue;
      }
      const some = chunk.copy(this.body, this.bodyFilled, at);
      this.bodyFilled += some;
      at += some;
      if (this.bodyFilled < this.body.length) return;
      const { body } = this;
      this.body = null;
      this.give(body);
    }
  }

  private give(body: Buffer): void {
    if (body[0] === reportKind) {
      this.onReport(JSON.parse(body.toString("utf8", 1)) as ProcessReport);
      return;
    }
    const part = body.readUInt8(12);
    const video = { key: part === keyFrame, sequence: body.readUInt32LE(13) };
    this.onMessage({
      ...(part === noVideo ? {} : { video }),
      feed: body.readUInt16LE(1),
      level: body.readUInt8(3),
      received: body.readDoubleLE(4),
      bytes: body.subarray(1 + messageHeader),
    });
  }
}
