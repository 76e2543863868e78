import { uuidText } from "../../protocol/trajectory-feedback.ts";
import type { EndpointInfo, RclNode } from "./rclnodejs-api.ts";

/** How often a hash is looked for that nobody shows: ROS 2 before Iron, and some middlewares, have none. */
const mostLooks = 20;

/**
 * Compares a server's definition of an action's goal, or of a service's answer, with the one of this process, by the hashes
 * that both show on the ROS graph. What has another layout would be read as other numbers than were meant.
 */
export class GoalTypeCheck {
  private looks = 0;
  private matches = false;

  /** `topic`: as it is on the wire, its direction first. `ownNode` is the node of this process that has the client. */
  private constructor(
    private readonly node: RclNode,
    private readonly topic: string,
    private readonly isAnswer: boolean,
    private readonly name: string,
    private readonly type: string,
    private readonly ownNode: string,
  ) {}

  static ofAction(node: RclNode, action: string, type: string, ownNode: string): GoalTypeCheck {
    const topic = `rq${action}/_action/send_goalRequest`;
    return new GoalTypeCheck(node, topic, false, action, type, ownNode);
  }

  static ofAnswer(node: RclNode, service: string, type: string, ownNode: string): GoalTypeCheck {
    return new GoalTypeCheck(node, `rr${service}Reply`, true, service, type, ownNode);
  }

  /** Why nothing may be sent; null where the definitions are the same, or no hash is shown. */
  fault(): string | null {
    if (this.matches || this.looks >= mostLooks) return null;
    const publishers = this.node.getPublishersInfoByTopic(this.topic, true);
    const subscriptions = this.node.getSubscriptionsInfoByTopic(this.topic, true);
    const [own, other] = this.isAnswer ? [subscriptions, publishers] : [publishers, subscriptions];
    const ours = own.find((info) => info.node_name === this.ownNode);
    const theirs = other.find((info) => info.node_name !== this.ownNode);
    const [a, b] = [hashOf(ours), hashOf(theirs)];
    if (a === null || b === null) {
      this.looks++;
      return null;
    }
    this.matches = a === b;
    if (this.matches) return null;
    return `${this.name} uses another definition of ${this.type} than the twin: run the twin with the robot's ROS 2 (source it, then \`twin ros setup\`)`;
  }
}

function hashOf(info: EndpointInfo | undefined): string | null {
  const hash = info?.topic_type_hash;
  if (hash === undefined || hash.version === 0) return null;
  return uuidText(hash.value);
}
