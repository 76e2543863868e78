import type { Input, Publishers } from "../../engine/ports/inputs.ts";
import { decodeOdometry, type OdometryMessage } from "../../protocol/ros-decode.ts";
import { privateTopics } from "./private-topics.ts";
import type { RclNode } from "./rclnodejs-api.ts";
import { watchedTopic } from "./robot-topics.ts";
import type { TopicWatch, WatchedTopic } from "./topic-watch.ts";

const odometryType = "nav_msgs/msg/Odometry";

export type OdometryWatchOptions = {
  node: RclNode;
  /** Absolute name of the topic, or of the one that is used first where it is to be found. */
  topic: string;
  /** Whether a controller's own topic is used while nobody publishes `topic`. */
  isAuto: boolean;
  /** The robot's namespace: "/" or "/r1". */
  namespace: string;
  watch(topic: WatchedTopic): TopicWatch;
  wrap(message: OdometryMessage, publishers: Publishers): Input;
};

/**
 * Where a robot's odometry comes from: the configured topic, else `odom` under its namespace, else the one
 * `<controller>/odom` of a node in that namespace.
 */
export class OdometryWatch {
  private current: TopicWatch;

  constructor(private readonly options: OdometryWatchOptions) {
    this.current = this.watch(options.topic);
  }

  /** Looks at the ROS graph. */
  poll(closely: boolean): void {
    if (closely && this.options.isAuto && !this.current.hasPublishers()) this.choose();
    this.current.poll(closely);
  }

  end(): void {
    this.current.end();
  }

  private choose(): void {
    const { node, topic: usual, namespace } = this.options;
    const isUsual = node
      .getPublishersInfoByTopic(usual)
      .some(({ topic_type: type }) => type === odometryType);
    const own = isUsual ? [usual] : privateTopics(node, "publishers", namespace, ["odom"], [odometryType]);
    const [topic] = own;
    if (topic === undefined || own.length !== 1 || `ros:${topic}` === this.current.source) return;
    this.current.end();
    this.current = this.watch(topic);
  }

  private watch(topic: string): TopicWatch {
    const { watch, wrap } = this.options;
    return watch(watchedTopic(topic, odometryType, decodeOdometry, wrap));
  }
}
