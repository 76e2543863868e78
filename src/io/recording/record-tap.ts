import type { RawMessage } from "../../engine/ports/raw-tap.ts";
import { nanosecondsOf, type RecordedChannel } from "../../protocol/mcap/recorded-channel.ts";
import { mqttChannel, type TwinChannel, twinChannel } from "../../protocol/mcap/twin-channels.ts";

/** Where messages of a recording go: a thread that writes them, or one that keeps the last seconds. */
export interface RecordSink {
  /** The number of a new channel. */
  channel(channel: RecordedChannel): number;
  /** Times are nanoseconds since 1970. The bytes are copied. */
  add(channel: number, logTime: bigint, publishTime: bigint, data: Uint8Array): void;
}

/** Topics of MQTT beyond these are left out: each is a channel of the file. */
const mostMqttTopics = 10_000;

/** Gives each topic a channel at its first message, and hands its messages on. */
export class RecordTap {
  private readonly channels = new Map<string, number>();
  private mqttTopics = 0;
  leftOut = 0;

  /** `rosChannel` is what is known of a topic of ROS. `wants` judges names as they are in the file. */
  constructor(
    private readonly sink: RecordSink,
    private readonly rosChannel: (topic: string, type: string) => RecordedChannel,
    private readonly wants: (name: string) => boolean,
  ) {}

  readonly raw = (message: RawMessage): void => {
    const time = nanosecondsOf(message.received);
    if (message.kind === "ros") {
      const { topic, type, cdr } = message;
      const channel = this.channelOf(`${topic} ${type}`, () => this.rosChannel(topic, type));
      if (channel !== 0) this.sink.add(channel, time, time, cdr);
      return;
    }
    const channel = this.channelOf(`mqtt ${message.topic}`, () => {
      if (this.mqttTopics++ < mostMqttTopics) return mqttChannel(message.topic);
      return null;
    });
    if (channel === 0) return;
    const data = new Uint8Array(1 + message.payload.length);
    data[0] = message.retained ? 1 : 0;
    data.set(message.payload, 1);
    this.sink.add(channel, time, time, data);
  };

  /** A message of the twin itself; `sent` is server ms where it is known. */
  twin(name: TwinChannel, text: string, received: number, sent: number | null): void {
    const channel = this.channelOf(`twin ${name}`, () => twinChannel(name));
    if (channel === 0) return;
    this.sink.add(channel, nanosecondsOf(received), nanosecondsOf(sent ?? received), Buffer.from(text));
  }

  topics(): number {
    let count = 0;
    for (const channel of this.channels.values()) if (channel !== 0) count++;
    return count;
  }

  /** 0: it is not recorded. */
  private channelOf(key: string, make: () => RecordedChannel | null): number {
    const known = this.channels.get(key);
    if (known !== undefined) return known;
    const made = make();
    const id = made === null || !this.wants(made.topic) ? 0 : this.sink.channel(made);
    if (made === null) this.leftOut++;
    else this.channels.set(key, id);
    return id;
  }
}
