import { type Stamp, stampFromMs } from "../../core/stamp.ts";
import type { Inbox } from "../../engine/ports/inbox.ts";
import { decodeClock } from "../../protocol/ros-decode.ts";
import type { SourceStatus } from "../../protocol/state-messages.ts";
import { wallNow } from "../clock.ts";
import type { RobotConfig } from "../config/config-schema.ts";
import { keepLists } from "./graph-lists.ts";
import { GraphWatch, type Lack } from "./graph-watch.ts";
import { startMoveGroup } from "./move-group-process.ts";
import {
  durability,
  lightNode,
  loadRclnodejs,
  qos,
  type RclNode,
  type Rclnodejs,
  reliability,
} from "./rclnodejs-api.ts";
import { Absence, describedNamespaces, robotIdOf } from "./robot-discovery.ts";
import { RosRobot } from "./ros-robot.ts";
import { SecondParticipant } from "./second-participant.ts";
import { SharedTf } from "./shared-tf.ts";
import { startGuard, VelocityGuard } from "./velocity-guard.ts";

const pollPeriodMs = 250;
/** Each so many looks at the ROS graph one is close: asking for names and types costs a millisecond. */
const closeLookEvery = 4;
/** How long rclnodejs may sleep without news; its own 10 ms is a hundred needless wakes a second. */
const spinTimeoutMs = 50;
/** How long a robot that is left stays reachable, for the last zero and cancel. ms */
const farewellMs = 500;
const trigger = "std_srvs/srv/Trigger";

/** Told which robots come and go. */
export type RobotListener = {
  configOf(id: string, namespace: string): RobotConfig;
  /** `robot` is the robot's side, which listens from now on. */
  found(config: RobotConfig, robot: RosRobot): void;
  gone(id: string, reason: string): void;
};

export type RosNodeOptions = {
  /** File from `findRclnodejs`. */
  rclnodejs: string;
  /** The robots that are there from the start. */
  robots: readonly RobotConfig[];
  /** Told of robots whose descriptions appear in other namespaces, and of those that have gone; null: none is looked for. */
  discovery: RobotListener | null;
  /** Take `/clock` for the time of outgoing stamps. */
  useSimTime: boolean;
  /** Somebody called `/twin/stop` or `/twin/reset`. */
  onStop(): void;
  onReset(): void;
  /** After each look at the ROS graph, at all robots. */
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
  private sharedTf: SharedTf | null = null;
  private readonly guard: VelocityGuard;
  private rcl: Rclnodejs | null = null;
  private timer: NodeJS.Timeout | null = null;
  private simTime: Stamp | null = null;
  private watch: GraphWatch | null = null;
  private looks = 0;
  private readonly absence = new Absence();
  private readonly namespaces = new Map<string, string>();
  /** Robots that are still to be looked at in this round, one at a time, so that no round holds up a cycle. */
  private round: string[] = [];
  private closely = false;

  constructor(
    private readonly options: RosNodeOptions,
    private readonly inbox: Inbox,
    private readonly now: () => number,
  ) {
    this.guard = new VelocityGuard(
      now,
      () => startGuard(options.rclnodejs),
      (text) => inbox.push("ros", now(), { kind: "note", severity: "warning", code: "velocity.guard", text }),
    );
  }

  /** Resolves once the node spins. Rejects with what ROS said. */
  async start(): Promise<void> {
    const rcl = await loadRclnodejs(this.options.rclnodejs);
    await rcl.init();
    const listener = lightNode(rcl, "twin");
    const actor = lightNode(rcl, "twin_commands");
    this.rcl = rcl;
    this.nodes = [listener, actor];
    for (const node of this.nodes) keepLists(node, this.now);
    this.watch = new GraphWatch(actor, this.options.lack, this.now);
    this.second = new SecondParticipant(rcl, "twin_commands_2", (reason) =>
      this.report({ name: "ros", state: "error", detail: `second participant: ${reason}` }),
    );
    for (const config of this.options.robots) this.add(config);
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
    this.guard.stop();
    const { nodes } = this;
    this.nodes = [];
    for (const node of nodes) node.destroy();
    this.second?.stop();
    this.rcl?.shutdown();
  }

  /** Listens to a robot from now on. */
  add(config: RobotConfig): RosRobot {
    const { rcl } = this;
    const [listener, actor] = this.nodes;
    if (rcl === null || listener === undefined || actor === undefined)
      throw new Error("the node has not started");
    this.sharedTf ??= new SharedTf(rcl, listener, this.inbox, this.now);
    const handles = {
      ...{ rcl, listener, actor, sharedTf: this.sharedTf, guard: this.guard },
      second: () => this.second?.node() ?? null,
      startMoveGroup: (service: string) => startMoveGroup(this.options.rclnodejs, service),
    };
    const time = { now: () => this.rosNow(), isSimulated: this.options.useSimTime };
    const namespaces = (): readonly string[] => [...this.namespaces.values()];
    const robot = new RosRobot(handles, config, this.inbox, this.now, time, namespaces);
    this.robots.set(config.id, robot);
    this.namespaces.set(config.id, config.namespace);
    return robot;
  }

  /** Listens to a robot no more. What was sent just before still goes out. */
  remove(id: string): void {
    const robot = this.robots.get(id);
    this.robots.delete(id);
    this.namespaces.delete(id);
    this.absence.forget(id);
    if (robot !== undefined) setTimeout(() => this.attempt(() => robot.end()), farewellMs).unref();
  }

  private poll(): void {
    if (this.round.length > 0) return;
    this.closely = this.looks++ % closeLookEvery === 0;
    if (this.options.discovery !== null) this.attempt(() => this.discover());
    this.attempt(() => this.sharedTf?.poll(this.closely));
    this.round = [...this.robots.keys()];
    this.pollNext();
  }

  /** Looks at one robot, and at the next in a turn of the event loop of its own. */
  private readonly pollNext = (): void => {
    const id = this.round.shift();
    if (id === undefined) {
      this.endRound();
      return;
    }
    // What fails for one robot must not keep a stop from another.
    this.attempt(() => this.robots.get(id)?.poll(this.closely));
    if (this.round.length === 0) this.endRound();
    else setImmediate(this.pollNext);
  };

  private endRound(): void {
    if (this.nodes.length === 0) return;
    this.attempt(() => {
      this.options.onPoll();
      if (this.closely && this.watch !== null) this.report(this.watch.status());
    });
  }

  /** Takes in robots whose descriptions have appeared, and removes those of which nothing is left. */
  private discover(): void {
    const [, actor] = this.nodes;
    const { discovery } = this.options;
    if (actor === undefined || discovery === null) return;
    const known = new Set([...this.namespaces.values()].map(absolute));
    const described = describedNamespaces(actor);
    for (const namespace of described) {
      if (known.has(namespace)) continue;
      const id = robotIdOf(namespace);
      if (this.robots.has(id)) continue;
      const config = discovery.configOf(id, namespace);
      const robot = this.add(config);
      discovery.found(config, robot);
      this.absence.isGone(id, true, this.now());
      robot.poll(true);
    }
    for (const [id, robot] of [...this.robots]) {
      const namespace = this.namespaces.get(id) ?? "";
      // One that appears in this look is not looked at itself yet.
      const isPresent = robot.isPresent() || described.includes(absolute(namespace));
      const isGone = this.absence.isGone(id, isPresent, this.now());
      // The robot at the root is waited for, not found.
      if (!isGone || (absolute(namespace) === "" && this.robots.size === 1)) continue;
      discovery.gone(id, `nothing in ${absolute(namespace) || "/"} publishes it any more`);
    }
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

/** A namespace as "/r1", the root as "". */
function absolute(namespace: string): string {
  const bare = namespace.replace(/^\/+|\/+$/g, "");
  return bare === "" ? "" : `/${bare}`;
}
