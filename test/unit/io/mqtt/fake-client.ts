import { EventEmitter } from "node:events";
import type { IClientOptions, MqttClient } from "mqtt";
import type { connectBroker } from "../../../../src/io/mqtt/broker-address.ts";

type Published = { topic: string; payload: string; qos: number; retain: boolean };
type Granted = { topic: string; qos: number }[];

/** The library's client without a network: a test plays the broker. */
export class FakeClient extends EventEmitter {
  connected = false;
  ended = false;
  /** Whether a publication that is waited for is ever acknowledged. */
  acknowledges = true;
  readonly published: Published[] = [];
  wanted: Record<string, { qos: number }> = {};
  handleMessage: ((packet: { payload: Uint8Array }, done: () => void) => void) | undefined;
  private granted: ((error: Error | null, granted?: Granted) => void) | null = null;

  constructor(readonly options: IClientOptions & { protocolVersion: 4 | 5 }) {
    super();
  }

  /** The broker lets the client in. */
  accept(): void {
    this.connected = true;
    this.emit("connect");
  }

  /** The broker answers the subscription; the topics in `refused` with a failure. */
  grant(...refused: string[]): void {
    const topics = Object.entries(this.wanted);
    this.granted?.(
      null,
      topics.map(([topic, { qos }]) => ({ topic, qos: refused.includes(topic) ? 128 : qos })),
    );
  }

  says(topic: string, payload: string, retain = false): void {
    this.emit("message", topic, Buffer.from(payload), { retain });
  }

  /** The connection breaks: by an error, then the close that follows it. */
  breaks(message: string): void {
    this.connected = false;
    this.emit("error", new Error(message));
    this.emit("close");
  }

  hangsUp(): void {
    this.connected = false;
    this.emit("close");
  }

  subscribe(
    wanted: Record<string, { qos: number }> | string,
    take?: unknown,
    answer?: (error: Error | null, granted?: Granted) => void,
  ): void {
    this.wanted = typeof wanted === "string" ? { [wanted]: take as { qos: number } } : wanted;
    this.granted = answer ?? (typeof take === "function" ? (take as never) : null);
  }

  publish(topic: string, payload: string | Buffer, { qos = 0, retain = false }: Partial<Published>): void {
    this.published.push({ topic, payload: payload.toString(), qos, retain });
  }

  async publishAsync(topic: string, payload: string | Buffer, options: Partial<Published>): Promise<void> {
    this.publish(topic, payload, options);
    if (!this.acknowledges) await new Promise(() => undefined);
  }

  end(): void {
    this.ended = true;
    this.connected = false;
  }

  async endAsync(): Promise<void> {
    this.end();
    this.emit("close");
  }
}

/** Hands out one fake client for each connection that is begun. */
export class FakeClients {
  readonly all: FakeClient[] = [];
  /** What a connection fails with before it begins; null: nothing. */
  fault: Error | null = null;
  leftOut: (topic: string, bytes: number) => void = () => undefined;

  readonly connect: typeof connectBroker = (_address, options, _maxPacketBytes, leftOut) => {
    if (this.fault !== null) throw this.fault;
    this.leftOut = leftOut;
    const client = new FakeClient(options);
    this.all.push(client);
    return client as unknown as MqttClient;
  };

  /** The newest. */
  get last(): FakeClient {
    const client = this.all.at(-1);
    if (client === undefined) throw new Error("no connection was begun");
    return client;
  }
}
