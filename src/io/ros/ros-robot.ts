import type { TrajectoryGoal } from "../../command/trajectory.ts";
import type { PlanarTwist } from "../../command/twist-stream.ts";
import type { Result } from "../../core/result.ts";
import type { Stamp } from "../../core/stamp.ts";
import type { Inbox } from "../../engine/inbox.ts";
import type { Input } from "../../engine/inputs.ts";
import type { RobotSink } from "../../engine/ports.ts";
import { JointStateDecoder } from "../../protocol/joint-state-decoder.ts";
import {
  decodeOdometry,
  decodeText,
  decodeTransforms,
  type TransformMessage,
} from "../../protocol/ros-decode.ts";
import {
  decodeBattery,
  decodeDiagnostics,
  decodeImu,
  type SensorMessage,
} from "../../protocol/ros-sensors.ts";
import type { RobotConfig } from "../config/config-schema.ts";
import type { RclNode, Rclnodejs } from "./rclnodejs-api.ts";
import { TopicWatch, type WatchedTopic } from "./topic-watch.ts";
import { followJointTrajectory, type GoalReport, TrajectoryClient } from "./trajectory-client.ts";
import { TwistPublisher } from "./twist-publisher.ts";

const askJointsTimes = 10;
/** How long after a stop it also reaches controllers that are found only then, as after a start. */
const lateStopMs = 5000;

/** The node that listens and the node that acts. */
export type RosHandles = { rcl: Rclnodejs; listener: RclNode; actor: RclNode };

/** One robot on ROS 2: its topics in, its controllers out, found under its namespace as they come and go. */
export class RosRobot implements RobotSink {
  private readonly watches: TopicWatch[];
  private readonly controllers = new Map<
    string,
    { client: TrajectoryClient; asked: number; stopped: boolean }
  >();
  private readonly twist: TwistPublisher | null;
  private baseFrame = "base_link";
  private said = "";
  private chosen = true;
  private stopPressedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly ros: RosHandles,
    private readonly config: RobotConfig,
    private readonly inbox: Inbox,
    private readonly now: () => number,
    rosNow: () => Stamp,
    private readonly otherNamespaces: readonly string[],
  ) {
    this.watches = this.topics().map((watched) => new TopicWatch(ros.rcl, ros.listener, watched, inbox, now));
    const { twist } = config.commands;
    const topic = twist === "auto" ? "cmd_vel" : twist;
    this.twist =
      twist === "off"
        ? null
        : new TwistPublisher(ros.actor, this.nameOf(topic), rosNow, () => this.baseFrame);
  }

  /** Whether a robot is there: somebody publishes its description or its joints. */
  isPresent(): boolean {
    return this.watches.some(
      (watch) => /\/(robot_description|joint_states)$/.test(watch.source) && watch.hasPublishers(),
    );
  }

  /** Looks at the ROS graph. Called a few times a second: at counts each time, `closely` at everything. */
  poll(closely: boolean): void {
    for (const watch of this.watches) watch.poll(closely);
    // Until one is found it is waited for: who asks for a move at once should not be told that nothing takes it.
    if (closely || this.controllers.size === 0) this.pollControllers();
    this.sayCapabilities(this.twist?.poll(closely) ?? false);
  }

  sendTrajectory(goal: TrajectoryGoal): void {
    const controller = this.controllers.get(goal.controller);
    if (controller !== undefined) controller.client.send(goal);
    else this.report(goal.id, "aborted", "controller_gone", `${goal.controller} is gone`);
  }

  cancelTrajectory(goalId: string): void {
    for (const { client } of this.controllers.values()) client.cancel(goalId);
  }

  sendTwist(twist: PlanarTwist): void {
    this.twist?.send(twist);
  }

  setStopped(stopped: boolean): void {
    this.stopPressedAt = stopped ? this.now() : Number.NEGATIVE_INFINITY;
    for (const controller of this.controllers.values()) {
      controller.stopped = stopped && controller.client.cancelEverything();
    }
  }

  private readonly report: GoalReport = (goalId, stage, code, message, error) => {
    const robot = this.config.id;
    const part = error === undefined ? {} : { error };
    this.inbox.push("ros", this.now(), { kind: "goal", robot, goalId, stage, code, message, ...part });
  };

  private topics(): WatchedTopic[] {
    const robot = this.config.id;
    const joints = new JointStateDecoder();
    const decodeJoints = (bytes: Uint8Array) => joints.decode(bytes);
    const topics = [
      this.watched("joint_states", "sensor_msgs/msg/JointState", decodeJoints, (message) => ({
        kind: "jointState",
        robot,
        message,
      })),
      this.watched("odom", "nav_msgs/msg/Odometry", decodeOdometry, (message) => {
        if (message.childFrame !== "") this.baseFrame = message.childFrame;
        return { kind: "odometry", robot, message };
      }),
    ];
    const sensor = (message: SensorMessage): Input => ({ kind: "sensor", robot, message });
    topics.push(
      this.watched("battery_state", "sensor_msgs/msg/BatteryState", decodeBattery, sensor),
      this.watched("imu", "sensor_msgs/msg/Imu", decodeImu, sensor),
      this.watched("diagnostics", "diagnostic_msgs/msg/DiagnosticArray", decodeDiagnostics, sensor),
    );
    for (const name of ["tf", "tf_static"]) {
      const isStatic = name === "tf_static";
      const wrap = (transforms: TransformMessage[]): Input => ({
        kind: "transforms",
        robot,
        isStatic,
        transforms,
      });
      topics.push({
        ...this.watched(name, "tf2_msgs/msg/TFMessage", decodeTransforms, wrap),
        latched: isStatic,
      });
    }
    if (this.config.description === "topic") {
      const wrap = (text: string): Input => ({ kind: "description", robot, text });
      topics.push({
        ...this.watched("robot_description", "std_msgs/msg/String", decodeText, wrap),
        latched: true,
        newestOnly: true,
      });
    }
    return topics;
  }

  private watched<T>(
    name: string,
    type: string,
    decode: (bytes: Uint8Array) => Result<T>,
    wrap: (message: T) => Input,
  ): WatchedTopic {
    return {
      topic: this.nameOf(name),
      type,
      latched: false,
      decode: (bytes) => {
        const message = decode(bytes);
        return message.ok ? { ok: true, value: wrap(message.value) } : message;
      },
    };
  }

  private pollControllers(): void {
    const { trajectory } = this.config.commands;
    const wanted = trajectory === "off" ? [] : this.actionsNow(trajectory === "auto" ? null : trajectory);
    for (const action of wanted) {
      if (!this.controllers.has(action)) {
        const rejected = (reason: string): void =>
          this.inbox.push(`ros:${action}/feedback`, this.now(), { kind: "rejected", reason });
        const client = new TrajectoryClient(this.ros.rcl, this.ros.actor, action, this.report, rejected);
        this.controllers.set(action, { client, asked: 0, stopped: false });
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
    if (this.now() - this.stopPressedAt > lateStopMs) return;
    for (const controller of this.controllers.values()) {
      controller.stopped ||= controller.client.cancelEverything();
    }
  }

  private actionsNow(configured: readonly string[] | null): string[] {
    const suffix = "/_action/send_goal";
    const prefix = this.nameOf("");
    const others = this.otherNamespaces.map((n) => `/${bare(n)}/`).filter((o) => o.length > prefix.length);
    return this.ros.actor
      .getServiceNamesAndTypes()
      .filter(
        ({ name, types }) => name.endsWith(suffix) && types.includes(`${followJointTrajectory}_SendGoal`),
      )
      .map(({ name }) => name.slice(0, -suffix.length))
      .filter((name) =>
        configured === null
          ? name.startsWith(prefix) && !others.some((other) => name.startsWith(other))
          : configured.some((c) => this.nameOf(c) === name),
      );
  }

  /**
   * Whether this is the robot that the twin has to do with. Where a simulated one stands in, what could be
   * commanded on ROS is not said; once it is said again, all of it is.
   */
  setChosen(chosen: boolean): void {
    this.chosen = chosen;
    this.said = "";
  }

  private sayCapabilities(twist: boolean): void {
    if (!this.chosen) return;
    const trajectory = [...this.controllers].map(([name, { client }]) => ({ name, joints: client.joints }));
    const said = JSON.stringify([trajectory, twist]);
    if (said === this.said) return;
    this.said = said;
    const robot = this.config.id;
    this.inbox.push("ros", this.now(), { kind: "capabilities", robot, capabilities: { trajectory, twist } });
  }

  /** An absolute name: relative ones stand under the robot's namespace. */
  private nameOf(name: string): string {
    if (name.startsWith("/")) return name;
    const namespace = bare(this.config.namespace);
    return namespace === "" ? `/${name}` : `/${namespace}/${name}`;
  }
}

function bare(namespace: string): string {
  return namespace.replace(/^\/+|\/+$/g, "");
}
