import type { Capabilities } from "../../command/gate-output.ts";
import type { RobotTask } from "../../command/robot-task.ts";
import type { TrajectoryGoal } from "../../command/trajectory.ts";
import type { PlanarTwist } from "../../command/twist-stream.ts";
import type { WayQuestion } from "../../command/way-question.ts";
import type { Inbox } from "../../engine/ports/inbox.ts";
import type { Input, Publishers } from "../../engine/ports/inputs.ts";
import type { StillBraking } from "../../engine/ports/outputs.ts";
import type { RobotSink } from "../../engine/ports/sinks.ts";
import type { JointStateMessage, OdometryMessage } from "../../protocol/ros-decode.ts";
import type { EventSeverity } from "../../protocol/state-messages.ts";
import type { RobotControllers } from "../../protocol/topics/controllers-answer.ts";
import type { RobotConfig } from "../config/config-schema.ts";
import { attemptAll } from "./attempt-all.ts";
import { FramePrefix } from "./frame-prefix.ts";
import { MeasuredJoints } from "./measured-joints.ts";
import { OdometryWatch } from "./odometry-watch.ts";
import { RobotClock, type RosTime } from "./robot-clock.ts";
import { RobotNames } from "./robot-names.ts";
import { RobotOutputs } from "./robot-outputs.ts";
import { robotTopics, usesSharedTf } from "./robot-topics.ts";
import type { RosHandles } from "./ros-handles.ts";
import { TopicWatch, type WatchedTopic } from "./topic-watch.ts";

const occupancyGrid = "nav_msgs/msg/OccupancyGrid";

/** One robot on ROS 2: its topics in, its controllers out, found under its namespace as they come and go. */
export class RosRobot implements RobotSink {
  private readonly watches: TopicWatch[];
  private readonly odometry: OdometryWatch | null;
  private readonly outputs: RobotOutputs;
  private readonly names: RobotNames;
  private readonly clock: RobotClock;
  private readonly frames: FramePrefix;
  private baseFrame = "base_link";
  private said = "";
  /** Whether twists were taken by what was reported last. */
  private saidTwist = false;
  private chosen = true;
  private hasMap = false;

  constructor(
    private readonly ros: RosHandles,
    private readonly config: RobotConfig,
    private readonly inbox: Inbox,
    private readonly now: () => number,
    time: RosTime,
    /** The namespaces of all robots. */
    namespaces: () => readonly string[],
  ) {
    const measured = new MeasuredJoints();
    const names = new RobotNames(config.namespace, namespaces);
    const clock = new RobotClock(time, now);
    this.names = names;
    this.clock = clock;
    const onJoints = ({ stamp, name, position }: JointStateMessage): void => {
      measured.note(name, position, now());
      this.outputs.judge();
      clock.note(stamp);
    };
    this.frames = new FramePrefix(config.tfPrefix, names.bare);
    const nameOf = (name: string): string => names.of(name);
    const { sharedTf } = ros;
    const topics = robotTopics(config, nameOf, onJoints, this.frames, now, sharedTf !== undefined);
    if (usesSharedTf(this.frames, nameOf)) sharedTf?.join(config.id, this.frames);
    this.watches = topics.map((topic) => this.watch(topic));
    const { odometry, id: robot } = config;
    this.odometry =
      odometry === "off"
        ? null
        : new OdometryWatch({
            node: ros.listener,
            topic: names.of(odometry === "auto" ? "odom" : odometry),
            isAuto: odometry === "auto",
            namespace: names.namespace,
            watch: (topic) => this.watch(topic),
            wrap: (message, publishers) => this.wrapOdometry(message, publishers),
          });
    this.outputs = new RobotOutputs(config, {
      ...{ ros, names, clock, measured, now },
      answer: (answer) => inbox.push("ros", now(), { kind: "wayAnswer", answer }),
      report: (report) => inbox.push("ros", now(), { kind: "goal", robot, ...report }),
      note: (...noted) => this.note(...noted),
      rejected: (action, reason) => inbox.push(`ros:${action}/feedback`, now(), { kind: "rejected", reason }),
      baseFrame: () => this.baseFrame,
    });
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
    attemptAll([
      ...this.watches.map((watch) => () => watch.poll(closely)),
      () => this.odometry?.poll(closely),
      () => closely && this.tellOfFrames(),
      ...this.outputs.looks(closely),
      () => closely && this.judgeClock(),
      () => this.reportCapabilities(closely),
    ]);
  }

  sendTrajectory(goal: TrajectoryGoal): void {
    this.outputs.sendTrajectory(goal);
  }

  cancelTrajectory(goalId: string): void {
    this.outputs.cancelTrajectory(goalId);
  }

  sendTwist(twist: PlanarTwist): void {
    this.outputs.sendTwist(twist);
  }

  sendTask(task: RobotTask): void {
    this.outputs.sendTask("frame" in task ? { ...task, frame: this.frames.full(task.frame) } : task);
  }

  cancelTask(taskId: string): void {
    this.outputs.cancelTask(taskId);
  }

  setStopped(stopped: boolean, braking?: StillBraking): void {
    this.outputs.setStopped(stopped, braking);
  }

  /** See `RobotOutputs.controllersNow`. */
  controllersNow(modelJoints: ReadonlySet<string> | null): RobotControllers {
    return this.outputs.controllersNow(modelJoints);
  }

  findWay(question: WayQuestion): void {
    this.outputs.findWay(question);
  }

  dropWay(id: string): void {
    this.outputs.dropWay(id);
  }

  /** Leaves the robot: it is neither listened to nor commanded any more. */
  end(): void {
    for (const watch of this.watches) watch.end();
    this.ros.sharedTf?.leave(this.config.id);
    this.odometry?.end();
    this.outputs.end();
  }

  /** See `RobotOutputs.flush`. */
  flush(): void {
    this.outputs.flush();
  }

  private judgeClock(): void {
    const text = this.clock.complaint();
    if (text !== null) this.note("warning", "clock.differs", text);
  }

  private note(severity: EventSeverity, code: string, text: string): void {
    this.inbox.push("ros", this.now(), { kind: "note", robot: this.config.id, severity, code, text });
  }

  /** A robot below a namespace that has neither its own tf nor a frame on that of all robots. */
  private tellOfFrames(): void {
    const ownTf = `ros:${this.names.of("tf")}`;
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

  /** The topic of its map, once somebody has published one there. */
  private map(closely: boolean): NonNullable<Capabilities["map"]> | null {
    const { topic: configured } = this.config.map;
    if (configured === "off") return null;
    const topic = this.names.of(configured === "auto" ? "map" : configured);
    const { listener } = this.ros;
    this.hasMap ||=
      closely &&
      listener.countPublishers(topic) > 0 &&
      listener.getPublishersInfoByTopic(topic).some((info) => info.topic_type === occupancyGrid);
    return this.hasMap ? { topic, framePrefix: this.frames.text } : null;
  }

  private reportCapabilities(closely: boolean): void {
    if (!this.chosen) return;
    const found = this.outputs.capabilities(closely, this.saidTwist);
    if (found === null) return;
    const map = this.map(closely);
    const capabilities = map === null ? found : { ...found, map };
    const said = JSON.stringify(capabilities);
    if (said === this.said) return;
    this.said = said;
    this.saidTwist = capabilities.twist;
    this.inbox.push("ros", this.now(), { kind: "capabilities", robot: this.config.id, capabilities });
  }
}
