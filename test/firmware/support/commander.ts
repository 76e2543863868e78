import mqtt, { type MqttClient } from "mqtt";
import { eventually } from "../../support/eventually.ts";
import type { TargetJoint } from "./target.ts";

export type Telemetry = {
  boot: number;
  n: number;
  t_us: number;
  signals: {
    position?: number;
    velocity?: number;
    target?: number;
    duty: number;
    state: string;
    cause: string;
  };
};
export type Ack = { id: string; ok: boolean; reason?: string; seq?: number };
type Birth = {
  firmware: string;
  boot: number;
  joint?: string;
  signals: Record<string, Record<string, unknown>>;
};

const streamEachMs = 50;
/** Commands name it as their time to live. */
export const commandTtlMs = 250;

/** Speaks with a firmware by plain MQTT, from the profile's document and not from our code. */
export class Commander {
  readonly telemetry: (Telemetry & { at: number })[] = [];
  readonly acks: Ack[] = [];
  readonly statuses: { text: string; retained: boolean; at: number }[] = [];
  readonly births: Birth[] = [];
  seq = Math.floor(Math.random() * 1000);
  private streaming: NodeJS.Timeout | null = null;

  private constructor(
    readonly client: MqttClient,
    readonly about: TargetJoint,
  ) {}

  static async connect(url: string, about: TargetJoint): Promise<Commander> {
    const client = mqtt.connect(url, { protocolVersion: 5, reconnectPeriod: 200, queueQoSZero: false });
    const commander = new Commander(client, about);
    client.on("error", () => undefined);
    client.on("message", (topic, payload, packet) =>
      commander.hear(topic, payload.toString(), packet.retain),
    );
    await eventually("the commander's connection", () => client.connected);
    await client.subscribeAsync(`twin/v1/${about.id}/+`, { qos: 1 });
    return commander;
  }

  end(): void {
    this.silence();
    this.client.end(true);
  }

  get last(): Telemetry {
    const last = this.telemetry.at(-1);
    if (last === undefined) throw new Error("no telemetry yet");
    return last;
  }

  get state(): string {
    return this.telemetry.at(-1)?.signals.state ?? "";
  }

  /** Has the broker keep a command, or nothing; it is there when this resolves. */
  async keep(payload: object | ""): Promise<void> {
    const text = payload === "" ? "" : JSON.stringify(payload);
    await this.client.publishAsync(`twin/v1/${this.about.id}/command`, text, { qos: 1, retain: true });
  }

  /** Publishes a command as given: nothing is filled in. */
  publish(payload: object | string | Buffer): void {
    const text = typeof payload === "string" || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
    this.client.publish(`twin/v1/${this.about.id}/command`, text, { qos: 0 });
  }

  /** A good command, but for what `more` says; its id. */
  command(target: number, more: Record<string, unknown> = {}): string {
    const seq = ++this.seq;
    const id = `t:${seq}:${Math.random().toString(36).slice(2, 8)}`;
    this.publish({ id, seq, ref: this.last.n, ttl_ms: commandTtlMs, signals: { target }, ...more });
    return typeof more.id === "string" ? more.id : id;
  }

  /** What the device says to `id`. */
  answer(id: string): Promise<Ack> {
    return eventually(`an answer to ${id}`, () => this.acks.find((ack) => ack.id === id), 5000);
  }

  /** What the device says to a command like this. */
  judge(target: number, more: Record<string, unknown> = {}): Promise<Ack> {
    return this.answer(this.command(target, more));
  }

  /** Streams set-points from now on. */
  stream(target: number): void {
    this.silence();
    this.streaming = setInterval(() => {
      if (this.client.connected && this.telemetry.length > 0) this.command(target);
    }, streamEachMs);
  }

  silence(): void {
    if (this.streaming !== null) clearInterval(this.streaming);
    this.streaming = null;
  }

  private hear(topic: string, text: string, retained: boolean): void {
    const at = performance.now();
    switch (topic.slice(topic.lastIndexOf("/") + 1)) {
      case "telemetry":
        this.telemetry.push({ ...(JSON.parse(text) as Telemetry), at });
        return;
      case "ack":
        this.acks.push(JSON.parse(text) as Ack);
        return;
      case "status":
        this.statuses.push({ text, retained, at });
        return;
      case "birth":
        if (text !== "") this.births.push(JSON.parse(text) as Birth);
        return;
    }
  }
}
