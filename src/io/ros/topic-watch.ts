import type { Result } from "../../core/result.ts";
import type { Inbox } from "../../engine/ports/inbox.ts";
import type { Input, Publishers } from "../../engine/ports/inputs.ts";
import { MessageCopies } from "./message-copies.ts";
import {
  durability,
  type EndpointInfo,
  qos,
  type RclNode,
  type Rclnodejs,
  type RclSubscription,
  reliability,
} from "./rclnodejs-api.ts";

/** Messages the middleware keeps for us while the event loop is busy: a second of a 1 kHz topic. */
const usualDepth = 1000;

export type WatchedTopic = {
  topic: string;
  /** As `sensor_msgs/msg/JointState`. */
  type: string;
  /** `publishers` are the nodes that publish the topic, where there are several. */
  decode(bytes: Uint8Array, publishers: Publishers): Result<Input | readonly Input[]>;
  /** Its values never age: a loss of the publisher is no news. */
  latched: boolean;
  /** Only the newest message counts, and one may be megabytes: no more than it is kept. */
  newestOnly?: boolean;
  /** Messages that the middleware keeps while the event loop is busy; absent: those of a second at 1 kHz. */
  depth?: number;
};

/** For who takes messages by `decode` alone, and does not ask what a watch says of publishers. */
export const nowhere: Pick<Inbox, "push" | "tap"> = { push: () => undefined, tap: null };

/**
 * Follows one topic through the life of its publishers: subscribes with the QoS that they offer, once for each QoS where
 * they differ, and says when they are gone or replaced. So nobody's offer decides for the others: a latched message
 * arrives beside a volatile publisher, and a reliable publisher stays reliable beside a best-effort one. Raw bytes are
 * decoded here.
 */
export class TopicWatch {
  /** The source's name in metrics and values. */
  readonly source: string;
  /** A subscription for each offer of QoS that publishers make. */
  private readonly lanes = new Map<number, RclSubscription>();
  private readonly copies = new MessageCopies();
  private publishers = new Set<string>();
  private nodes: Publishers;
  private wrongType = "";
  private count = 0;

  constructor(
    private readonly rcl: Rclnodejs,
    private readonly node: RclNode,
    private readonly watched: WatchedTopic,
    private readonly inbox: Pick<Inbox, "push" | "tap">,
    private readonly now: () => number,
  ) {
    this.source = `ros:${watched.topic}`;
  }

  hasPublishers(): boolean {
    return this.publishers.size > 0;
  }

  /** Listens no more: another topic takes its place. What it gave is not renewed. */
  end(): void {
    for (const subscription of this.lanes.values()) this.node.destroySubscription(subscription);
    this.lanes.clear();
  }

  /** Looks at who publishes now. Called a few times a second; when not `closely`, only a changed count is looked into. */
  poll(closely: boolean): void {
    const { topic, type } = this.watched;
    const count = this.node.countPublishers(topic);
    if (!closely && count === this.count) return;
    // Nobody was there, and nobody is.
    if (count === 0 && this.count === 0 && this.publishers.size === 0) return;
    this.count = count;
    const all = this.node.getPublishersInfoByTopic(topic);
    const infos = all.filter((info) => info.topic_type === type);
    this.sayWrongType(all.find((info) => info.topic_type !== type));
    this.followPublishers(infos);
    if (infos.length > 0) this.follow(new Set(infos.map(offerOf)));
  }

  /** One subscription for each offer; those that nobody offers any more end. */
  private follow(offers: ReadonlySet<number>): void {
    for (const [offer, subscription] of this.lanes) {
      if (offers.has(offer)) continue;
      this.node.destroySubscription(subscription);
      this.lanes.delete(offer);
    }
    for (const offer of offers) if (!this.lanes.has(offer)) this.lanes.set(offer, this.subscribe(offer));
    if (this.lanes.size < 2) this.copies.clear();
  }

  private subscribe(offer: number): RclSubscription {
    const profile = qos(
      this.rcl,
      this.watched.newestOnly === true ? 1 : (this.watched.depth ?? usualDepth),
      (offer & reliableOffer) !== 0 ? reliability.reliable : reliability.bestEffort,
      (offer & durableOffer) !== 0 ? durability.transientLocal : durability.volatile,
    );
    const { type, topic } = this.watched;
    return this.node.createSubscription(type, topic, { isRaw: true, qos: profile }, (message) =>
      this.receive(message as Uint8Array, offer),
    );
  }

  private receive(bytes: Uint8Array, lane: number): void {
    if (this.lanes.size > 1 && this.copies.isCopy(bytes, lane)) return;
    const received = this.now();
    const { topic, type } = this.watched;
    this.inbox.tap?.({ kind: "ros", topic, type, cdr: bytes, received });
    const decoded = this.watched.decode(bytes, this.nodes);
    if (decoded.ok) {
      const { value } = decoded;
      if ("kind" in value) this.inbox.push(this.source, received, value);
      else for (const input of value) this.inbox.push(this.source, received, input);
      const { leftOut } = decoded;
      if (leftOut !== undefined) this.inbox.push(this.source, received, { kind: "leftOut", reason: leftOut });
      return;
    }
    const reason = decoded.path === "" ? decoded.reason : `${decoded.path}: ${decoded.reason}`;
    this.inbox.push(this.source, received, { kind: "rejected", reason });
  }

  private followPublishers(infos: readonly EndpointInfo[]): void {
    const present = new Set(infos.map((info) => info.endpoint_gid.join(".")));
    const lost = [...this.publishers].some((gid) => !present.has(gid));
    const came = [...present].some((gid) => !this.publishers.has(gid));
    const had = this.publishers.size > 0;
    this.publishers = present;
    this.nodes = present.size > 1 ? nodesOf(infos) : undefined;
    if (lost && present.size === 0 && !this.watched.latched) {
      const reason = `nobody publishes ${this.watched.topic} any more`;
      this.inbox.push(this.source, this.now(), { kind: "sourceLost", reason });
    }
    const returned = came && !had && this.lanes.size > 0;
    if ((lost && came) || returned) this.inbox.push(this.source, this.now(), { kind: "sourceEpoch" });
  }

  private sayWrongType(info: EndpointInfo | undefined): void {
    const wrong = info === undefined ? "" : info.topic_type;
    if (wrong === this.wrongType) return;
    this.wrongType = wrong;
    if (wrong === "") return;
    const reason = `${info?.node_name} publishes ${wrong}, but ${this.watched.type} is expected`;
    this.inbox.push(this.source, this.now(), { kind: "rejected", reason });
  }
}

const reliableOffer = 1;
const durableOffer = 2;

/** What a publisher offers of the two policies, as bits. */
function offerOf({ qos_profile: { reliability: reliable, durability: durable } }: EndpointInfo): number {
  return (
    (reliable === reliability.reliable ? reliableOffer : 0) |
    (durable === durability.transientLocal ? durableOffer : 0)
  );
}

/** The nodes behind publishers, by their full names, each once. */
function nodesOf(infos: readonly EndpointInfo[]): readonly string[] {
  const names = infos.map(
    ({ node_name, node_namespace = "/" }) => `${node_namespace.replace(/\/$/, "")}/${node_name}`,
  );
  return [...new Set(names)].sort();
}
