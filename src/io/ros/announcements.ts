import type { GoalReport } from "../../command/gate-output.ts";
import type { RobotTask } from "../../command/robot-task.ts";
import { poseOf, poseStamped } from "./navigator-actions.ts";
import type { RclNode, RclPublisher } from "./rclnodejs-api.ts";

const goalType = "geometry_msgs/msg/PoseStamped";
const initialType = "geometry_msgs/msg/PoseWithCovarianceStamped";

/** How far a place that a person points at may be off: half a metre, and a quarter of a radian. m², rad² */
const placeVariance = 0.25;
const yawVariance = 0.0685;

type AnnounceTask = Extract<RobotTask, { kind: "announce" }>;
type Topic = { name: string; type: string; publisher: RclPublisher | null };

/** The topics of one robot that take a goal of the base, or where it is: published once, and never taken back. */
export class Announcements {
  private readonly topics: Record<AnnounceTask["as"], Topic>;

  /** The names are absolute. */
  constructor(
    private readonly node: RclNode,
    names: Record<AnnounceTask["as"], string>,
    private readonly report: (report: GoalReport) => void,
  ) {
    this.topics = {
      goal: { name: names.goal, type: goalType, publisher: null },
      initial: { name: names.initial, type: initialType, publisher: null },
    };
  }

  /** The topic that somebody is connected to; null: nobody is. */
  current(as: AnnounceTask["as"]): string | null {
    const { publisher, name } = this.topics[as];
    return publisher !== null && publisher.subscriptionCount > 0 ? name : null;
  }

  /** Looks at the ROS graph: what is published before both sides have found each other reaches nobody. */
  poll(): void {
    for (const topic of Object.values(this.topics)) {
      const isTaken = this.node
        .getSubscriptionsInfoByTopic(topic.name)
        .some((info) => info.topic_type === topic.type);
      if (isTaken) topic.publisher ??= this.node.createPublisher(topic.type, topic.name);
      else this.drop(topic);
    }
  }

  send({ id: goalId, as, frame, pose, target }: AnnounceTask): void {
    const { publisher } = this.topics[as];
    if (publisher === null || publisher.subscriptionCount === 0) {
      const message = `nothing subscribes to ${target} any more`;
      this.report({ goalId, stage: "aborted", code: "controller_gone", message });
      return;
    }
    if (as === "initial") {
      const covariance = new Array<number>(36).fill(0);
      covariance[0] = placeVariance;
      covariance[7] = placeVariance;
      covariance[35] = yawVariance;
      const header = { stamp: { sec: 0, nanosec: 0 }, frame_id: frame };
      publisher.publish({ header, pose: { pose: poseOf(pose), covariance } });
      this.report({ goalId, stage: "done", code: "ok", message: `published on ${target}` });
      return;
    }
    publisher.publish(poseStamped(frame, pose));
    const message = `published on ${target}: nobody reports whether the base gets there, and neither a stop nor the end of the lease takes the goal back`;
    this.report({ goalId, stage: "done", code: "not_confirmed", message });
  }

  end(): void {
    for (const topic of Object.values(this.topics)) this.drop(topic);
  }

  private drop(topic: Topic): void {
    if (topic.publisher !== null) this.node.destroyPublisher(topic.publisher);
    topic.publisher = null;
  }
}
