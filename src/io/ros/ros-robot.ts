import type { Capabilities, GoalReport } from "../../command/gate-output.ts";
import type { TrajectoryGoal } from "../../command/trajectory.ts";
import type { PlanarTwist } from "../../command/twist-stream.ts";
import { type Stamp, stampFromMs, stampToMs } from "../../core/stamp.ts";
import type { Inbox } from "../../engine/ports/inbox.ts";
import type { Input, Publishers } from "../../engine/ports/inputs.ts";
import type { StillBraking } from "../../engine/ports/outputs.ts";
import type { RobotSink } from "../../engine/ports/sinks.ts";
import type { JointStateMessage, OdometryMessage } from "../../protocol/ros-decode.ts";
import type { EventSeverity } from "../../protocol/state-messages.ts";
import type { RobotConfig } from "../config/config-schema.ts";
import { attemptAll } from "./attempt-all.ts";
import { FramePrefix } from "./frame-prefix.ts";
import { MeasuredJoints } from "./measured-joints.ts";
import { OdometryWatch } from "./odometry-watch.ts";
import type { RclNode, Rclnodejs } from "./rclnodejs-api.ts";
import { robotTopics, usesSharedTf } from "./robot-topics.ts";
import { SenderClock } from "./sender-clock.ts";
import type { SharedTf } from "./shared-tf.ts";
import { TopicWatch, type WatchedTopic } from "./topic-watch.ts";
import { TrajectoryControllers } from "./trajectory-controllers.ts";
import { TwistOutput } from "./twist-output.ts";
import { TwistPublisher } from "./twist-publisher.ts";

/** How long after a stop it also reaches controllers and bases that are found only then, as after a start. */
const lateStopMs = 30_000;
/** A clock that is off by more is worth a warning. */
const farClockMs = 1000;

/** ROS time as the node has it; a simulated one comes in steps, and at its own rate. */
export type RosTime = { now(): Stamp; isSimulated: boolean };

/** The node that listens and the node that acts. */
export type RosHandles = {
  rcl: Rclnodejs;
  listener: RclNode;
  actor: RclNode;
  /** A node that acts in its own participant; null until it is there. */
  second: () => RclNode | null;
  /** The tf that robots in namespaces share; absent: each robot listens for itself. */
  sharedTf?: SharedTf;
};

/** One robot on ROS 2: its topics in, its controllers out, found under its namespace as they come and go. */
export class RosRobot implements RobotSink {
  private readonly watches: TopicWatch[];
  private readonly odometry: OdometryWatch | null;
  private readonly controllers: TrajectoryControllers | null;
  private readonly twist: TwistOutput | null;
  private readonly clock = new SenderClock();
  private clockWarned = false;
  private readonly frames: FramePrefix;
  private baseFrame = "base_link";
  private said = "";
  /** Whether twists were taken by what was reported last. */
  private saidTwist = false;
  private chosen = true;

  constructor(
    private readonly ros: RosHandles,
    private readonly config: RobotConfig,
    private readonly inbox: Inbox,
    private readonly now: () => number,
    private readonly time: RosTime,
    /** The namespaces of all robots. */
    namespaces: () => readonly string[],
  ) {
    const measured = new MeasuredJoints();
    const onJoints = ({ stamp, name, position }: JointStateMessage): void => {
      measured.note(name, position, now());
      this.controllers?.judge();
      if (stamp.sec !== 0) this.clock.note(stampToMs(stamp), stampToMs(this.time.now()));
    };
    this.frames = new FramePrefix(config.tfPrefix, bare(config.namespace));
    const nameOf = (name: string): string => this.nameOf(name);
    const { sharedTf } = ros;
    const topics = robotTopics(config, nameOf, onJoints, this.frames, now, sharedTf !== undefined);
    if (usesSharedTf(this.frames, nameOf)) sharedTf?.join(config.id, this.frames);
    this.watches = topics.map((topic) => this.watch(topic));
    const { odometry, commands } = config;
    this.odometry =
      odometry === "off"
        ? null
        : new OdometryWatch({
            node: ros.listener,
            topic: this.nameOf(odometry === "auto" ? "odom" : odometry),
            isAuto: odometry === "auto",
            namespace: `/${bare(config.namespace)}`,
            watch: (topic) => this.watch(topic),
            wrap: (message, publishers) => this.wrapOdometry(message, publishers),
          });
    const { trajectory } = commands;
    const prefix = this.nameOf("");
    const names = {
      configured: trajectory === "auto" ? null : [trajectory].flat().map((name) => this.nameOf(name)),
      prefix,
      others: () =>
        namespaces()
          .map((n) => `/${bare(n)}/`)
          .filter((other) => other.length > prefix.length && other.startsWith(prefix)),
    };
    this.controllers =
      trajectory === "off"
        ? null
        : new TrajectoryControllers(
            ros.rcl,
            ros.actor,
            names,
            {
              report: this.report,
              rejected: (action, reason) =>
                inbox.push(`ros:${action}/feedback`, now(), { kind: "rejected", reason }),
              stampOf: (at) => this.stampOf(at),
              cancelRefused: (action) => this.tellOfCancel(action),
            },
            now,
            measured,
          );
    this.twist = this.makeTwist();
  }

  /** Whether a robot is there: somebody publishes its description or its joints. */
  isPresent(): boolean {
    return this.watches.some(
      (watch) => /\/(robot_description|joint_states)$/.test(watch.source) && watch.hasPublishers(),
    );
  }

  /**
   * Looks at the ROS graph. Called a few times a second: at counts each time, `closely` at everything. Where a part
   * fails, the others are looked at all the same, so that a stop reaches them; then its error is thrown.
   */
  poll(closely: boolean): void {
    // Until one is found it is waited for: who asks for a move at once should not be told that nothing takes it.
    const asksControllers = closely || this.controllers?.isEmpty() === true;
    attemptAll([
      ...this.watches.map((watch) => () => watch.poll(closely)),
      () => this.odometry?.poll(closely),
      () => closely && this.tellOfFrames(),
      () => asksControllers && this.controllers?.poll(),
      () => this.controllers?.repeatCancel(),
      () => this.controllers?.judge(),
      () => closely && this.judgeClock(),
      () => this.reportCapabilities(this.twist?.poll(closely) ?? false, closely),
    ]);
  }

  sendTrajectory(goal: TrajectoryGoal): void {
    this.controllers?.send(goal);
  }

  cancelTrajectory(goalId: string): void {
    this.controllers?.cancel(goalId);
  }

  sendTwist(twist: PlanarTwist): void {
    this.twist?.send(twist);
  }

  setStopped(stopped: boolean, braking?: StillBraking): void {
    if (stopped) {
      if (braking?.twist !== true) this.twist?.stop(lateStopMs);
      this.controllers?.stop(lateStopMs, braking?.controllers);
    } else {
      this.twist?.reset();
      this.controllers?.reset();
    }
  }

  /** Leaves the robot: it is neither listened to nor commanded any more. */
  end(): void {
    for (const watch of this.watches) watch.end();
    this.ros.sharedTf?.leave(this.config.id);
    this.odometry?.end();
    this.controllers?.end();
    this.twist?.end();
  }

  /** Waits, blocking, until the base has what was sent. For the end of the program. */
  flush(): void {
    this.twist?.flush();
  }

  private readonly report = (report: GoalReport): void => {
    this.inbox.push("ros", this.now(), { kind: "goal", robot: this.config.id, ...report });
  };

  /** Warns once where the stamps of the robot's joint states are far from our time. */
  private judgeClock(): void {
    const behind = this.clock.behindMs();
    if (behind === null || this.clockWarned || Math.abs(behind) < farClockMs) return;
    this.clockWarned = true;
    const seconds = Math.abs(behind / 1000).toFixed(1);
    this.inbox.push("ros", this.now(), {
      kind: "note",
      robot: this.config.id,
      severity: "warning",
      code: "clock.differs",
      text:
        `the robot's joint states are stamped ${seconds} s ${behind > 0 ? "in the past" : "in the future"}: controllers that judge commands by their stamps may ignore them or stop late. ` +
        `Synchronise the clocks (chrony, NTP); for a simulated robot start the twin with --use-sim-time`,
    });
  }

  /** When a goal of server ms `at` starts by the robot's clock; zero where that clock is not known to be ours. */
  private stampOf(at: number): Stamp {
    if (this.time.isSimulated || !this.clock.agrees()) return { sec: 0, nanosec: 0 };
    return stampFromMs(stampToMs(this.time.now()) - (this.now() - at));
  }

  /** A controller that does not cancel may go on moving the robot, whatever the twin says. */
  private tellOfCancel(action: string): void {
    const text = `${action} refused to cancel its goal: the robot may go on moving. Use the robot's own emergency stop.`;
    this.note("error", "stop.not_canceled", text);
  }

  private note(severity: EventSeverity, code: string, text: string): void {
    this.inbox.push("ros", this.now(), { kind: "note", robot: this.config.id, severity, code, text });
  }

  private makeTwist(): TwistOutput | null {
    const { commands, namespace } = this.config;
    const { twist } = commands;
    if (twist === "off") return null;
    const node = this.ros.actor;
    const warn = (text: string): void => this.note("warning", "twist.types", text);
    return new TwistOutput({
      node,
      topic: this.nameOf(twist === "auto" ? "cmd_vel" : twist),
      isAuto: twist === "auto",
      namespace: `/${bare(namespace)}`,
      publisherOn: (topic) =>
        new TwistPublisher(
          node,
          topic,
          () => this.time.now(),
          () => this.baseFrame,
          this.now,
          warn,
          this.ros.second,
        ),
    });
  }

  /** A robot below a namespace that has neither its own tf nor a frame on that of all robots. */
  private tellOfFrames(): void {
    const ownTf = `ros:${this.nameOf("tf")}`;
    const hasOwn = ownTf !== "ros:/tf" && this.watches.some((w) => w.source === ownTf && w.hasPublishers());
    const text = hasOwn ? null : this.frames.complaint("/tf", this.now());
    if (text !== null) this.note("warning", "tf.prefix", text);
  }

  private wrapOdometry(message: OdometryMessage, publishers: Publishers): Input {
    if (message.childFrame !== "") this.baseFrame = message.childFrame;
    message.frame = this.frames.bare(message.frame);
    message.childFrame = this.frames.bare(message.childFrame);
    return { kind: "odometry", robot: this.config.id, message, publishers };
  }

  private watch(watched: WatchedTopic): TopicWatch {
    return new TopicWatch(this.ros.rcl, this.ros.listener, watched, this.inbox, this.now);
  }

  /**
   * Whether this is the robot that the twin has to do with. Where a simulated one runs instead, what could be
   * commanded on ROS is not reported; once this robot is chosen again, all of it is.
   */
  setChosen(chosen: boolean): void {
    this.chosen = chosen;
    this.saidTwist = false;
    this.said = "";
  }

  private reportCapabilities(twist: boolean, closely: boolean): void {
    if (!this.chosen) return;
    const trajectory = this.controllers?.current() ?? [];
    const capabilities: Capabilities = { trajectory, twist };
    if (!twist && this.twist !== null) {
      // Asking the graph for names costs a millisecond: a base that is gone is reported at once, the reason later.
      if (!closely && !this.saidTwist) return;
      capabilities.noTwist = closely ? this.twist.reason() : "nothing takes the base's twists any more";
    }
    const said = JSON.stringify(capabilities);
    if (said === this.said) return;
    this.said = said;
    this.saidTwist = twist;
    this.inbox.push("ros", this.now(), { kind: "capabilities", robot: this.config.id, capabilities });
  }

  /** An absolute name: relative ones are under the robot's namespace. */
  private nameOf(name: string): string {
    if (name.startsWith("/")) return name;
    const namespace = bare(this.config.namespace);
    return namespace === "" ? `/${name}` : `/${namespace}/${name}`;
  }
}

function bare(namespace: string): string {
  return namespace.replace(/^\/+|\/+$/g, "");
}
