import type { Engine } from "../engine/engine.ts";
import { packageVersion } from "../io/package-root.ts";
import { RecordTap } from "../io/recording/record-tap.ts";
import { viewerFrame, viewerText } from "../io/recording/trigger-ring.ts";
import { TriggerThread } from "../io/recording/trigger-thread.ts";
import { durability, reliability } from "../io/ros/rclnodejs-api.ts";
import { offeredQosText } from "../protocol/mcap/offered-qos.ts";
import { nanosecondsOf, type RecordedChannel } from "../protocol/mcap/recorded-channel.ts";
import { twinChannel } from "../protocol/mcap/twin-channels.ts";
import type { TwinEvent } from "../protocol/state-messages.ts";

/** The recorder's own place among the viewers. */
const viewer = "recorder";
const framesPerSecond = 20;
const describeAfterMs = 500;
/** Topics whose publishers keep their last message. */
const latchedLeaf = /\/(?:robot_description|robot_description_semantic|tf_static)$/;

export type TriggerSettings = {
  beforeSeconds: number;
  afterSeconds: number;
  memoryBytes: number;
  maxFiles: number;
  maxBytes: number;
};

export type TriggerRecordingOptions = {
  engine: Engine;
  folder: string;
  settings: TriggerSettings;
  /** The robot that the events about recordings are filed under. */
  robot: string;
  now(): number;
};

/**
 * Records what was around every stop and alarm: raw messages of ROS and MQTT, and the twin's own state and events. Listens as
 * one more viewer of the state stream, and as a tap of the inbox.
 */
export class TriggerRecording {
  private readonly thread: TriggerThread;
  private readonly descriptions: number;
  private describing: NodeJS.Timeout | null = null;
  private readonly endTap: () => void;

  constructor(private readonly options: TriggerRecordingOptions) {
    const { engine, folder, now } = options;
    const { beforeSeconds, afterSeconds, memoryBytes, maxFiles, maxBytes } = options.settings;
    this.thread = new TriggerThread({
      folder,
      library: `twinbridge ${packageVersion}`,
      beforeMs: beforeSeconds * 1000,
      afterMs: afterSeconds * 1000,
      ...{ memoryBytes, maxFiles, maxBytes, now },
      onSaved: ({ path, messages, bytes, lost }) => {
        const missing = lost === 0 ? "" : `; ${lost} messages did not fit into recordings.memoryBytes`;
        const size = (bytes / 1e6).toFixed(1);
        this.note("info", "recording.saved", `${path}: ${messages} messages, ${size} MB${missing}`);
      },
      onFailed: (reason) => this.note("warning", "recording.failed", `${folder}: ${reason}`),
    });
    const tap = new RecordTap(this.thread, rosChannel, () => true);
    this.endTap = engine.inbox.taps.add(tap.raw);
    this.descriptions = this.thread.channel(twinChannel("descriptions"));
    this.describeSoon();
    this.listen();
  }

  /** What the state stream sends to the recorder; false for what is for somebody else. */
  takeText(to: string, text: string): boolean {
    if (to !== viewer) return false;
    this.take(viewerText, Buffer.from(text));
    if (text.startsWith('{"op":"description"')) this.describeSoon();
    return true;
  }

  takeFrame(to: string, bytes: Uint8Array): boolean {
    if (to !== viewer) return false;
    this.take(viewerFrame, bytes);
    return true;
  }

  /** A stop or an alarm makes a recording. */
  takeEvent({ kind, severity, time }: TwinEvent): void {
    if (kind.startsWith("recording.") || (kind !== "stop.latched" && severity !== "error")) return;
    this.thread.trigger(kind, time);
    // The whole graph as it is now.
    this.listen();
  }

  async close(): Promise<void> {
    this.endTap();
    if (this.describing !== null) clearTimeout(this.describing);
    await this.thread.close();
  }

  private listen(): void {
    const { engine, now } = this.options;
    const source = `viewer:${viewer}`;
    const subscription = { encoding: "binary", rate: framesPerSecond, changes: false } as const;
    engine.inbox.push(source, now(), { kind: "viewerOpened", viewer, isOwn: true });
    engine.inbox.push(source, now(), { kind: "viewerSubscribed", viewer, subscription });
  }

  /** Robots often come many at a time. */
  private describeSoon(): void {
    this.describing ??= setTimeout(() => {
      this.describing = null;
      this.describe();
    }, describeAfterMs);
  }

  private describe(): void {
    const robots = [...this.options.engine.robots].flatMap(([id, { description }]) =>
      description === null ? [] : [[id, description.text]],
    );
    if (robots.length === 0) return;
    this.take(this.descriptions, Buffer.from(JSON.stringify({ robots: Object.fromEntries(robots) })));
  }

  private take(channel: number, data: Uint8Array): void {
    const time = nanosecondsOf(this.options.now());
    this.thread.add(channel, time, time, data);
  }

  private note(severity: "info" | "warning", code: string, text: string): void {
    const { engine, robot, now } = this.options;
    engine.inbox.push("recorder", now(), { kind: "note", robot, severity, code, text });
  }
}

/** The definition is added by the thread. */
function rosChannel(topic: string, type: string): RecordedChannel {
  const isLatched = latchedLeaf.test(topic);
  const offers = isLatched
    ? [{ reliability: reliability.reliable, durability: durability.transientLocal }]
    : [];
  return {
    topic,
    messageEncoding: "cdr",
    schema: { name: type, encoding: "ros2msg", text: "" },
    metadata: { offered_qos_profiles: offeredQosText(offers) },
    isLatched,
  };
}
