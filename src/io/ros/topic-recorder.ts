import { firstLineOf } from "../../core/first-line.ts";
import type { Inbox } from "../../engine/ports/inbox.ts";
import type { EndpointInfo } from "./rclnodejs-api.ts";
import { lightNode, loadRclnodejs, type RclNode, type Rclnodejs } from "./rclnodejs-api.ts";
import { TopicWatch } from "./topic-watch.ts";

const pollPeriodMs = 500;
const spinTimeoutMs = 50;
const closeLookEvery = 2;

export type TopicRecorderOptions = {
  /** File from `findRclnodejs`. */
  rclnodejs: string;
  nodeName: string;
  /** Whether a topic is wanted. */
  wants(topic: string): boolean;
  /** A topic of the graph that cannot be subscribed to. */
  onRefused(topic: string, reason: string): void;
};

/**
 * A node that subscribes to every wanted topic of the ROS graph, whatever its type, also to those that come later. The
 * raw bytes reach the taps of the inbox; nothing else does.
 */
export class TopicRecorder {
  private rcl: Rclnodejs | null = null;
  private node: RclNode | null = null;
  private timer: NodeJS.Timeout | null = null;
  private readonly watches = new Map<string, TopicWatch>();
  private readonly refused = new Set<string>();
  private looks = 0;

  constructor(
    private readonly options: TopicRecorderOptions,
    private readonly inbox: Inbox,
    private readonly now: () => number,
  ) {}

  /** Rejects with what ROS said. */
  async start(): Promise<void> {
    this.rcl = await loadRclnodejs(this.options.rclnodejs);
    await this.rcl.init();
    this.node = lightNode(this.rcl, this.options.nodeName);
    this.rcl.spin(this.node, spinTimeoutMs);
    this.poll();
    this.timer = setInterval(() => this.poll(), pollPeriodMs);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.node?.destroy();
    this.node = null;
    this.rcl?.shutdown();
  }

  topics(): number {
    return this.watches.size;
  }

  /** Who publishes a topic now. */
  publishersOf(topic: string): EndpointInfo[] {
    return this.node?.getPublishersInfoByTopic(topic) ?? [];
  }

  private poll(): void {
    const { node } = this;
    if (node === null) return;
    const closely = this.looks++ % closeLookEvery === 0;
    if (closely) for (const { name, types } of node.getTopicNamesAndTypes()) this.consider(node, name, types);
    for (const [key, watch] of this.watches) this.attempt(key, () => watch.poll(closely));
  }

  /** A topic may have several types: each is a watch of its own. */
  private consider(node: RclNode, topic: string, types: readonly string[]): void {
    // ROS hides what has a part that begins with an underscore.
    if (topic.includes("/_") || !this.options.wants(topic)) return;
    for (const type of types) {
      const key = `${topic} ${type}`;
      if (this.watches.has(key) || this.refused.has(key) || node.countPublishers(topic) === 0) continue;
      const watched = {
        topic,
        type,
        latched: true,
        decode: () => ({ ok: true as const, value: [] }),
      };
      this.watches.set(key, new TopicWatch(this.rcl as Rclnodejs, node, watched, this.inbox, this.now));
    }
  }

  private attempt(key: string, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.watches.get(key)?.end();
      this.watches.delete(key);
      this.refused.add(key);
      const [topic = "", type = ""] = key.split(" ");
      this.options.onRefused(topic, `${type}: ${firstLineOf(error)}`);
    }
  }
}
