import { firstLineOf } from "../../core/first-line.ts";
import type { Result } from "../../core/result.ts";
import type { Input } from "../../engine/ports/inputs.ts";
import { numberAt, wayOf } from "../../protocol/topics/topic-number.ts";
import { TopicReader } from "../../protocol/topics/topic-reader.ts";
import { installedMessageText } from "../ros/installed-message-text.ts";
import { durability, type RclNode, type Rclnodejs } from "../ros/rclnodejs-api.ts";
import { TopicWatch } from "../ros/topic-watch.ts";
import { largeTypes } from "./large-types.ts";
import { Rejections } from "./rejections.ts";
import type { TopicOrder, TopicReport } from "./topic-orders.ts";

type Field = { name: string; way: readonly (string | number)[] };

type Feed = {
  topic: string;
  fields: readonly Field[];
  watch: TopicWatch | null;
  type: string;
  /** The last message waits for those who come later: its numbers do not age. */
  isLatched: boolean;
  /** By the field. */
  rejected: Rejections;
  /** The topic cannot be subscribed to; told once. */
  refusal: string;
};

/** Single numbers of topics, of every message: a subscription for each topic, and only the numbers leave this process. Times are server ms. */
export class NumberFeeds {
  private readonly feeds = new Map<number, Feed>();

  constructor(
    private readonly rcl: Rclnodejs,
    private readonly node: RclNode,
    private readonly now: () => number,
    private readonly report: (report: TopicReport) => void,
  ) {}

  open({ feed: id, topic, fields: names }: Extract<TopicOrder, { op: "numbers" }>): void {
    const fields = names.map((name) => ({ name, way: wayOf(name) }));
    const known = this.feeds.get(id);
    if (known !== undefined) {
      known.fields = fields;
      return;
    }
    const feed: Feed = {
      ...{ topic, fields, watch: null, type: "", isLatched: false },
      ...{ rejected: new Rejections(), refusal: "" },
    };
    this.feeds.set(id, feed);
    this.look(id, feed);
  }

  /** Whether the feed was one of these. */
  close(id: number): void {
    this.feeds.get(id)?.watch?.end();
    this.feeds.delete(id);
  }

  /** Looks at who publishes. Called a few times a second. */
  poll(): void {
    for (const [id, feed] of this.feeds) this.look(id, feed);
  }

  private look(id: number, feed: Feed): void {
    try {
      const infos = this.node.getPublishersInfoByTopic(feed.topic);
      const [first] = infos;
      feed.isLatched = infos.some(({ qos_profile: q }) => q.durability === durability.transientLocal);
      const isOther = first !== undefined && !infos.some((info) => info.topic_type === feed.type);
      if (isOther && feed.refusal !== first.topic_type) this.begin(id, feed, first.topic_type);
      feed.watch?.poll(true);
    } catch (error) {
      feed.rejected.add(`it cannot be subscribed to: ${firstLineOf(error)}`);
    }
    for (const [field, rejected] of feed.rejected.take(this.now())) {
      this.report({ op: "numbersRejected", feed: id, field, ...rejected });
    }
  }

  /** Subscribes, once somebody publishes the topic; anew where its publishers have another type. */
  private begin(id: number, feed: Feed, type: string): void {
    feed.watch?.end();
    feed.watch = null;
    const reader = TopicReader.of(type, installedMessageText);
    if (!reader.ok) {
      feed.refusal = type;
      feed.type = "";
      feed.rejected.add(`${reader.reason}; install its package and source it before the twin starts`);
      return;
    }
    feed.type = type;
    feed.refusal = "";
    const watched = {
      ...{ topic: feed.topic, type, latched: false, newestOnly: largeTypes.has(type) },
      decode: (bytes: Uint8Array) => this.take(id, feed, reader.value, bytes),
    };
    const inbox = {
      push: (_: string, at: number, input: Input) => this.note(id, feed, at, input),
      tap: null,
    };
    feed.watch = new TopicWatch(this.rcl, this.node, watched, inbox, this.now);
  }

  /** What the watch says of the publishers. */
  private note(id: number, feed: Feed, received: number, input: Input): void {
    if (input.kind === "rejected") feed.rejected.add(input.reason);
    if (input.kind === "sourceLost") {
      this.report({ op: "numbersLost", feed: id, received, reason: input.reason });
    }
    if (input.kind === "sourceEpoch") this.report({ op: "numbersLost", feed: id, received, reason: null });
  }

  private take(id: number, feed: Feed, reader: TopicReader, bytes: Uint8Array): Result<readonly Input[]> {
    const received = this.now();
    try {
      const read = reader.read(bytes);
      if (!read.ok) return read;
      const { message, stamp } = read.value;
      const numbers: Record<string, number | null> = {};
      let isAny = false;
      for (const { name, way } of feed.fields) {
        const value = numberAt(message, way);
        if (typeof value === "string") {
          feed.rejected.add(value, name);
          continue;
        }
        numbers[name] = Number.isFinite(value) ? value : null;
        isAny = true;
      }
      const { isLatched } = feed;
      if (isAny) this.report({ op: "numbers", feed: id, received, stamp, isLatched, numbers });
    } catch (error) {
      // What is thrown into native code ends the process.
      feed.rejected.add(firstLineOf(error));
    }
    return { ok: true, value: [] };
  }
}
