import type { Inbox } from "../engine/ports/inbox.ts";
import type { Input } from "../engine/ports/inputs.ts";
import type { Config, RobotConfig } from "../io/config/config-schema.ts";
import { MqttIntake } from "../io/mqtt/mqtt-intake.ts";
import type { BagChannel } from "../io/recording/bag-source.ts";
import { readMqttEnvelope } from "../io/recording/mqtt-envelope.ts";
import { FramePrefix } from "../io/ros/frame-prefix.ts";
import { robotTopics, watchedTopic } from "../io/ros/robot-topics.ts";
import type { WatchedTopic } from "../io/ros/topic-watch.ts";
import type { BlockMessage } from "../protocol/mcap/message-block.ts";
import { readRecordedDescriptions, readRecordedState } from "../protocol/mcap/recorded-state.ts";
import { decodeOdometry, type OdometryMessage } from "../protocol/ros-decode.ts";
import { deviceProfiles } from "./device-links.ts";

const odometryType = "nav_msgs/msg/Odometry";
const mqttType = "twinbridge.Mqtt";
const stateType = "twinbridge.State";
const descriptionsType = "twinbridge.Descriptions";
/** What bags have beside what a twin takes, and nobody misses. */
const isOwn = (type: string): boolean => type.startsWith("twinbridge.");

type Taker = (data: Uint8Array, now: number) => void;

/** Hands the messages of a bag to the engine as the transports do, by the same decoders. */
export class ReplayIntake {
  private readonly takers = new Map<number, Taker>();
  private mqtt: MqttIntake;
  private readonly sources = new Set<string>();
  /** Without joint states of ROS, as of the demo, the twin's own state takes their place. */
  private readonly replaysStates: boolean;
  private readonly robots: ReadonlySet<string>;
  /** Robots whose description comes from ROS or a file. */
  private readonly described: ReadonlySet<string>;
  /** Topics of the bag that the twin makes nothing of. */
  readonly ignored: readonly string[];

  constructor(
    channels: readonly BagChannel[],
    robots: readonly RobotConfig[],
    private readonly config: Config,
    private readonly inbox: Inbox,
    private readonly now: () => number,
  ) {
    this.mqtt = this.openMqtt();
    const watched = robots.flatMap((robot) => topicsOf(robot, channels, now));
    const has = (topic: string): boolean => channels.some((one) => one.topic === topic);
    const measured = ["sensor_msgs/msg/JointState", odometryType];
    this.replaysStates = !channels.some(({ type }) => measured.includes(fullType(type)));
    this.robots = new Set(robots.map(({ id }) => id));
    this.described = new Set(
      robots
        .filter(({ namespace, description }) => {
          const inside = namespace.replace(/^\/+|\/+$/g, "");
          return (
            description !== "topic" ||
            has(inside === "" ? "/robot_description" : `/${inside}/robot_description`)
          );
        })
        .map(({ id }) => id),
    );
    const ignored: string[] = [];
    for (const channel of channels) {
      const taker = this.takerOf(channel, watched);
      if (taker !== null) this.takers.set(channel.id, taker);
      else if (!isOwn(channel.type))
        ignored.push(`${channel.topic} (${channel.type || channel.messageEncoding})`);
    }
    this.ignored = ignored.sort();
  }

  take({ channel, data }: BlockMessage, now: number): void {
    this.takers.get(channel)?.(data, now);
  }

  /** The bag begins anew: its stamps and numbers do, too. */
  restart(): void {
    const now = this.now();
    this.mqtt = this.openMqtt();
    this.inbox.push("replay", now, { kind: "forgetDevices" });
    for (const source of this.sources) this.inbox.push(source, now, { kind: "sourceEpoch" });
  }

  private openMqtt(): MqttIntake {
    const { mqtt } = this.config;
    const profiles = mqtt === undefined ? [] : deviceProfiles(mqtt, this.now());
    // Nothing is said back: the bag does not listen.
    return new MqttIntake(profiles, mqtt?.mappings ?? [], "robot", this.inbox, () => undefined);
  }

  private takerOf(channel: BagChannel, watched: readonly WatchedTopic[]): Taker | null {
    const { topic, messageEncoding } = channel;
    const type = fullType(channel.type);
    if (type === mqttType) {
      for (const { topic: mapped } of this.config.mqtt?.mappings ?? []) this.sources.add(`mqtt:${mapped}`);
      return (data, now) => this.takeMqtt(topic, data, now);
    }
    if (this.replaysStates && type === stateType) return (data, now) => this.takeState(topic, data, now);
    if (type === descriptionsType) return (data, now) => this.takeDescriptions(topic, data, now);
    if (messageEncoding !== "cdr") return null;
    const own = watched.filter((one) => one.topic === topic && one.type === type);
    if (own.length === 0) return null;
    const source = `ros:${topic}`;
    this.sources.add(source);
    return (data, now) => {
      this.inbox.tap?.({ kind: "ros", topic, type, cdr: data, received: now });
      for (const one of own) this.takeRos(source, one, data, now);
    };
  }

  private takeRos(source: string, { decode }: WatchedTopic, data: Uint8Array, now: number): void {
    const decoded = decode(data, undefined);
    if (!decoded.ok) {
      const reason = decoded.path === "" ? decoded.reason : `${decoded.path}: ${decoded.reason}`;
      this.inbox.push(source, now, { kind: "rejected", reason });
      return;
    }
    const { value, leftOut } = decoded;
    if ("kind" in value) this.inbox.push(source, now, value);
    else for (const input of value) this.inbox.push(source, now, input);
    if (leftOut !== undefined) this.inbox.push(source, now, { kind: "leftOut", reason: leftOut });
  }

  private takeState(topic: string, data: Uint8Array, now: number): void {
    const states = readRecordedState(Buffer.from(data).toString("utf8"));
    const source = `recording:${topic}`;
    this.sources.add(source);
    if (states === null) {
      this.inbox.push(source, now, { kind: "rejected", reason: "no state of a recording" });
      return;
    }
    for (const { robot, joints, odometry } of states) {
      if (!this.robots.has(robot)) continue;
      if (joints !== null) this.inbox.push(source, now, { kind: "jointState", robot, message: joints });
      if (odometry !== null) this.inbox.push(source, now, { kind: "odometry", robot, message: odometry });
    }
  }

  private takeDescriptions(topic: string, data: Uint8Array, now: number): void {
    const robots = readRecordedDescriptions(Buffer.from(data).toString("utf8")) ?? {};
    for (const [robot, text] of Object.entries(robots)) {
      // One that comes as it did on ROS, or from a file, is the better one.
      if (this.described.has(robot) || !this.robots.has(robot)) continue;
      this.inbox.push(`recording:${topic}`, now, { kind: "description", robot, text });
    }
  }

  private takeMqtt(channel: string, data: Uint8Array, now: number): void {
    const message = readMqttEnvelope(data);
    if (message === null) {
      this.inbox.push("mqtt:devices", now, {
        kind: "rejected",
        reason: `${channel}: no MQTT message of a recording`,
      });
      return;
    }
    this.mqtt.take(message.topic, message.payload, message.retained, now);
  }
}

/** The topics of one robot that the bag may have, its odometry among them. */
function topicsOf(robot: RobotConfig, channels: readonly BagChannel[], now: () => number): WatchedTopic[] {
  const namespace = robot.namespace.replace(/^\/+|\/+$/g, "");
  const nameOf = (name: string): string => {
    if (name.startsWith("/")) return name;
    return namespace === "" ? `/${name}` : `/${namespace}/${name}`;
  };
  const frames = new FramePrefix(robot.tfPrefix, namespace);
  const topics = robotTopics(robot, nameOf, () => undefined, frames, now);
  const topic = odometryTopic(robot, nameOf, channels);
  if (topic === null) return topics;
  const wrap = (message: OdometryMessage): Input => {
    message.frame = frames.bare(message.frame);
    message.childFrame = frames.bare(message.childFrame);
    return { kind: "odometry", robot: robot.id, message };
  };
  return [...topics, watchedTopic(topic, odometryType, decodeOdometry, wrap)];
}

/** The configured one, else `odom` of the robot's namespace, else the only one of a controller there. */
function odometryTopic(
  { odometry }: RobotConfig,
  nameOf: (name: string) => string,
  channels: readonly BagChannel[],
): string | null {
  if (odometry === "off") return null;
  if (odometry !== "auto") return nameOf(odometry);
  const all = channels.filter(({ type }) => fullType(type) === odometryType).map(({ topic }) => topic);
  const usual = nameOf("odom");
  if (all.includes(usual)) return usual;
  const prefix = nameOf("");
  const own = all.filter(
    (topic) => topic.startsWith(prefix) && /^[^/]+\/odom$/.test(topic.slice(prefix.length)),
  );
  return own.length === 1 ? (own[0] as string) : null;
}

/** `sensor_msgs/JointState` of older files is `sensor_msgs/msg/JointState`. */
function fullType(type: string): string {
  return /^\w+\/\w+$/.test(type) ? type.replace("/", "/msg/") : type;
}
