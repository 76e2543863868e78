import type { Result } from "../../core/result.ts";
import type { Inbox } from "../../engine/inbox.ts";
import type { Input } from "../../engine/inputs.ts";
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
  decode(bytes: Uint8Array): Result<Input>;
  /** Its values never age: a loss of the publisher is no news. */
  latched: boolean;
  /** Only the newest message counts, and one may be megabytes: no more than it is kept. */
  newestOnly?: boolean;
};

/**
 * Follows one topic through the life of its publishers: subscribes with a QoS that they can serve,
 * again when that changes, and says when they are gone or replaced. Raw bytes are decoded here.
 */
export class TopicWatch {
  /** The source's name in metrics and values. */
  readonly source: string;
  private subscription: RclSubscription | null = null;
  private offered = "";
  private publishers = new Set<string>();
  private wrongType = "";
  private count = 0;

  constructor(
    private readonly rcl: Rclnodejs,
    private readonly node: RclNode,
    private readonly watched: WatchedTopic,
    private readonly inbox: Inbox,
    private readonly now: () => number,
  ) {
    this.source = `ros:${watched.topic}`;
  }

  hasPublishers(): boolean {
    return this.publishers.size > 0;
  }

  /** Listens no more: another topic takes its place. What it gave is not renewed. */
  end(): void {
    if (this.subscription !== null) this.node.destroySubscription(this.subscription);
    this.subscription = null;
  }

  /** Looks at who publishes now. Called a few times a second; when not `closely`, only a changed count is looked into. */
  poll(closely: boolean): void {
    const { topic, type } = this.watched;
    const count = this.node.countPublishers(topic);
    if (!closely && count === this.count) return;
    this.count = count;
    const all = this.node.getPublishersInfoByTopic(topic);
    const infos = all.filter((info) => info.topic_type === type);
    this.sayWrongType(all.find((info) => info.topic_type !== type));
    this.followPublishers(infos);
    if (infos.length === 0) return;
    const reliable = infos.every((info) => info.qos_profile.reliability === reliability.reliable);
    const durable = infos.every((info) => info.qos_profile.durability === durability.transientLocal);
    const offered = `${reliable} ${durable}`;
    if (offered === this.offered) return;
    this.offered = offered;
    if (this.subscription !== null) this.node.destroySubscription(this.subscription);
    const profile = qos(
      this.rcl,
      this.watched.newestOnly === true ? 1 : usualDepth,
      reliable ? reliability.reliable : reliability.bestEffort,
      durable ? durability.transientLocal : durability.volatile,
    );
    this.subscription = this.node.createSubscription(type, topic, { isRaw: true, qos: profile }, (message) =>
      this.receive(message as Uint8Array),
    );
  }

  private receive(bytes: Uint8Array): void {
    const received = this.now();
    const decoded = this.watched.decode(bytes);
    if (decoded.ok) {
      this.inbox.push(this.source, received, decoded.value);
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
    if (lost && present.size === 0 && !this.watched.latched) {
      const reason = `nobody publishes ${this.watched.topic} any more`;
      this.inbox.push(this.source, this.now(), { kind: "sourceLost", reason });
    }
    const returned = came && !had && this.subscription !== null;
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
