import mqtt, { type MqttClient } from "mqtt";
import { commandTopic } from "../../protocol/native-profile.ts";

/** What a device behind this client does: the simulated one, or a test's. */
export interface DeviceBehaviour {
  birth(): Record<string, unknown>;
  telemetry(): Record<string, unknown>;
  /** The answer to a command, or why it is refused. */
  command(payload: unknown, retained: boolean): { id: string; verdict: string | null; seq?: number };
}

export type DeviceClientOptions = {
  id: string;
  url: string;
  username?: string | undefined;
  password?: string | undefined;
  telemetryPeriodMs: number;
  protocolVersion: 4 | 5;
  onStatus?: (line: string) => void;
};

/** A device of the native profile on a broker: birth, last will, telemetry, commands, answers. */
export class DeviceClient {
  private client: MqttClient | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly options: DeviceClientOptions,
    private readonly device: DeviceBehaviour,
  ) {}

  start(): void {
    const { id, url, username, password, protocolVersion } = this.options;
    const client = mqtt.connect(url, {
      // The same at each start: a session that was cut ends here, its will first.
      clientId: id,
      protocolVersion,
      keepalive: 5,
      reconnectPeriod: 1000,
      connectTimeout: 5000,
      queueQoSZero: false,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      will: { topic: `twin/v1/${id}/status`, payload: Buffer.from("offline"), qos: 1, retain: true },
    });
    this.client = client;
    client.on("connect", () => {
      client.subscribe(commandTopic(id), { qos: 0 });
      const birth = JSON.stringify(this.device.birth());
      client.publish(`twin/v1/${id}/birth`, birth, { qos: 1, retain: true });
      client.publish(`twin/v1/${id}/status`, "online", { qos: 1, retain: true });
      this.options.onStatus?.(`${id} is online at ${url}`);
    });
    client.on("message", (_, payload, packet) => this.answer(client, payload, packet.retain));
    client.on("error", (error) => this.options.onStatus?.(`${url}: ${error.message || String(error)}`));
    client.on("close", () => this.options.onStatus?.(`${url}: not connected, trying again`));
    this.timer = setInterval(() => {
      if (!client.connected) return;
      client.publish(`twin/v1/${id}/telemetry`, JSON.stringify(this.device.telemetry()), { qos: 0 });
    }, this.options.telemetryPeriodMs);
  }

  /** Says goodbye itself: an orderly end sends no last will. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    const { client } = this;
    if (client === null) return;
    client.removeAllListeners("close");
    if (client.connected) {
      const offline = `twin/v1/${this.options.id}/status`;
      await client.publishAsync(offline, "offline", { qos: 1, retain: true }).catch(() => undefined);
    }
    await client.endAsync(true).catch(() => undefined);
  }

  private answer(client: MqttClient, payload: Buffer, retained: boolean): void {
    let json: unknown;
    try {
      json = JSON.parse(payload.toString());
    } catch {
      return;
    }
    const { id, verdict, seq } = this.device.command(json, retained);
    const ack = verdict === null ? { id, ok: true } : { id, ok: false, reason: verdict, seq };
    client.publish(`twin/v1/${this.options.id}/ack`, JSON.stringify(ack), { qos: 1 });
  }
}
