import { randomBytes } from "node:crypto";
import { decodeTrajectoryFeedback, uuidText } from "../../protocol/trajectory-feedback.ts";
import {
  durability,
  type EndpointInfo,
  qos,
  type RclNode,
  type Rclnodejs,
  reliability,
} from "./rclnodejs-api.ts";

const feedbackType = "control_msgs/action/FollowJointTrajectory_FeedbackMessage";
const depth = 10;

/** A goal's id on the wire. */
export type GoalUuid = { uuid: Uint8Array };

export function newGoalUuid(): GoalUuid {
  return { uuid: new Uint8Array(randomBytes(16)) };
}

/**
 * The feedback of one action, read from its topic as bytes: the definition installed here may lack fields that the
 * controller's has, and then a typed subscription gets nothing.
 */
export class TrajectoryFeedbackTopic {
  private readonly subscription;
  private readonly followers = new Map<string, (error: readonly number[]) => void>();

  /** `rejected` is told why a message could not be read. */
  constructor(
    rcl: Rclnodejs,
    private readonly node: RclNode,
    action: string,
    rejected: (reason: string) => void,
  ) {
    const profile = qos(rcl, depth, reliability.bestEffort, durability.volatile);
    const options = { isRaw: true, qos: profile };
    this.subscription = node.createSubscription(
      feedbackType,
      `${action}/_action/feedback`,
      options,
      (bytes) => {
        const feedback = decodeTrajectoryFeedback(bytes as Uint8Array);
        if (!feedback.ok) rejected(feedback.reason);
        else this.followers.get(feedback.value.goalId)?.(feedback.value.error);
      },
    );
  }

  /** Calls `follower` for each feedback of the goal, with the position error of its joints. */
  follow({ uuid }: GoalUuid, follower: (error: readonly number[]) => void): void {
    this.followers.set(uuidText(uuid), follower);
  }

  unfollow({ uuid }: GoalUuid): void {
    this.followers.delete(uuidText(uuid));
  }

  destroy(): void {
    this.followers.clear();
    this.node.destroySubscription(this.subscription);
  }
}

/**
 * Options of an action client whose own, typed subscription to the feedback matches nobody: it asks for transient
 * local, which no action server offers.
 */
export function withoutTypedFeedback(rcl: Rclnodejs): object {
  const unmatched = qos(rcl, 1, reliability.reliable, durability.transientLocal);
  return { qos: { feedbackSubQosProfile: unmatched } };
}

/** How often a hash is looked for that nobody shows: ROS 2 before Iron, and some middlewares, have none. */
const mostLooks = 20;

/**
 * Compares a controller's definition of the action's goal with the one of this process, by the hashes that both show on
 * the ROS graph. A goal of another layout would be read as other numbers than were meant.
 */
export class GoalTypeCheck {
  private looks = 0;
  private matches = false;

  /** `ownNode` is the node of this process that has the action's client. */
  constructor(
    private readonly node: RclNode,
    private readonly action: string,
    private readonly ownNode: string,
  ) {}

  /** Why no goal may be sent; null where the definitions are the same, or no hash is shown. */
  fault(): string | null {
    if (this.matches || this.looks >= mostLooks) return null;
    const topic = `rq${this.action}/_action/send_goalRequest`;
    const ours = this.node
      .getPublishersInfoByTopic(topic, true)
      .find((info) => info.node_name === this.ownNode);
    const theirs = this.node
      .getSubscriptionsInfoByTopic(topic, true)
      .find((info) => info.node_name !== this.ownNode);
    const [a, b] = [hashOf(ours), hashOf(theirs)];
    if (a === null || b === null) {
      this.looks++;
      return null;
    }
    this.matches = a === b;
    if (this.matches) return null;
    return `${this.action} uses another definition of control_msgs/action/FollowJointTrajectory than the twin: run the twin with the robot's ROS 2 (source it, then \`twin ros setup\`)`;
  }
}

function hashOf(info: EndpointInfo | undefined): string | null {
  const hash = info?.topic_type_hash;
  if (hash === undefined || hash.version === 0) return null;
  return uuidText(hash.value);
}
