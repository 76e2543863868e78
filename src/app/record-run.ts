import { globOf } from "../core/glob.ts";
import { Inbox } from "../engine/ports/inbox.ts";
import { serverNow } from "../io/clock.ts";
import type { Config } from "../io/config/config-schema.ts";
import { MqttLink } from "../io/mqtt/mqtt-link.ts";
import { packageVersion } from "../io/package-root.ts";
import type { Compression } from "../io/recording/compression.ts";
import { RecordTap } from "../io/recording/record-tap.ts";
import type { RecordingSummary } from "../io/recording/recording.ts";
import { RecordingThread } from "../io/recording/recording-thread.ts";
import { TwinFeed } from "../io/recording/twin-feed.ts";
import { TopicRecorder } from "../io/ros/topic-recorder.ts";
import { listeningProfile } from "../protocol/listening-profile.ts";
import { brokerAddress } from "./device-links.ts";
import { rosChannel } from "./ros-channel.ts";

const drainEachMs = 500;

export type RecordOptions = {
  out: string;
  patterns: readonly string[];
  exclude: readonly string[];
  compression: Compression;
  maxBytes: number;
  maxSeconds: number;
  /** File of rclnodejs; null: without ROS. */
  rclnodejs: string | null;
  config: Config | null;
  configPath: string | null;
  /** Address of the twin's `/ws/state`; null: without it. */
  twinUrl: string | null;
  /** A line for people. */
  say(line: string): void;
  onFailed(reason: string): void;
};

export type RecordProgress = { topics: number; messages: number; bytes: number; dropped: number };

/** A recording beside a running twin: ROS topics, the broker's topics, and the twin's own graph and events. */
export class RecordRun {
  private readonly inbox = new Inbox();
  private readonly thread: RecordingThread;
  private readonly tap: RecordTap;
  private readonly ros: TopicRecorder | null;
  private readonly link: MqttLink | null;
  private readonly feed: TwinFeed | null;
  private readonly draining: NodeJS.Timeout;
  private readonly said = new Set<string>();

  constructor(private readonly options: RecordOptions) {
    const { out: path, compression, maxBytes, maxSeconds, rclnodejs, twinUrl, say } = options;
    const wanted = options.patterns.map(globOf);
    const unwanted = options.exclude.map(globOf);
    const wants = (name: string): boolean =>
      wanted.some((one) => one.test(name)) && !unwanted.some((one) => one.test(name));
    const library = `twinbridge ${packageVersion}`;
    this.thread = new RecordingThread({ path, library, compression, maxBytes, maxSeconds }, options.onFailed);
    this.tap = new RecordTap(
      this.thread,
      (topic, type) => rosChannel(topic, type, this.ros?.publishersOf(topic) ?? []),
      wants,
    );
    this.inbox.taps.add(this.tap.raw);
    this.ros =
      rclnodejs === null
        ? null
        : new TopicRecorder(
            {
              rclnodejs,
              nodeName: `twin_record_${process.pid}`,
              wants,
              onRefused: (topic, reason) => say(`${topic} is left out: ${reason}`),
            },
            this.inbox,
            serverNow,
          );
    this.link = this.openBroker();
    this.feed = twinUrl === null ? null : this.openFeed(twinUrl);
    this.draining = setInterval(() => this.drain(), drainEachMs);
  }

  /** Resolves once it records. Rejects with what ROS said. */
  async start(): Promise<void> {
    await this.thread.opened;
    this.link?.start();
    await this.ros?.start();
  }

  progress(): RecordProgress {
    const { progress, dropped } = this.thread;
    return { topics: this.tap.topics(), ...progress, dropped: dropped + this.tap.leftOut };
  }

  /** Null after a fault of the disk. */
  async stop(): Promise<RecordingSummary | null> {
    clearInterval(this.draining);
    this.feed?.close();
    this.ros?.stop();
    await this.link?.stop();
    return this.thread.close();
  }

  private openBroker(): MqttLink | null {
    const { config, configPath } = this.options;
    const mqtt = config?.mqtt;
    if (mqtt?.url === undefined || mqtt.embedded) return null;
    const versions = { auto: "auto", "5": 5, "3.1.1": 4 } as const;
    const address = brokerAddress(mqtt, mqtt.url, configPath);
    return new MqttLink(
      {
        ...address,
        profiles: [listeningProfile],
        mappings: [],
        defaultRobot: "robot",
        version: versions[mqtt.version],
        maxPacketBytes: mqtt.maxPacketBytes,
      },
      this.inbox,
      serverNow,
    );
  }

  private openFeed(url: string): TwinFeed {
    return new TwinFeed({
      url,
      onMessage: ({ channel, text, time }) => this.tap.twin(channel, text, serverNow(), time),
      onState: (isConnected, detail) => {
        const where = new URL(url).host;
        this.options.say(
          isConnected
            ? `the twin at ${where} is recorded`
            : `no twin at ${where} (${detail}): its graph and events are not recorded until it answers`,
        );
      },
    });
  }

  /** What the transports themselves say: a broker that is lost, a message that is too large. */
  private drain(): void {
    this.inbox.drain(
      ({ input }) => {
        if (input.kind === "status" && input.status.reason !== undefined) {
          this.sayOnce(`${input.status.detail}: ${input.status.reason}`);
        } else if (input.kind === "rejected") this.sayOnce(input.reason);
      },
      () => undefined,
    );
  }

  private sayOnce(line: string): void {
    if (this.said.size >= 1000 || this.said.has(line)) return;
    this.said.add(line);
    this.options.say(line);
  }
}
