import mqtt, { type MqttClient } from "mqtt";
import type {
  DeviceCommand,
  DeviceMessage,
  DeviceProfile,
  OutgoingMessage,
} from "../../../src/protocol/device-profile.ts";
import { eventually } from "../../support/eventually.ts";

/** Runs one profile at a broker: its subscriptions, its will, a clock that updates it ten times a second. */
export class ProfileHarness<P extends DeviceProfile> {
  readonly messages: (DeviceMessage & { retained: boolean })[] = [];
  readonly refusals: string[] = [];
  readonly sent: OutgoingMessage[] = [];
  readonly notes: string[] = [];
  private client: MqttClient | null = null;
  private timer: NodeJS.Timeout | null = null;
  private retained = false;

  constructor(
    readonly profile: P,
    private readonly url: string,
  ) {}

  async start(): Promise<void> {
    const { profile } = this;
    const { will } = profile;
    const client = mqtt.connect(this.url, {
      protocolVersion: 5,
      reconnectPeriod: 0,
      ...(will === null ? {} : { will: { ...will, payload: Buffer.from(will.payload) } }),
    });
    this.client = client;
    client.on("message", (topic, payload, packet) => {
      if (!profile.owns(topic)) return;
      this.retained = packet.retain;
      profile.take(topic, payload, packet.retain, Date.now(), this.output);
    });
    await eventually("a connection", () => client.connected);
    await client.subscribeAsync(
      Object.fromEntries(profile.subscriptions.map(({ topic, qos }) => [topic, { qos }])),
    );
    this.retained = false;
    profile.connected(Date.now(), this.output);
    this.timer = setInterval(() => profile.update(Date.now(), this.output), 100);
  }

  command(device: string, command: DeviceCommand): void {
    const message = this.profile.encode(device, command, Date.now());
    if (!message.ok) throw new Error(`${message.path}: ${message.reason}`);
    this.output.send(message.value);
  }

  /** Ends the connection as a crash would: the broker tells our will. */
  async crash(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    this.client?.stream.destroy();
    await this.client?.endAsync(true);
  }

  private readonly output = {
    message: (message: DeviceMessage) => this.messages.push({ ...message, retained: this.retained }),
    refused: (reason: string, path: string) => this.refusals.push(`${path}: ${reason}`),
    note: (device: string, level: string, text: string) => this.notes.push(`${device} ${level}: ${text}`),
    send: (message: OutgoingMessage) => {
      this.sent.push(message);
      const { topic, payload, qos, retain } = message;
      this.client?.publish(topic, Buffer.from(payload), { qos, retain });
    },
  };
}
