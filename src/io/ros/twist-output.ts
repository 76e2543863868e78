import type { PlanarTwist } from "../../command/twist-stream.ts";
import { type BaseFormat, twistFormat } from "./base-format.ts";
import { privateTopics } from "./private-topics.ts";
import type { RclNode } from "./rclnodejs-api.ts";
import type { TwistPublisher } from "./twist-publisher.ts";

export type TwistOutputOptions = {
  node: RclNode;
  /** Absolute name of the topic to use, or of the one that is used first where it is to be found. */
  topic: string;
  /** Whether a controller's own topic is used while nobody subscribes to `topic`. */
  isAuto: boolean;
  /** The robot's namespace: "/" or "/r1". */
  namespace: string;
  publisherOn(topic: string): TwistPublisher;
  /** Absent: twists. */
  format?: BaseFormat;
};

/**
 * Where twists for one robot leave: the configured topic, else `cmd_vel` under its namespace, else the one
 * `<controller>/cmd_vel` of a node in that namespace. A topic that is given up gets its zero first.
 */
export class TwistOutput {
  private publisher: TwistPublisher;
  /** Given up, and destroyed once what was sent last is out. */
  private readonly leaving: TwistPublisher[] = [];
  private candidates: string[] = [];
  private readonly format: BaseFormat;

  constructor(private readonly options: TwistOutputOptions) {
    this.format = options.format ?? twistFormat;
    this.publisher = options.publisherOn(options.topic);
  }

  /** Looks at the ROS graph; true when somebody takes twists. */
  poll(closely: boolean): boolean {
    for (const publisher of this.leaving.splice(0)) publisher.destroy();
    const { isAuto, topic, node, namespace } = this.options;
    const { leaves, types } = this.format;
    if (isAuto && closely) {
      const isNamed = this.hasSubscribers(topic);
      this.candidates = isNamed ? [] : privateTopics(node, "subscriptions", namespace, leaves, types);
      const [own] = this.candidates;
      this.use(own !== undefined && this.candidates.length === 1 ? own : topic);
    }
    return this.publisher.poll(closely);
  }

  /** The topic that is used. */
  get topic(): string {
    return this.publisher.topic;
  }

  /** The nodes that subscribe, by their absolute names, once each. */
  subscribers(): string[] {
    const nodes = this.options.node
      .getSubscriptionsInfoByTopic(this.publisher.topic)
      .filter((info) => this.format.types.includes(info.topic_type))
      .map(
        ({ node_name: name, node_namespace: namespace = "/" }) =>
          `${namespace === "/" ? "" : namespace}/${name}`,
      );
    return [...new Set(nodes)];
  }

  /** Why nobody takes twists, as one sentence with what to do. */
  reason(): string {
    const { topic, isAuto } = this.options;
    const { types: taken, leaves, words } = this.format;
    if (this.publisher.hasUnmatched()) {
      return `${this.publisher.topic} has a subscriber that is not connected yet: if this stays, its QoS asks for more than reliable and volatile; see \`ros2 topic info -v ${this.publisher.topic}\``;
    }
    if (this.candidates.length > 1) {
      return `nothing subscribes to ${topic}, and several controllers take twists: set robots[].commands.twist to one of ${this.candidates.join(", ")}`;
    }
    const others = this.options.node
      .getTopicNamesAndTypes()
      .filter(({ name, types }) => types.some((type) => taken.includes(type)) && this.hasSubscribers(name))
      .map(({ name }) => name);
    const rest =
      others.length > 0
        ? `; twists are taken on ${others.sort().join(", ")}: set robots[].commands.twist`
        : ": start the base controller, or set robots[].commands.twist to its topic";
    return `nothing subscribes to ${topic}${isAuto ? ` or to a controller's own ${leaves[0]}` : ""} as ${words}${rest}`;
  }

  send(twist: PlanarTwist): void {
    this.publisher.send(twist);
  }

  /** See `TwistPublisher.stop`. */
  stop(lateMs: number): void {
    this.publisher.stop(lateMs);
  }

  reset(): void {
    this.publisher.reset();
  }

  /** See `TwistPublisher.flush`. */
  flush(): void {
    for (const publisher of [...this.leaving, this.publisher]) publisher.flush();
  }

  /** Publishes no more. */
  end(): void {
    for (const publisher of [...this.leaving.splice(0), this.publisher]) publisher.destroy();
  }

  private use(topic: string): void {
    const before = this.publisher;
    if (topic === before.topic) return;
    before.halt();
    this.leaving.push(before);
    this.publisher = this.options.publisherOn(topic);
    this.publisher.follow(before);
  }

  private hasSubscribers(topic: string): boolean {
    return this.options.node
      .getSubscriptionsInfoByTopic(topic)
      .some((info) => this.format.types.includes(info.topic_type));
  }
}
