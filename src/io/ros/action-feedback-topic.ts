import { randomBytes } from "node:crypto";
import type { Result } from "../../core/result.ts";
import { uuidText } from "../../protocol/trajectory-feedback.ts";
import { durability, qos, type RclNode, type Rclnodejs, reliability } from "./rclnodejs-api.ts";

const depth = 10;

/** A goal's id on the wire. */
export type GoalUuid = { uuid: Uint8Array };

export function newGoalUuid(): GoalUuid {
  return { uuid: new Uint8Array(randomBytes(16)) };
}

/** Feedback on the goal whose UUID is `goalId`, 32 hexadecimal digits. */
export type GoalFeedback = { goalId: string };

/**
 * The feedback of one action, read from its topic as bytes: the definition installed here may lack fields that the
 * server's has, and then a typed subscription gets nothing.
 */
export class ActionFeedbackTopic<Feedback extends GoalFeedback> {
  private readonly subscription;
  private readonly followers = new Map<string, (feedback: Feedback) => void>();

  /** `type` is the action's; `rejected` is told why a message could not be read. */
  constructor(
    rcl: Rclnodejs,
    private readonly node: RclNode,
    action: string,
    type: string,
    decode: (bytes: Uint8Array) => Result<Feedback>,
    rejected: (reason: string) => void,
  ) {
    const profile = qos(rcl, depth, reliability.bestEffort, durability.volatile);
    const options = { isRaw: true, qos: profile };
    const topic = `${action}/_action/feedback`;
    this.subscription = node.createSubscription(`${type}_FeedbackMessage`, topic, options, (bytes) => {
      const feedback = decode(bytes as Uint8Array);
      if (!feedback.ok) rejected(feedback.reason);
      else this.followers.get(feedback.value.goalId)?.(feedback.value);
    });
  }

  /** Calls `follower` for each feedback of the goal. */
  follow({ uuid }: GoalUuid, follower: (feedback: Feedback) => void): void {
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
