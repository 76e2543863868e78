import { nanoseconds } from "../../protocol/foxglove/server-messages.ts";
import { decodeText } from "../../protocol/ros-decode.ts";
import type { RobotModel } from "../../robot/model.ts";
import type { Channel } from "./channel-table.ts";
import type { FeedContext } from "./feed-context.ts";
import { LiveReading } from "./live-reading.ts";
import { jointStateCdr, RobotTransforms, textCdr, transformsCdr } from "./robot-messages.ts";
import { rosTypes } from "./ros-channels.ts";
import { framePrefix } from "./topic-names.ts";

/** What does not move is sent again now and then: some programs forget old transforms. ms */
const repeatMs = 1000;

/**
 * The usual topics of one robot as far as ROS does not give them: its description, joint states and transforms. So a
 * program for ROS draws a robot that is simulated, or known by MQTT alone.
 */
export class LiveRobot {
  private readonly reading: LiveReading;
  private transforms: RobotTransforms | null = null;
  private model: RobotModel | null = null;
  private description = "";
  private fixed = "";
  private jointsAt = -1;
  private framesAt = -1;
  private repeatAt = 0;

  constructor(
    private readonly context: FeedContext,
    private readonly robot: string,
    /** Of its topics: "" or as `/r1`. */
    readonly prefix: string,
  ) {
    this.reading = new LiveReading(context.engine, robot);
  }

  /** All is sent anew: somebody asks for it who knows nothing. */
  again(): void {
    this.jointsAt = -1;
    this.framesAt = -1;
    this.repeatAt = 0;
  }

  /** Its topics go, as far as ROS does not give them. */
  end(): void {
    const { channels, isGiven } = this.context;
    for (const name of ["robot_description", "joint_states"]) {
      const topic = `${this.prefix}/${name}`;
      if (!isGiven(topic)) channels.remove(topic);
    }
    channels.of("/tf_static")?.drop(this.latchKey());
  }

  /** Advertises its topics and shows a new description. */
  look(now: number): void {
    const loaded = this.context.engine.robots.get(this.robot)?.description ?? null;
    if (loaded !== null && loaded.text !== this.description) {
      this.description = loaded.text;
      this.model = loaded.model;
      this.transforms = new RobotTransforms(loaded.model, framePrefix(this.prefix));
      this.fixed = "";
      this.again();
      this.showDescription(loaded.text, now);
    }
    if (this.reading.read().joints.length > 0)
      this.channel(`${this.prefix}/joint_states`, rosTypes.jointState);
    if (this.model === null) return;
    this.channel("/tf", rosTypes.transforms);
    this.channel("/tf_static", rosTypes.transforms);
    this.showFixed(now);
  }

  /** Joint states and transforms, when there is news. */
  publishMotion(now: number): void {
    const joints = this.context.channels.of(`${this.prefix}/joint_states`);
    const tf = this.context.channels.of("/tf");
    const wantsJoints = joints !== undefined && this.context.isWanted(joints);
    const wantsFrames = tf !== undefined && this.transforms !== null && this.context.isWanted(tf);
    if (!wantsJoints && !wantsFrames) return;
    const reading = this.reading.read();
    const at = reading.time < 0 ? now : reading.time;
    if (wantsJoints && reading.time > this.jointsAt && !this.context.isGiven(joints.kind.topic)) {
      this.jointsAt = reading.time;
      const payload = jointStateCdr(reading);
      if (payload !== null) this.context.publish(joints, at, payload);
    }
    if (!wantsFrames || (reading.time <= this.framesAt && now < this.repeatAt)) return;
    this.framesAt = reading.time;
    this.repeatAt = now + repeatMs;
    const skips = (frame: string): boolean => reading.frames.has(frame);
    const transforms = this.transforms?.of(reading, "moving", skips, at) ?? [];
    if (transforms.length > 0) this.context.publish(tf, at, transformsCdr(transforms));
  }

  private showDescription(text: string, now: number): void {
    const channel = this.channel(`${this.prefix}/robot_description`, rosTypes.text);
    if (channel === null) return;
    const known = channel.latched("");
    if (known !== undefined) {
      const said = decodeText(known.payload);
      if (said.ok && said.value === text) return;
    }
    const payload = textCdr(text);
    channel.keep("", { time: nanoseconds(now), payload });
    this.context.publish(channel, now, payload);
  }

  /** The transforms of fixed joints, as far as tf does not give them. */
  private showFixed(now: number): void {
    const channel = this.context.channels.of("/tf_static");
    if (channel === undefined || this.transforms === null) return;
    const reading = this.reading.read();
    const key = [...reading.frames.keys()].sort().join("\n") || "none";
    if (key === this.fixed) return;
    this.fixed = key;
    const transforms = this.transforms.of(reading, "fixed", (frame) => reading.frames.has(frame), now);
    channel.drop(this.latchKey());
    if (transforms.length === 0) return;
    const payload = transformsCdr(transforms);
    channel.keep(this.latchKey(), { time: nanoseconds(now), payload });
    this.context.publish(channel, now, payload);
  }

  private latchKey(): string {
    return `twin:${this.robot}`;
  }

  private channel(topic: string, type: string): Channel | null {
    const { channels, ros } = this.context;
    const known = channels.of(topic);
    if (known !== undefined) return known;
    const kind = ros.kindOf(topic, type);
    return kind === null ? null : channels.ensure(kind);
  }
}
