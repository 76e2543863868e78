import type { PlanarTwist } from "../../command/twist-stream.ts";
import type { Stamp } from "../../core/stamp.ts";
import type { RclNode, RclPublisher } from "./rclnodejs-api.ts";

const plain = "geometry_msgs/msg/Twist";
const stamped = "geometry_msgs/msg/TwistStamped";

/** `cmd_vel` in the type that its subscribers have. */
export class TwistPublisher {
  private publisher: RclPublisher | null = null;
  private type = "";
  private count = 0;
  private taken = false;

  constructor(
    private readonly node: RclNode,
    private readonly topic: string,
    private readonly rosNow: () => Stamp,
    /** The frame a twist is meant in: the odometry's child frame, where one is known. */
    private readonly baseFrame: () => string,
  ) {}

  /** Looks for subscribers, as TopicWatch does for publishers; true when somebody takes twists. */
  poll(closely: boolean): boolean {
    const count = this.node.countSubscribers(this.topic);
    if (closely || count !== this.count) this.taken = this.look();
    this.count = count;
    return this.taken;
  }

  send({ x, y, yaw }: PlanarTwist): void {
    const twist = { linear: { x, y, z: 0 }, angular: { x: 0, y: 0, z: yaw } };
    if (this.type === stamped) {
      this.publisher?.publish({ header: { stamp: this.rosNow(), frame_id: this.baseFrame() }, twist });
    } else this.publisher?.publish(twist);
  }

  private look(): boolean {
    const types = this.node.getSubscriptionsInfoByTopic(this.topic).map((info) => info.topic_type);
    const wanted = types.includes(stamped) ? stamped : types.includes(plain) ? plain : "";
    if (wanted === "") return false;
    if (wanted !== this.type) {
      if (this.publisher !== null) this.node.destroyPublisher(this.publisher);
      this.publisher = this.node.createPublisher(wanted, this.topic);
      this.type = wanted;
    }
    return true;
  }
}
