import { type Stamp, stampFromMs } from "../../core/stamp.ts";
import type { Inbox } from "../../engine/ports/inbox.ts";
import { decodeClock } from "../../protocol/ros-decode.ts";
import type { SourceStatus } from "../../protocol/state-messages.ts";
import { wallNow } from "../clock.ts";
import type { RobotConfig } from "../config/config-schema.ts";
import { GraphWatch, type Lack } from "./graph-watch.ts";
import {
  durability,
  lightNode,
  loadRclnodejs,
  qos,
  type RclNode,
  type Rclnodejs,
  reliability,
} from "./rclnodejs-api.ts";
import { RosRobot } from "./ros-robot.ts";
import { SecondParticipant } from "./second-participant.ts";

const pollPeriodMs = 250;
/** Each so many looks at the ROS graph one is close: asking for names and types costs a millisecond. */
const closeLookEvery = 4;
/** How long rclnodejs may sleep without news; its own 10 ms is a hundred needless wakes a second. */
const spinTimeoutMs = 50;
const trigger = "std_srvs/srv/Trigger";

export type RosNodeOptions = {
  /** File from `findRclnodejs`. */
  rclnodejs: string;
  robots: readonly RobotConfig[];
  /** Take `/clock` for the time of outgoing stamps. */
  useSimTime: boolean;
  /** Somebody called `/twin/stop` or `/twin/reset`. */
  onStop(): void;
  onReset(): void;
  /** After each look at the ROS graph. */
  onPoll(): void;
  /** What the robots still lack; null where none is waited for. */
  lack(): Lack | null;
};

/**
 * The node `/twin`, which listens, and `/twin_commands` beside it, which acts: so that what is waited for
 * now and then (answers, results, requests) costs nothing at each of a thousand joint states a second.
 */
export class RosNode {
  readonly robots = new Map<string, RosRobot>();
  private nodes: RclNode[] = [];
  private second: SecondParticipant | null = null;
  private rcl: Rclnodejs | null = null;
  private timer: NodeJS.Timeout | null = null;
  private simTime: Stamp | null = null;
  private watch: GraphWatch | null = null;
  private looks = 0;

  constructor(
    private readonly options: RosNodeOptions,
    private readonly inbox: Inbox,
    private readonly now: () => number,
  ) {}

  /** Resolves once the node spins. Rejects with what ROS said. */
  async start(): Promise<void> {
    const rcl = await loadRclnodejs(this.options.rclnodejs);
    await rcl.init();
    const listener = lightNode(rcl, "twin");
    const actor = lightNode(rcl, "twin_commands");
    this.rcl = rcl;
    this.nodes = [listener, actor];
    this.watch = new GraphWatch(actor, this.options.lack, this.now);
    const namespaces = this.options.robots.map((robot) => robot.namespace).filter((n) => n !== "");
    this.second = new SecondParticipant(rcl, "twin_commands_2", (reason) =>
      this.report({ name: "ros", state: "error", detail: `second participant: ${reason}` }),
    );
    const time = { now: () => this.rosNow(), isSimulated: this.options.useSimTime };
    for (const config of this.options.robots) {
      this.robots.set(
        config.id,
        new RosRobot(
          { rcl, listener, actor, second: () => this.second?.node() ?? null },
          config,
          this.inbox,
          this.now,
          time,
          namespaces,
        ),
      );
    }
    this.offer(actor, "stop", this.options.onStop);
    this.offer(actor, "reset", this.options.onReset);
    if (this.options.useSimTime) this.followClock(rcl, listener);
    for (const node of this.nodes) rcl.spin(node, spinTimeoutMs);
    this.poll();
    this.timer = setInterval(() => this.poll(), pollPeriodMs);
  }

  /** Leaves the graph; what was sent just before still goes out. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await new Promise((resolve) => setTimeout(resolve, 60));
    for (const robot of this.robots.values()) robot.flush();
    for (const node of this.nodes) node.destroy();
    this.second?.stop();
    this.nodes = [];
    this.rcl?.shutdown();
  }

  private poll(): void {
    const closely = this.looks++ % closeLookEvery === 0;
    // What fails for one robot must not keep a stop from another.
    for (const robot of this.robots.values()) this.attempt(() => robot.poll(closely));
    this.attempt(() => {
      this.options.onPoll();
      if (closely && this.watch !== null) this.report(this.watch.status());
    });
  }

  private attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.report({
        name: "ros",
        state: "error",
        detail: error instanceof Error ? error.message : String(error),
      });
    }
  }

  private offer(node: RclNode, name: string, act: () => void): void {
    node.createService(trigger, `/twin/${name}`, (_, response) => {
      act();
      response.send({ success: true, message: name === "stop" ? "stopped" : "released" });
    });
  }

  private followClock(rcl: Rclnodejs, node: RclNode): void {
    const profile = qos(rcl, 1, reliability.bestEffort, durability.volatile);
    node.createSubscription("rosgraph_msgs/msg/Clock", "/clock", { isRaw: true, qos: profile }, (bytes) => {
      const stamp = decodeClock(bytes as Uint8Array);
      if (stamp.ok) {
        this.simTime = stamp.value;
        this.inbox.push("ros:/clock", this.now(), { kind: "clock", stamp: stamp.value });
      } else this.inbox.push("ros:/clock", this.now(), { kind: "rejected", reason: stamp.reason });
    });
  }

  private rosNow(): Stamp {
    if (this.options.useSimTime) return this.simTime ?? { sec: 0, nanosec: 0 };
    return stampFromMs(wallNow());
  }

  private report(status: SourceStatus): void {
    this.inbox.push("ros", this.now(), { kind: "status", status });
  }
}
