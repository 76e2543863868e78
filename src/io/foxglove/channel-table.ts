import type { AdvertisedChannel, ChannelKind } from "../../protocol/foxglove/server-messages.ts";

/** A message on its way to clients: the same bytes for all of them. `time` is ns since 1970. */
export type Published = { time: bigint; payload: Uint8Array };

/** What late subscribers of one channel are given, at most. */
const mostLatched = 1024;
const mostLatchedBytes = 16 * 1024 * 1024;

/** One topic with its messages' kind. */
export class Channel {
  /** The newest message of each of its publishers, where the topic is latched (transient local). */
  private readonly kept = new Map<string, Published>();
  private latchedBytes = 0;

  constructor(
    readonly id: number,
    readonly kind: ChannelKind,
  ) {}

  /** Keeps a message for late subscribers. One with the `key` of an earlier one takes its place. */
  keep(key: string, message: Published): void {
    this.drop(key);
    this.kept.set(key, message);
    this.latchedBytes += message.payload.length;
    for (const oldest of this.kept.keys()) {
      const fits = this.kept.size <= mostLatched && this.latchedBytes <= mostLatchedBytes;
      if (fits || oldest === key) return;
      this.drop(oldest);
    }
  }

  drop(key: string): void {
    this.latchedBytes -= this.kept.get(key)?.payload.length ?? 0;
    this.kept.delete(key);
  }

  dropAll(): void {
    this.kept.clear();
    this.latchedBytes = 0;
  }

  latched(key: string): Published | undefined {
    return this.kept.get(key);
  }

  /** What a late subscriber is given, oldest first. */
  allLatched(): Iterable<Published> {
    return this.kept.values();
  }

  advertised(): AdvertisedChannel {
    return { id: this.id, ...this.kind };
  }
}

/** The channels of one endpoint. A topic has one; with another schema it becomes another channel. */
export class ChannelTable {
  private readonly byTopic = new Map<string, Channel>();
  private readonly byId = new Map<number, Channel>();
  private count = 0;

  /** `onChange` tells clients which ones came and which went. */
  constructor(private readonly onChange: (added: Channel | null, removed: Channel | null) => void) {}

  of(topic: string): Channel | undefined {
    return this.byTopic.get(topic);
  }

  withId(id: number): Channel | undefined {
    return this.byId.get(id);
  }

  all(): Channel[] {
    return [...this.byTopic.values()];
  }

  /** The channel of a topic with messages of this kind. */
  ensure(kind: ChannelKind): Channel {
    const known = this.byTopic.get(kind.topic);
    if (known !== undefined && isSameKind(known.kind, kind)) return known;
    if (known !== undefined) this.remove(kind.topic);
    const channel = new Channel(++this.count, kind);
    this.byTopic.set(kind.topic, channel);
    this.byId.set(channel.id, channel);
    this.onChange(channel, null);
    return channel;
  }

  remove(topic: string): void {
    const channel = this.byTopic.get(topic);
    if (channel === undefined) return;
    this.byTopic.delete(topic);
    this.byId.delete(channel.id);
    this.onChange(null, channel);
  }
}

function isSameKind(a: ChannelKind, b: ChannelKind): boolean {
  return (
    a === b ||
    (a.encoding === b.encoding &&
      a.schemaName === b.schemaName &&
      a.schemaEncoding === b.schemaEncoding &&
      a.schema === b.schema)
  );
}
