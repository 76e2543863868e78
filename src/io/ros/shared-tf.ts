import type { Inbox } from "../../engine/ports/inbox.ts";
import type { Input, Publishers } from "../../engine/ports/inputs.ts";
import { decodeTransforms, type TransformMessage } from "../../protocol/ros-decode.ts";
import type { FramePrefix } from "./frame-prefix.ts";
import type { RclNode, Rclnodejs } from "./rclnodejs-api.ts";
import { TopicWatch } from "./topic-watch.ts";

const type = "tf2_msgs/msg/TFMessage";
/** Static transforms that are kept for robots that come later. */
const mostStatics = 8192;

/**
 * The `/tf` and `/tf_static` that robots in namespaces share, each with a prefix of its own: received and decoded once, and
 * handed to each robot as far as it is that robot's.
 */
export class SharedTf {
  private readonly robots = new Map<string, FramePrefix>();
  private watches: TopicWatch[] = [];
  /** The newest static transform of each frame. */
  private readonly statics = new Map<string, TransformMessage>();

  constructor(
    private readonly rcl: Rclnodejs,
    private readonly node: RclNode,
    private readonly inbox: Inbox,
    private readonly now: () => number,
  ) {}

  /** A robot gets its transforms from now on, and those static ones that came before. */
  join(robot: string, frames: FramePrefix): void {
    this.robots.set(robot, frames);
    if (this.watches.length === 0) this.watches = [this.watch("/tf", false), this.watch("/tf_static", true)];
    const now = this.now();
    const transforms = frames.own([...this.statics.values()], now);
    if (transforms.length === 0) return;
    this.inbox.push("ros:/tf_static", now, { kind: "transforms", robot, isStatic: true, transforms });
  }

  leave(robot: string): void {
    this.robots.delete(robot);
    if (this.robots.size > 0) return;
    for (const watch of this.watches) watch.end();
    this.watches = [];
    this.statics.clear();
  }

  /** Looks at the ROS graph. */
  poll(closely: boolean): void {
    for (const watch of this.watches) watch.poll(closely);
  }

  private watch(topic: string, isStatic: boolean): TopicWatch {
    return new TopicWatch(
      this.rcl,
      this.node,
      {
        topic,
        type,
        latched: isStatic,
        decode: (bytes, publishers) => {
          const message = decodeTransforms(bytes);
          return message.ok
            ? { ...message, value: this.inputsOf(message.value, isStatic, publishers) }
            : message;
        },
      },
      this.inbox,
      this.now,
    );
  }

  private inputsOf(all: TransformMessage[], isStatic: boolean, publishers: Publishers): Input[] {
    if (isStatic) this.keep(all);
    const now = this.now();
    const inputs: Input[] = [];
    for (const [robot, frames] of this.robots) {
      const transforms = frames.own(all, now);
      if (transforms.length > 0) inputs.push({ kind: "transforms", robot, isStatic, transforms, publishers });
    }
    return inputs;
  }

  private keep(all: readonly TransformMessage[]): void {
    for (const transform of all) {
      if (this.statics.size < mostStatics || this.statics.has(transform.child)) {
        this.statics.set(transform.child, transform);
      }
    }
  }
}
