import mqtt, { type IPublishPacket, type MqttClient } from "mqtt";
import type { Inbox } from "../../engine/inbox.ts";
import type { DeviceSink } from "../../engine/ports.ts";
import { extractMapped, type Mapping, topicMatches } from "../../protocol/mqtt-mapping.ts";
import {
  commandTopic,
  type DeviceCommand,
  decodeDeviceMessage,
  deviceOfTopic,
  nativeSubscriptions,
} from "../../protocol/native-profile.ts";
import type { SourceStatus } from "../../protocol/state-messages.ts";

const firstRetryMs = 500;
const maxRetryMs = 10_000;
const maxPacketBytes = 1024 * 1024;
const utf8 = new TextDecoder("utf-8", { fatal: true });

export type MqttLinkOptions = {
  url: string;
  username?: string | undefined;
  password?: string | undefined;
  devices: boolean;
  mappings: readonly Mapping[];
  defaultRobot: string;
  /** 5 with a real broker; the demo's own broker speaks 3.1.1. */
  protocolVersion: 4 | 5;
};

/**
 * The client of a broker: devices and mapped topics in, device commands out. A lost broker is tried
 * again with a growing pause; nothing that could not be sent is kept for later.
 */
export class MqttLink implements DeviceSink {
  private client: MqttClient | null = null;
  private retry: NodeJS.Timeout | null = null;
  private failures = 0;
  private stopped = false;

  constructor(
    private readonly options: MqttLinkOptions,
    private readonly inbox: Inbox,
    private readonly now: () => number,
  ) {}

  start(): void {
    this.report("connecting", this.shownUrl());
    const { url, username, password, protocolVersion } = this.options;
    const client = mqtt.connect(url, {
      protocolVersion,
      clean: true,
      clientId: `twinbridge-${process.pid}-${Math.random().toString(16).slice(2, 10)}`,
      keepalive: 10,
      connectTimeout: 5000,
      reconnectPeriod: 0,
      queueQoSZero: false,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(protocolVersion === 5 ? { properties: { maximumPacketSize: maxPacketBytes } } : {}),
    });
    this.client = client;
    client.on("connect", () => this.connected(client));
    client.on("message", (topic, payload, packet) => this.receive(topic, payload, packet));
    client.on("error", (error) => this.failed(client, error.message || String(error)));
    client.on("close", () => this.failed(client, "the connection closed"));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.retry !== null) clearTimeout(this.retry);
    await this.client?.endAsync(true).catch(() => undefined);
  }

  send(device: string, command: DeviceCommand): boolean {
    const { client } = this;
    if (client === null || !client.connected) return false;
    client.publish(commandTopic(device), JSON.stringify(command), { qos: 0, retain: false });
    return true;
  }

  private connected(client: MqttClient): void {
    this.failures = 0;
    this.report("ok", this.shownUrl());
    const wanted: Record<string, { qos: 0 | 1 }> = {};
    if (this.options.devices) for (const { topic, qos } of nativeSubscriptions) wanted[topic] = { qos };
    for (const { topic } of this.options.mappings) wanted[topic] = { qos: 0 };
    if (Object.keys(wanted).length === 0) return;
    client.subscribe(wanted, (error, granted) => {
      const refused = granted?.find((g) => g.qos >= 128);
      if (error || refused) {
        this.report("error", `subscription refused: ${refused?.topic ?? error?.message}`);
      }
    });
  }

  private failed(client: MqttClient, reason: string): void {
    if (this.client !== client || this.stopped) return;
    this.client = null;
    client.removeAllListeners();
    client.on("error", () => undefined);
    client.end(true);
    const pause = Math.min(maxRetryMs, firstRetryMs * 2 ** this.failures) * (0.8 + 0.4 * Math.random());
    this.failures = Math.min(10, this.failures + 1);
    this.report("lost", `${this.shownUrl()}: ${reason}; next try in ${(pause / 1000).toFixed(1)} s`);
    this.retry = setTimeout(() => this.start(), pause);
  }

  private receive(topic: string, payload: Buffer, packet: IPublishPacket): void {
    const received = this.now();
    const text = textOf(payload);
    const device = this.options.devices ? deviceOfTopic(topic) : null;
    if (device !== null) {
      const decoded = decodeDeviceMessage(topic, text);
      if (decoded.ok) {
        const input = { kind: "device" as const, message: decoded.value, retained: packet.retain };
        this.inbox.push(`mqtt:${decoded.value.device}`, received, input);
      } else {
        const reason = `${decoded.path}: ${decoded.reason}`;
        this.inbox.push("mqtt:devices", received, { kind: "rejected", reason });
      }
    }
    for (const mapping of this.options.mappings) {
      if (topicMatches(mapping.topic, topic)) this.receiveMapped(mapping, text, received, packet.retain);
    }
  }

  private receiveMapped(mapping: Mapping, text: string | null, received: number, retained: boolean): void {
    const source = `mqtt:${mapping.topic}`;
    const value =
      text === null ? { ok: false as const, reason: "not UTF-8", path: "" } : extractMapped(mapping, text);
    if (!value.ok) {
      this.inbox.push(source, received, { kind: "rejected", reason: `${value.path} ${value.reason}`.trim() });
      return;
    }
    this.inbox.push(source, received, {
      kind: "mapped",
      robot: mapping.robot ?? this.options.defaultRobot,
      path: mapping.property,
      unit: mapping.unit,
      retained,
      ...value.value,
    });
  }

  private report(state: SourceStatus["state"], detail: string): void {
    this.inbox.push("mqtt", this.now(), { kind: "status", status: { name: "broker", state, detail } });
  }

  private shownUrl(): string {
    return this.options.url.replace(/\/\/[^@/]*@/, "//");
  }
}

function textOf(payload: Buffer): string | null {
  try {
    return utf8.decode(payload);
  } catch {
    return null;
  }
}
