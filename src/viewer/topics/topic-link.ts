import { ClockOffset } from "../../client/clock-offset.ts";
import { isNumber, isObject, isText } from "../../client/message-checks.ts";
import { Pinger } from "../../client/pinger.ts";
import type { Platform } from "../../client/platform.ts";
import { ReconnectingSocket } from "../../client/reconnecting-socket.ts";
import { type ServerAddress, socketUrl } from "../../client/server-address.ts";
import { PieceJoiner, type TopicMessage, unpackTopicMessage } from "../../protocol/topics/topic-frame.ts";
import type { TopicBudget, TopicListing } from "../../protocol/topics/topic-requests.ts";

const silenceMs = 6000;

/** Takes what is said about topics. Times are server ms. */
export interface TopicSink {
  list(topics: readonly TopicListing[]): void;
  watching(topic: string, type: string): void;
  publishers(topic: string, count: number, isLatched: boolean): void;
  refused(topic: string, code: string, message: string): void;
  message(topic: string, message: TopicMessage): void;
  /** The connection is lost, or is there again. */
  connected(isOpen: boolean): void;
}

type Wanted = { budget: TopicBudget; color?: string };

/**
 * The topics of ROS over a socket of their own, so that pictures and clouds never hold up the state. What is watched is asked for
 * again after a loss.
 */
export class TopicLink {
  readonly clock = new ClockOffset();
  private readonly watched = new Map<string, Wanted>();
  private readonly channels = new Map<number, string>();
  private joiner = new PieceJoiner();
  private readonly pinger: Pinger;
  private readonly socket: ReconnectingSocket;

  constructor(
    address: ServerAddress,
    private readonly platform: Platform,
    private readonly sink: TopicSink,
  ) {
    this.pinger = new Pinger(platform, this.clock, (message) => this.socket.send(message));
    this.socket = new ReconnectingSocket(
      socketUrl(address, "ws/state"),
      {
        opened: () => this.opened(),
        text: (data) => this.readText(data),
        bytes: (data) => this.readBytes(data),
        lost: () => {
          this.pinger.stop();
          sink.connected(false);
        },
      },
      silenceMs,
      platform,
    );
  }

  /** Server time in ms; null before the server's first message. */
  serverTime(): number | null {
    return this.clock.serverTime(this.platform.now());
  }

  askList(): void {
    this.socket.send({ op: "topics" });
  }

  /** `color`: the field that a cloud is coloured by; absent: as is usual. */
  watch(topic: string, budget: TopicBudget, color?: string): void {
    const wanted = { budget, ...(color === undefined ? {} : { color }) };
    this.watched.set(topic, wanted);
    this.socket.send({ op: "watch", topic, ...wanted });
  }

  unwatch(topic: string): void {
    this.watched.delete(topic);
    this.socket.send({ op: "unwatch", topic });
  }

  close(): void {
    this.pinger.stop();
    this.socket.close();
  }

  private opened(): void {
    this.joiner = new PieceJoiner();
    this.channels.clear();
    this.pinger.start();
    for (const [topic, wanted] of this.watched) this.socket.send({ op: "watch", topic, ...wanted });
    this.sink.connected(true);
  }

  private readBytes(data: ArrayBuffer): void {
    const joined = this.joiner.take(new Uint8Array(data));
    if (joined === null) return;
    const topic = this.channels.get(joined.channel);
    const message = unpackTopicMessage(joined.message);
    if (topic !== undefined && this.watched.has(topic) && message.ok) this.sink.message(topic, message.value);
  }

  private readText(data: string): void {
    let message: unknown;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    if (!isObject(message)) return;
    const { op, topic } = message;
    if (op === "hello" && isNumber(message.serverTime)) this.pinger.hello(message.serverTime);
    if (op === "pong" && isNumber(message.t) && isNumber(message.serverTime)) {
      this.pinger.take(message.t, message.serverTime);
    }
    if (op === "topics" && Array.isArray(message.topics)) this.sink.list(message.topics.filter(isListing));
    if (!isText(topic)) return;
    if (op === "watching" && isNumber(message.channel) && isText(message.type)) {
      for (const [channel, name] of this.channels) if (name === topic) this.channels.delete(channel);
      this.channels.set(message.channel, topic);
      this.sink.watching(topic, message.type);
    }
    if (op === "topic" && isNumber(message.publishers)) {
      this.sink.publishers(topic, message.publishers, message.latched === true);
    }
    if (op === "error" && isText(message.code) && isText(message.message)) {
      this.watched.delete(topic);
      this.sink.refused(topic, message.code, message.message);
    }
  }
}

function isListing(value: unknown): value is TopicListing {
  return isObject(value) && isText(value.name) && isText(value.type) && isNumber(value.publishers);
}
