import type { TrajectoryController, TrajectoryGoal } from "../../command/trajectory.ts";
import { actionServers } from "./action-servers.ts";
import type { ControllerClient } from "./controller-joints.ts";
import type { MeasuredJoints } from "./measured-joints.ts";
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
};

type Controller = {
  client: ControllerClient;
  asked: number;
  /** Server ms until which the cancel of a stop is repeated; Infinity: it could not be sent yet; null: there is none. */
  cancelUntil: number | null;
};

/** How long a stop's cancel is repeated: a goal that was on its way to the controller when it was sent is cancelled as well. ms */
const repeatCancelMs = 1000;

const topicLeaf = "/joint_trajectory";
const actionLeaf = "/follow_joint_trajectory";

/** The controllers of one robot that take trajectories, by action or by topic only, found as they come and go. */
export class TrajectoryControllers {
  private readonly controllers = new Map<string, Controller>();
  /** Until when (server ms) a stop also reaches controllers that are found only then. */
  private stopUntil = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly rcl: Rclnodejs,
    private readonly node: RclNode,
    private readonly names: ControllerNames,
    private readonly link: TrajectoryLink,
    private readonly now: () => number,
    private readonly measured: MeasuredJoints,
  ) {}

  isEmpty(): boolean {
    return this.controllers.size === 0;
  }

  current(): TrajectoryController[] {
    return [...this.controllers]
      .filter(([, { client }]) => !client.needsJoints || client.joints !== null)
      .map(([name, { client }]) => ({ name, joints: client.joints }));
  }

  /** Judges goals of controllers that report nothing. Called at each joint state. */
  judge(): void {
    for (const { client } of this.controllers.values()) if (client instanceof TrajectoryTopic) client.judge();
  }

  /** Looks at the ROS graph. */
  poll(): void {
    const wanted = this.actionsNow();
    for (const action of wanted) {
      if (!this.controllers.has(action)) {
        const client = action.endsWith(topicLeaf)
          ? new TrajectoryTopic(this.node, action, this.link, this.measured, this.now)
          : new TrajectoryClient(this.rcl, this.node, action, this.link);
        const isLate = this.now() <= this.stopUntil;
        this.controllers.set(action, { client, asked: 0, cancelUntil: isLate ? Infinity : null });
      }
    }
    for (const [action, controller] of this.controllers) {
      if (!wanted.includes(action)) {
        controller.client.serverGone();
        controller.client.destroy();
        this.controllers.delete(action);
      } else if (controller.client.joints === null && controller.asked++ < askJointsTimes) {
        controller.client.askJoints();
      }
    }
  }

  /** Sends what a stop still owes. Called often: it looks at nothing but the controllers that are known. */
  repeatCancel(): void {
    const now = this.now();
    for (const controller of this.controllers.values()) {
      if (controller.cancelUntil === null) continue;
      if (now > controller.cancelUntil || (controller.cancelUntil === Infinity && now > this.stopUntil)) {
        controller.cancelUntil = null;
      } else if (controller.client.cancelEverything() && controller.cancelUntil === Infinity) {
        controller.cancelUntil = now + repeatCancelMs;
      }
    }
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
    this.stopUntil = this.now() + lateMs;
    for (const [name, controller] of this.controllers) {
      if (!spared.includes(name)) controller.cancelUntil = Infinity;
    }
    this.repeatCancel();
  }

  /** The stop was released: controllers that are found later keep their goals. */
  reset(): void {
    this.stopUntil = Number.NEGATIVE_INFINITY;
    for (const controller of this.controllers.values()) controller.cancelUntil = null;
  }

  /** Leaves the controllers: what they are doing is no longer followed. */
  end(): void {
    for (const { client } of this.controllers.values()) client.destroy();
    this.controllers.clear();
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
    return [...actions, ...topics].filter(isOurs);
  }
}
