import type { TrajectoryController, TrajectoryGoal, TrajectoryKind } from "../../command/trajectory.ts";
import { actionServers } from "./action-servers.ts";
import type { ControllerClient } from "./controller-client.ts";
import type { SeenWay } from "./controller-reports.ts";
import { type Every, ForwardGroup, float64MultiArray, type Guard } from "./forward-group.ts";
import { LostGoals } from "./lost-goals.ts";
import type { MeasuredJoints } from "./measured-joints.ts";
import { OwedCancels } from "./owed-cancels.ts";
import { parentOf } from "./parent-name.ts";
import { privateTopics } from "./private-topics.ts";
import type { RclNode, Rclnodejs } from "./rclnodejs-api.ts";
import { followJointTrajectory, TrajectoryClient, type TrajectoryLink } from "./trajectory-client.ts";
import { jointTrajectory, TrajectoryTopic } from "./trajectory-topic.ts";

const askJointsTimes = 10;

export type ControllerNames = {
  /** Absolute names of the actions to use; null: all under the namespace. */
  configured: readonly string[] | null;
  /** Actions under it are the robot's: "/" or "/r1/". */
  prefix: string;
  /** Prefixes below `prefix` that belong to other robots now. */
  others(): readonly string[];
  /** Absolute names of the topics of position and velocity groups; null: all under the namespace. */
  forward: readonly string[] | null;
};

/** Why a controller, by its action or topic, takes nothing now; null: it does, or that is not known. */
type Objection = (name: string) => string | null;

/** `wasServed`: by the last look. */
type Controller = { client: ControllerClient; asked: number; wasServed: boolean };

const groupLeaf = "/commands";
const topicLeaf = "/joint_trajectory";
const actionLeaf = "/follow_joint_trajectory";

/** Which of several controllers of one joint is used. */
const ranks: readonly TrajectoryController["kind"][] = [
  undefined,
  "topic",
  "position group",
  "velocity group",
];

function kindOf(client: ControllerClient): { kind?: TrajectoryKind } {
  if (client instanceof TrajectoryTopic) return { kind: "topic" };
  if (!(client instanceof ForwardGroup)) return {};
  return { kind: client.kind() === "velocity" ? "velocity group" : "position group" };
}

const wayKinds = {
  action: "trajectory action",
  topic: "trajectory topic",
  "position group": "position group",
  "velocity group": "velocity group",
  device: "device",
} as const satisfies Record<TrajectoryKind | "action", string>;

const everyMs: Every = (ms, act) => {
  const timer = setInterval(act, ms);
  return () => clearInterval(timer);
};

/** The controllers of one robot that take trajectories, by action or by topic only, found as they come and go. */
export class TrajectoryControllers {
  private readonly controllers = new Map<string, Controller>();
  private readonly owed: OwedCancels;
  private readonly lost = new LostGoals();

  constructor(
    private readonly rcl: Rclnodejs,
    private readonly node: RclNode,
    private readonly names: ControllerNames,
    private readonly link: TrajectoryLink,
    private readonly now: () => number,
    private readonly measured: MeasuredJoints,
    private readonly objection: Objection = () => null,
    private readonly guard: Guard | null = null,
    private readonly every: Every = everyMs,
  ) {
    this.owed = new OwedCancels(now);
  }

  isEmpty(): boolean {
    for (const { client } of this.controllers.values()) if (client.isServed()) return false;
    return true;
  }

  /** Those that take something now. Of several for one joint the first is used. */
  current(): TrajectoryController[] {
    return [...this.controllers]
      .filter(([, { client }]) => client.isServed() && (!client.needsJoints || client.joints !== null))
      .filter(([name]) => this.objection(name) === null)
      .map(([name, { client }]) => ({ name, joints: client.joints, ...kindOf(client) }))
      .sort((a, b) => ranks.indexOf(a.kind) - ranks.indexOf(b.kind));
  }

  /** Those that are there, also where they take nothing now. Of several for one joint the first is used. */
  seen(): SeenWay[] {
    const used = this.current();
    const taken = new Set<string>();
    const ranked = used.filter(({ joints }) => {
      const isFree = joints?.every((joint) => !taken.has(joint)) !== false;
      for (const joint of joints ?? []) taken.add(joint);
      return isFree;
    });
    return [...this.controllers]
      .filter(([, { client }]) => client.isServed())
      .map(([name, { client }]) => ({
        ...{ name, owner: parentOf(name), joints: client.joints },
        kind: wayKinds[kindOf(client).kind ?? "action"],
        isUsed: ranked.some((one) => one.name === name),
      }));
  }

  /** Judges goals of controllers that report nothing. Called at each joint state. */
  judge(): void {
    for (const { client } of this.controllers.values()) client.judge?.();
  }

  /** Looks at the ROS graph. */
  poll(): void {
    const wanted = this.actionsNow();
    for (const action of wanted) {
      if (!this.controllers.has(action)) {
        this.controllers.set(action, { client: this.clientOf(action), asked: 0, wasServed: false });
        this.owed.found(action);
      }
    }
    for (const [action, { client }] of this.controllers)
      if (!wanted.includes(action)) this.drop(action, client);
    for (const controller of this.controllers.values()) {
      const { client } = controller;
      if (client.joints === null && client.isServed() && controller.asked++ < askJointsTimes) {
        client.askJoints();
      }
    }
  }

  /** Looks whether the controllers are still there. Called often. */
  watch(): void {
    for (const [name, controller] of this.controllers) {
      const isServed = controller.client.isServed();
      if (controller.wasServed && !isServed) this.drop(name, controller.client);
      else if (this.objection(name) !== null) controller.client.deactivated?.();
      if (isServed && !controller.wasServed) controller.client.cancelLost?.(this.lost.take(name));
      controller.wasServed = isServed;
      controller.client.watch?.();
    }
  }

  /** Sends what a stop still owes. Called often: it looks at nothing but the controllers that are known. */
  repeatCancel(): void {
    this.owed.repeat((name) => {
      const client = this.controllers.get(name)?.client;
      if (client === undefined) return true;
      // A group that is not active gets it once it is.
      if (client instanceof ForwardGroup && this.objection(name) !== null) return false;
      return client.cancelEverything();
    });
  }

  send(goal: TrajectoryGoal): void {
    const controller = this.controllers.get(goal.controller);
    if (controller !== undefined) controller.client.send(goal);
    else {
      const message = `${goal.controller} is gone`;
      this.link.report({ goalId: goal.id, stage: "aborted", code: "controller_gone", message });
    }
  }

  cancel(goalId: string): void {
    for (const { client } of this.controllers.values()) client.cancel(goalId);
  }

  /**
   * A stop: cancels every goal, other clients' too, now and on controllers that are found within `lateMs`. Those of
   * `spared` are left alone: they brake.
   */
  stop(lateMs: number, spared: readonly string[] = []): void {
    const halted = [...this.controllers.keys()].filter((name) => !spared.includes(name));
    this.owed.stop(halted, lateMs);
    this.repeatCancel();
  }

  /** The stop was released: controllers that are found later keep their goals. */
  reset(): void {
    this.owed.reset();
  }

  /** Leaves the controllers: what they are doing is no longer followed. */
  end(): void {
    for (const { client } of this.controllers.values()) client.destroy();
    this.controllers.clear();
  }

  /** Waits, blocking, until controllers without a timeout have what was sent. For the end of the program. */
  flush(): void {
    for (const { client } of this.controllers.values()) client.flush?.();
  }

  private clientOf(name: string): ControllerClient {
    const { rcl, node, link, measured, now, every, guard } = this;
    if (name.endsWith(topicLeaf)) return new TrajectoryTopic(node, name, link, measured, now);
    if (name.endsWith(groupLeaf) || this.names.forward?.includes(name) === true) {
      return new ForwardGroup(node, name, link, measured, now, every, guard);
    }
    return new TrajectoryClient(rcl, node, name, link);
  }

  private drop(name: string, client: ControllerClient): void {
    this.controllers.delete(name);
    this.owed.gone(name);
    this.lost.add(name, client.serverGone());
    client.destroy();
  }

  private actionsNow(): string[] {
    const { configured, prefix } = this.names;
    const others = configured === null ? this.names.others() : [];
    const isOurs = (name: string): boolean =>
      configured === null
        ? name.startsWith(prefix) && !others.some((other) => name.startsWith(other))
        : configured.includes(name);
    const actions = actionServers(this.node)
      .filter(({ types }) => types.includes(followJointTrajectory))
      .map(({ name }) => name);
    const namespace = prefix === "/" ? "/" : prefix.slice(0, -1);
    const topics = privateTopics(
      this.node,
      "subscriptions",
      namespace,
      [topicLeaf.slice(1)],
      [jointTrajectory],
    ).filter((name) => !actions.includes(name.slice(0, -topicLeaf.length) + actionLeaf));
    return [...[...actions, ...topics].filter(isOurs), ...this.groupsNow(namespace)];
  }

  private groupsNow(namespace: string): string[] {
    const { forward } = this.names;
    if (forward === null) {
      return privateTopics(this.node, "subscriptions", namespace, [groupLeaf.slice(1)], [float64MultiArray]);
    }
    return forward.filter((topic) =>
      this.node.getSubscriptionsInfoByTopic(topic).some((info) => info.topic_type === float64MultiArray),
    );
  }
}
