import type { Engine } from "../../engine/engine.ts";
import type { RawMessage } from "../../engine/ports/raw-tap.ts";
import type { ServerCommandMessage } from "../../protocol/command-messages.ts";
import { timeFrame } from "../../protocol/foxglove/server-frames.ts";
import { type Capability, nanoseconds } from "../../protocol/foxglove/server-messages.ts";
import { decodeTransforms } from "../../protocol/ros-decode.ts";
import type { FindMessageText } from "../../protocol/ros-schema-text.ts";
import type { TwinEvent } from "../../protocol/state-messages.ts";
import type { FindMesh } from "./asset-file.ts";
import { type Channel, ChannelTable } from "./channel-table.ts";
import { ClientSession, type Visitor } from "./client-session.ts";
import { OperatorSide } from "./operator-side.ts";
import { isLatched, RosChannels } from "./ros-channels.ts";
import { TwinFeed } from "./twin-feed.ts";

export type EndpointOptions = {
  engine: Engine;
  version: string;
  /** A number that no other run of the program has. */
  run: string;
  findMesh: FindMesh;
  /** The definitions that are installed. */
  findMessage: FindMessageText;
  /** The namespace of a robot's topics, "" at the root. */
  namespaceOf(robot: string): string;
  /** Starts a cycle at once: for a stop. */
  stopNow(): void;
  now(): number;
  onRefused(reason: string): void;
};

/** What ROS gave in this time is not made by the twin as well. ms */
const givenMs = 1000;
/** More topics are never shown. */
const mostTopics = 4096;

/** `/foxglove`: what is there now. ROS topics as they arrive, and what the twin knows beside them. */
export class LiveEndpoint {
  private readonly channels: ChannelTable;
  private readonly sessions = new Map<string, ClientSession>();
  private readonly operators = new Map<string, OperatorSide>();
  private readonly ros: RosChannels;
  private readonly feed: TwinFeed;
  /** When ROS gave each topic last, server ms. */
  private readonly given = new Map<string, number>();
  private count = 0;

  constructor(private readonly options: EndpointOptions) {
    this.ros = new RosChannels(options.findMessage);
    this.channels = new ChannelTable((added, removed) => {
      for (const session of this.sessions.values()) {
        if (added !== null) session.advertise([added]);
        if (removed !== null) session.unadvertise(removed);
      }
    });
    this.feed = new TwinFeed({
      engine: options.engine,
      channels: this.channels,
      ros: this.ros,
      namespaceOf: options.namespaceOf,
      isGiven: (topic) => (this.given.get(topic) ?? Number.NEGATIVE_INFINITY) > options.now() - givenMs,
      isWanted: (channel) => this.isWanted(channel),
      publish: (channel, time, payload) => this.publish(channel, { time: nanoseconds(time), payload }),
    });
  }

  size(): number {
    return this.sessions.size;
  }

  heldBytes(): number {
    let sum = 0;
    for (const session of this.sessions.values()) sum += session.out.heldBytes();
    return sum;
  }

  accept(visitor: Visitor): void {
    const { options } = this;
    const { now } = options;
    const id = `foxglove-${++this.count}`;
    const session = new ClientSession(visitor, this.channels, options.findMesh, now, options.onRefused);
    const operator = new OperatorSide(session, id, options, () => this.feed.prefixes());
    const capabilities: Capability[] = ["time", "services", "assets"];
    if (visitor.mayOperate) capabilities.unshift("clientPublish");
    session.out.text({
      op: "serverInfo",
      name: `twinbridge ${options.version}`,
      capabilities,
      supportedEncodings: ["cdr", "json"],
      metadata: { ROS_DISTRO: process.env.ROS_DISTRO ?? "jazzy" },
      sessionId: options.run,
    });
    // Before it is among those who are told of channels: it gets all of them at its start.
    this.feed.prepare(now());
    session.start({
      advertise: ({ channels }) => operator.advertise(channels),
      unadvertise: (channels) => operator.unadvertise(channels),
      publish: (channel, payload) => operator.publish(channel, payload),
      call: (call) => operator.call(call),
      isUrgent: (frame) => operator.isStop(frame),
      playback: () => "the live twin cannot be played back: connect to /foxglove/replay",
      subscribing: (channel) => this.feed.subscribing(channel),
      closed: () => {
        this.sessions.delete(id);
        this.operators.delete(id);
        operator.end();
      },
    });
    session.out.text({ op: "advertiseServices", services: operator.services() });
    this.sessions.set(id, session);
    this.operators.set(id, operator);
  }

  /** A message of ROS as it arrived. */
  take(message: RawMessage): void {
    if (message.kind !== "ros") return;
    const { topic, type, cdr, received } = message;
    const isKept = isLatched(topic);
    this.given.set(topic, received);
    let channel = this.channels.of(topic);
    if (channel === undefined || (channel.kind.encoding === "cdr" && !isType(channel, type))) {
      const kind = this.given.size > mostTopics ? null : this.ros.kindOf(topic, type);
      if (kind === null) return;
      channel = this.channels.ensure(kind);
    }
    if (!isKept && !this.isWanted(channel)) return;
    // The bytes belong to the transport.
    const published = { time: nanoseconds(received), payload: Uint8Array.from(cdr) };
    if (isKept) channel.keep(latchKey(topic, cdr), published);
    this.publish(channel, published);
  }

  /** Called many times a second: what the twin makes itself, and what waits for slow clients. */
  tick(now: number): void {
    if (this.sessions.size === 0) return;
    this.feed.tick(now);
    const time = timeFrame(nanoseconds(now));
    for (const session of this.sessions.values()) {
      if (session.hasSubscriptions()) session.out.time(time);
      session.out.drain();
    }
    for (const operator of this.operators.values()) operator.tick(now);
  }

  event(event: TwinEvent): void {
    if (this.sessions.size > 0) this.feed.event(event);
  }

  /** Whether a command session is one of this endpoint's. */
  owns(session: string): boolean {
    return this.operators.has(session);
  }

  reply(session: string, message: ServerCommandMessage): void {
    this.operators.get(session)?.take(message);
  }

  private isWanted(channel: Channel): boolean {
    for (const session of this.sessions.values()) if (session.isSubscribed(channel)) return true;
    return false;
  }

  private publish(channel: Channel, message: { time: bigint; payload: Uint8Array }): void {
    // Of several publishers' static transforms each counts.
    const each = channel.kind.topic.endsWith("tf_static");
    for (const session of this.sessions.values()) session.publish(channel, message, each);
  }
}

function isType({ kind }: Channel, type: string): boolean {
  return kind.schemaName === type;
}

/** Static transforms of different frames stand beside each other; of all else the newest counts. */
function latchKey(topic: string, cdr: Uint8Array): string {
  if (!topic.endsWith("tf_static")) return "";
  const transforms = decodeTransforms(cdr);
  if (!transforms.ok) return "";
  return transforms.value
    .map(({ child }) => child)
    .sort()
    .join("\n");
}
