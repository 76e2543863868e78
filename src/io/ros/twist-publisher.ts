import type { PlanarTwist } from "../../command/twist-stream.ts";
import type { Stamp } from "../../core/stamp.ts";
import { type BaseFormat, twistFormat } from "./base-format.ts";
import type { RclNode, RclPublisher } from "./rclnodejs-api.ts";

/** How long after a subscriber appears the zero of a stop is repeated to it: discovery ends at different times on both sides. ms */
const repeatZeroMs = 1000;

const flushNs = 300_000_000n;

/** One message type on the topic. */
type Lane = {
  type: string;
  /** Whose publisher it is. */
  node: RclNode;
  publisher: RclPublisher;
  /** Whether the last twist sent was not zero. */
  moves: boolean;
  /** Matched subscriptions at the last look. */
  matched: number;
  /** Server ms until which a zero that is owed is repeated. */
  zeroUntil: number;
};

/**
 * One velocity topic, in every message type that somebody subscribes to: each of them gets the whole stream and each
 * zero. A type without subscribers is given up only after its zero was sent.
 */
export class TwistPublisher {
  private readonly lanes: Lane[] = [];
  private subscribers = "";
  private count = 0;
  /** For the participant of a second type. */
  private isWaiting = false;
  /** The type that could not be published last. */
  private refused = "";
  /** Until when (server ms) subscribers that appear get the zero of a stop. */
  private stopUntil = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly node: RclNode,
    readonly topic: string,
    private readonly rosNow: () => Stamp,
    /** The frame a twist is meant in: the odometry's child frame, where one is known. */
    private readonly baseFrame: () => string,
    /** Server ms. */
    private readonly now: () => number,
    /** Receives a warning when the types of the subscribers change and are more than one. */
    private readonly warn: (text: string) => void,
    /** A node of another participant, for a second type; null while there is none yet. */
    private readonly second: () => RclNode | null,
    private readonly format: BaseFormat = twistFormat,
  ) {}

  /**
   * Looks for subscribers, as TopicWatch does for publishers; true when one is connected: what is published before
   * discovery is complete on both sides reaches nobody.
   */
  poll(closely: boolean): boolean {
    const count = this.node.countSubscribers(this.topic);
    if (closely || count !== this.count || this.isWaiting) this.look();
    this.count = count;
    this.repeatZero();
    return this.lanes.some((lane) => lane.matched > 0);
  }

  /** Whether there are subscribers, though none is connected: their QoS may not fit. */
  hasUnmatched(): boolean {
    return this.subscribers !== "" && this.lanes.every((lane) => lane.matched === 0);
  }

  send(twist: PlanarTwist): void {
    for (const lane of this.lanes) this.publish(lane, twist);
  }

  /**
   * A stop: sends the zero now, and to every subscriber that is found within `lateMs`, as after a start of this
   * program.
   */
  stop(lateMs: number): void {
    this.send(zero);
    this.stopUntil = this.now() + lateMs;
    for (const lane of this.lanes) lane.zeroUntil = this.now() + repeatZeroMs;
  }

  /** The stop was released: nothing more is sent for it. */
  reset(): void {
    this.stopUntil = Number.NEGATIVE_INFINITY;
    for (const lane of this.lanes) lane.zeroUntil = Number.NEGATIVE_INFINITY;
  }

  /** Takes over the stop that another topic of the same robot still owes its zero for. */
  follow(other: TwistPublisher): void {
    this.stopUntil = other.stopUntil;
  }

  /** Ends what moves with a zero, for a topic that is given up. */
  halt(): void {
    for (const lane of this.lanes) if (lane.moves) this.publish(lane, zero);
  }

  /** Waits, blocking, until the subscribers have what was sent. For the end of the program. */
  flush(): void {
    for (const { publisher } of this.lanes) publisher.waitForAllAcked(flushNs);
  }

  destroy(): void {
    for (const { node, publisher } of this.lanes) node.destroyPublisher(publisher);
    this.lanes.length = 0;
  }

  private look(): void {
    const { types } = this.format;
    const infos = this.node
      .getSubscriptionsInfoByTopic(this.topic)
      .filter(({ topic_type: type }) => types.includes(type));
    const wanted = types.filter((type) => infos.some((info) => info.topic_type === type));
    this.isWaiting = false;
    for (const type of wanted) {
      if (this.lanes.some((lane) => lane.type === type)) continue;
      const node = this.lanes.some((lane) => lane.node === this.node) ? this.second() : this.node;
      if (node === null) {
        this.isWaiting = true;
        continue;
      }
      const publisher = this.publisherOn(node, type);
      if (publisher === null) continue;
      this.lanes.push({
        type,
        node,
        publisher,
        moves: false,
        matched: 0,
        zeroUntil: Number.NEGATIVE_INFINITY,
      });
    }
    for (const lane of [...this.lanes]) {
      if (wanted.includes(lane.type) || lane.moves || this.now() < lane.zeroUntil) continue;
      lane.node.destroyPublisher(lane.publisher);
      this.lanes.splice(this.lanes.indexOf(lane), 1);
    }
    const subscribers = wanted
      .map((type) => {
        const nodes = infos.filter((info) => info.topic_type === type).map((info) => info.node_name);
        return `${[...new Set(nodes)].sort().join(", ")} as ${type}`;
      })
      .join(" and ");
    if (subscribers !== this.subscribers && wanted.length > 1) {
      this.warn(
        `${this.topic} has subscribers of two message types (${subscribers}): every command and every zero is published as both. Remap one of them if only one should receive commands.`,
      );
    }
    this.subscribers = subscribers;
  }

  /** Null, with a warning, where the middleware makes none: the other types must still be served. */
  private publisherOn(node: RclNode, type: string): RclPublisher | null {
    try {
      return node.createPublisher(type, this.topic);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (this.refused !== type) {
        this.warn(
          `${this.topic} cannot be published as ${type}, so its subscribers get no command and no stop: ${reason}`,
        );
      }
      this.refused = type;
      return null;
    }
  }

  /** The zero of a stop, to those who were not matched yet when it was sent. */
  private repeatZero(): void {
    const now = this.now();
    for (const lane of this.lanes) {
      const matched = lane.publisher.subscriptionCount;
      if (matched > lane.matched && now < this.stopUntil) lane.zeroUntil = now + repeatZeroMs;
      lane.matched = matched;
      if (now < lane.zeroUntil) this.publish(lane, zero);
    }
  }

  private publish(lane: Lane, twist: PlanarTwist): void {
    lane.moves = twist.x !== 0 || twist.y !== 0 || twist.yaw !== 0;
    lane.publisher.publish(this.format.encode(lane.type, twist, this.rosNow(), this.baseFrame()));
  }
}

const zero: PlanarTwist = { x: 0, y: 0, yaw: 0 };
