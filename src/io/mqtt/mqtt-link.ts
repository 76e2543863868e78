import type { MqttClient } from "mqtt";
import type { Objection } from "../../command/validate-motion.ts";
import type { Inbox } from "../../engine/ports/inbox.ts";
import type { DeviceSink } from "../../engine/ports/sinks.ts";
import type { DeviceCommand, DeviceProfile, OutgoingMessage } from "../../protocol/device-profile.ts";
import type { Mapping } from "../../protocol/mqtt-mapping.ts";
import type { SourceStatus } from "../../protocol/state-messages.ts";
import { type BrokerAddress, connectBroker, isWebSocket } from "./broker-address.ts";
import { type BrokerFault, brokerFault } from "./broker-fault.ts";
import { leftOutTopic } from "./broker-stream.ts";
import { shownAddress } from "./broker-url.ts";
import { MqttIntake } from "./mqtt-intake.ts";

const firstRetryMs = 500;
const maxRetryMs = 10_000;
const connectionClosed = "the connection closed";
/** When a fault that lasts is said again. */
const remindAfter = [
  { ms: 60_000, words: ", for a minute now" },
  { ms: 600_000, words: ", for 10 minutes now" },
  { ms: 3_600_000, words: ", for an hour now" },
  { ms: 86_400_000, words: ", for a day now" },
];
const subscribedWithinMs = 5000;
const profileUpdateEachMs = 100;
/** By WebSocket: messages taken in one go before timers have their turn. A large one counts for several. */
const messagesATurn = 64;
const bytesThatCountAsOne = 512;

export type MqttLinkOptions = BrokerAddress & {
  profiles: readonly DeviceProfile[];
  mappings: readonly Mapping[];
  defaultRobot: string;
  /** `auto`: 5 where the broker grants it, else 3.1.1. */
  version: "auto" | 4 | 5;
  /** Larger packets are left out, and counted. */
  maxPacketBytes: number;
};

/**
 * The client of a broker: devices and mapped topics in, device commands out. A lost broker is tried
 * again with a growing pause; nothing that could not be sent is kept for later. Why QoS and session are as they
 * are: docs/mqtt.md.
 */
export class MqttLink implements DeviceSink {
  private readonly intake: MqttIntake;
  private client: MqttClient | null = null;
  private retry: NodeJS.Timeout | null = null;
  private ticking: NodeJS.Timeout | null = null;
  private failures = 0;
  private failingSince: number | null = null;
  private stopped = false;
  private wasConnected = false;
  private version: 4 | 5;
  private turn = 0;

  constructor(
    private readonly options: MqttLinkOptions,
    private readonly inbox: Inbox,
    private readonly now: () => number,
    private readonly connect: typeof connectBroker = connectBroker,
  ) {
    this.version = options.version === "auto" ? 5 : options.version;
    const { profiles, mappings, defaultRobot } = options;
    this.intake = new MqttIntake(profiles, mappings, defaultRobot, inbox, (message) => this.publish(message));
  }

  start(): void {
    if (this.failures === 0) this.report("connecting");
    this.ticking ??= setInterval(() => {
      if (this.client?.connected === true) this.intake.update(this.now());
    }, profileUpdateEachMs);
    const will = this.will();
    const suffix = `${process.pid}-${Math.random().toString(16).slice(2, 10)}`;
    let client: MqttClient;
    try {
      client = this.connect(
        this.options,
        {
          protocolVersion: this.version,
          clean: true,
          clientId: `twinbridge-${suffix}`,
          keepalive: 10,
          connectTimeout: 5000,
          ...(will === undefined ? {} : { will: { ...will, payload: Buffer.from(will.payload) } }),
        },
        this.options.maxPacketBytes,
        (topic, bytes) => this.intake.leftOut(topic, bytes, this.now()),
      );
    } catch (error) {
      this.tryLater(this.faultOf(error instanceof Error ? error : new Error(String(error))));
      return;
    }
    this.client = client;
    if (isWebSocket(this.options.url)) {
      client.handleMessage = (packet, done) => this.breathe(packet.payload.length, done);
    }
    client.on("connect", () => this.connected(client));
    client.on("message", (topic, payload, packet) => {
      if (topic !== leftOutTopic) this.intake.take(topic, payload, packet.retain, this.now());
    });
    client.on("error", (error) => this.failed(client, error));
    client.on("close", () => this.failed(client, new Error(connectionClosed)));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.retry !== null) clearTimeout(this.retry);
    if (this.ticking !== null) clearInterval(this.ticking);
    const { client } = this;
    if (client === null) return;
    const will = this.will();
    if (will !== undefined && client.connected) {
      // An orderly end sends no will: we say it ourselves.
      await Promise.race([
        client.publishAsync(will.topic, Buffer.from(will.payload), { qos: will.qos, retain: will.retain }),
        new Promise((resolve) => setTimeout(resolve, 500)),
      ]).catch(() => undefined);
    }
    await client.endAsync(true).catch(() => undefined);
  }

  send(device: string, command: DeviceCommand): Objection | null {
    if (this.client?.connected !== true) {
      return { code: "no_broker", message: "the broker is not connected" };
    }
    const message = this.intake.encode(device, command, this.now());
    if (!message.ok) return { code: "not_encodable", message: `${message.path}: ${message.reason}` };
    this.publish(message.value);
    return null;
  }

  /** What is to be said of us when we are gone; a new one at each connection. */
  private will(): OutgoingMessage | undefined {
    for (const { will } of this.options.profiles) if (will !== null) return will;
    return undefined;
  }

  private publish({ topic, payload, qos, retain }: OutgoingMessage): void {
    if (this.client?.connected !== true) return;
    this.client.publish(topic, typeof payload === "string" ? payload : Buffer.from(payload), { qos, retain });
  }

  /** Reading goes on at once, or after the timers when much was read: a flood holds up no cycle. */
  private breathe(bytes: number, done: () => void): void {
    this.turn += 1 + bytes / bytesThatCountAsOne;
    if (this.turn < messagesATurn) {
      done();
      return;
    }
    this.turn = 0;
    setImmediate(done);
  }

  private connected(client: MqttClient): void {
    this.failures = 0;
    this.failingSince = null;
    this.wasConnected = true;
    const isOk = (): void => this.report("ok", null, `, MQTT ${this.version === 5 ? "5" : "3.1.1"}`);
    const wanted = this.intake.filters();
    if (Object.keys(wanted).length === 0) {
      isOk();
      return;
    }
    const unanswered = setTimeout(
      () => this.failed(client, new Error("the broker did not answer the subscription")),
      subscribedWithinMs,
    );
    client.once("close", () => clearTimeout(unanswered));
    client.subscribe(wanted, (error, granted) => {
      clearTimeout(unanswered);
      if (this.client !== client) return;
      const refused = granted?.find((g) => g.qos >= 128);
      if (error || refused) {
        this.report("error", {
          reason: `subscription refused: ${refused?.topic ?? error?.message}`,
          remedy: "let the twin's login read this topic (the broker's access rules)",
        });
      } else isOk();
      this.intake.connected(this.now());
    });
  }

  private failed(client: MqttClient, error: Error): void {
    if (this.client !== client || this.stopped) return;
    this.client = null;
    client.removeAllListeners();
    client.on("error", () => undefined);
    client.end(true);
    const { version } = this.options;
    if (version === "auto" && !this.wasConnected) {
      // A broker of 3.1.1 refuses version 5 by its code, or just hangs up.
      const isRefusal = /unacceptable protocol|unsupported protocol/i.test(error.message);
      if (isRefusal || error.message === connectionClosed) {
        this.version = this.version === 5 ? 4 : 5;
        if (this.version === 4 && isRefusal) {
          this.start();
          return;
        }
      }
    }
    if (this.wasConnected) this.inbox.push("mqtt", this.now(), { kind: "linkLost", link: "mqtt" });
    this.tryLater(this.faultOf(error));
  }

  /** A broker that was never reached is not lost. What stays wrong is said again after longer and longer times. */
  private tryLater({ reason, remedy }: BrokerFault): void {
    const pause = Math.min(maxRetryMs, firstRetryMs * 2 ** this.failures) * (0.8 + 0.4 * Math.random());
    this.failures = Math.min(10, this.failures + 1);
    this.failingSince ??= this.now();
    const ages = remindAfter.filter(({ ms }) => this.now() - (this.failingSince ?? 0) >= ms);
    const age = ages.at(-1)?.words ?? "";
    this.report(this.wasConnected ? "lost" : "connecting", { reason: `${reason}${age}`, remedy });
    this.retry = setTimeout(() => this.start(), pause);
  }

  private faultOf(error: Error): BrokerFault {
    return brokerFault(error, this.options);
  }

  private report(state: SourceStatus["state"], fault: BrokerFault | null = null, more = ""): void {
    const status: SourceStatus = { name: "broker", state, detail: `${this.shown()}${more}`, ...fault };
    this.inbox.push("mqtt", this.now(), { kind: "status", status });
  }

  private shown(): string {
    return shownAddress(this.options.url);
  }
}
