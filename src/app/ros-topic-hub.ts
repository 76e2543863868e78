import { TopicHub, type TopicHubOptions } from "../io/topics/topic-hub.ts";
import { startTopicProcess, TopicProcess } from "../io/topics/topic-process.ts";

export type RosTopicHubOptions = Pick<TopicHubOptions, "now" | "rules" | "rejected"> & {
  /** File of rclnodejs; null: without ROS. */
  rclnodejs: string | null;
  warn(text: string): void;
};

/** The topics of ROS for viewers, and the process that listens to them. */
export class RosTopicHub {
  readonly hub: TopicHub;
  private readonly process: TopicProcess | null;

  constructor({ rclnodejs, warn, ...options }: RosTopicHubOptions) {
    this.process =
      rclnodejs === null
        ? null
        : new TopicProcess(options.now, () => startTopicProcess(rclnodejs, options.now), {
            report: (report) => this.hub.report(report),
            message: (message) => this.hub.message(message),
            failed: warn,
          });
    const order = this.process === null ? null : this.process.order.bind(this.process);
    this.hub = new TopicHub({ ...options, order });
  }

  stop(): void {
    this.process?.stop();
  }
}
