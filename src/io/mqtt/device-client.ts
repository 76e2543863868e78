import type { MqttClient } from "mqtt";
import { commandTopic } from "../../protocol/native-profile.ts";
import { type BrokerAddress, connectBroker } from "./broker-address.ts";
import { type BrokerSettings, brokerFault } from "./broker-fault.ts";
import { shownAddress } from "./broker-url.ts";

const firstRetryMs = 1000;
const maxRetryMs = 30_000;
const goodbyeMs = 500;
const maxPacketBytes = 64 * 1024;
/** What a remedy calls the settings of `twin device`. */
const settings: BrokerSettings = {
  url: "--url",
  login: "--username and --password-file",
  ca: "--ca",
  certificate: "--cert and --key",
  serverName: "--server-name",
};

/** What a device behind this client does: the simulated one, or a test's. */
export interface DeviceBehaviour {
  birth(): Record<string, unknown>;
  telemetry(): Record<string, unknown>;
  /** The answer to a command, or why it is refused. */
  command(payload: unknown, retained: boolean): { id: string; verdict: string | null; seq?: number };
}

export type DeviceClientOptions = BrokerAddress & {
  id: string;
  telemetryPeriodMs: number;
  protocolVersion: 4 | 5;
  onStatus?: (line: string) => void;
};

/** A device of the native profile on a broker: birth, last will, telemetry, commands, answers. */
export class DeviceClient {
  private client: MqttClient | null = null;
  private timer: NodeJS.Timeout | null = null;
  private retry: NodeJS.Timeout | null = null;
  private failures = 0;
  private said = "";

  constructor(
    private readonly options: DeviceClientOptions,
    private readonly device: DeviceBehaviour,
    private readonly open: typeof connectBroker = connectBroker,
  ) {}

  /** Connects, and again with a growing pause for as long as it takes. */
  start(): void {
    this.connect();
    this.timer = setInterval(() => {
      const { client } = this;
      if (client?.connected !== true) return;
      const topic = `twin/v1/${this.options.id}/telemetry`;
      client.publish(topic, JSON.stringify(this.device.telemetry()), { qos: 0 });
    }, this.options.telemetryPeriodMs);
  }

  private connect(): void {
    const { id, protocolVersion } = this.options;
    let client: MqttClient;
    try {
      client = this.open(
        this.options,
        {
          // The same at each start: a session that was cut ends here, its will first.
          clientId: id,
          protocolVersion,
          keepalive: 5,
          connectTimeout: 5000,
          will: { topic: `twin/v1/${id}/status`, payload: Buffer.from("offline"), qos: 1, retain: true },
        },
        maxPacketBytes,
        () => undefined,
      );
    } catch (error) {
      this.tryLater(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.client = client;
    client.on("connect", () => {
      this.failures = 0;
      client.subscribe(commandTopic(id), { qos: 0 });
      const birth = JSON.stringify(this.device.birth());
      client.publish(`twin/v1/${id}/birth`, birth, { qos: 1, retain: true });
      client.publish(`twin/v1/${id}/status`, "online", { qos: 1, retain: true });
      this.say(`${id} is online at ${shownAddress(this.options.url)}`);
    });
    client.on("message", (_, payload, packet) => this.answer(client, payload, packet.retain));
    client.on("error", (error) => this.failed(client, error));
    client.on("close", () => this.failed(client, new Error("the connection closed")));
  }

  private failed(client: MqttClient, error: Error): void {
    if (this.client !== client) return;
    this.client = null;
    client.removeAllListeners();
    client.on("error", () => undefined);
    client.end(true);
    this.tryLater(error);
  }

  private tryLater(error: Error): void {
    const { reason, remedy } = brokerFault(error, this.options, settings);
    this.say(`${shownAddress(this.options.url)}: ${reason}; ${remedy} (it tries again by itself)`);
    const pause = Math.min(maxRetryMs, firstRetryMs * 2 ** this.failures);
    this.failures = Math.min(10, this.failures + 1);
    this.retry = setTimeout(() => this.connect(), pause);
  }

  /** One line for one state, however long it lasts. */
  private say(line: string): void {
    if (line === this.said) return;
    this.said = line;
    this.options.onStatus?.(line);
  }

  /** Says goodbye itself: an orderly end sends no last will. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    if (this.retry !== null) clearTimeout(this.retry);
    const { client } = this;
    this.client = null;
    if (client === null) return;
    if (client.connected) {
      const offline = `twin/v1/${this.options.id}/status`;
      // A broker that answers no more must not hold the end up.
      await Promise.race([
        client.publishAsync(offline, "offline", { qos: 1, retain: true }),
        new Promise((resolve) => setTimeout(resolve, goodbyeMs)),
      ]).catch(() => undefined);
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
