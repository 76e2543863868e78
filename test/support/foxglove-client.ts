import { once } from "node:events";
import { WebSocket } from "ws";
import { eventually } from "./eventually.ts";

export type Json = { op: string; [field: string]: unknown };
export type Channel = {
  id: number;
  topic: string;
  encoding: string;
  schemaName: string;
  schemaEncoding: string;
  schema: string;
};
export type Received = { topic: string; time: bigint; data: Buffer; at: number };
export type Playback = { status: number; time: bigint; speed: number; didSeek: boolean; request: string };

/**
 * A Foxglove client for `foxglove.sdk.v1`, written from the layout of the frames alone: it shares no line with the server.
 */
export class FoxgloveClient {
  readonly texts: Json[] = [];
  readonly messages: Received[] = [];
  readonly playback: Playback[] = [];
  readonly times: bigint[] = [];
  readonly assets = new Map<number, { status: number; error: string; data: Buffer }>();
  readonly responses = new Map<number, { service: number; encoding: string; data: Buffer }>();
  readonly channels = new Map<number, Channel>();
  closed: { code: number; reason: string } | null = null;
  /** All bytes of messages so far. */
  bytes = 0;
  private readonly topics = new Map<number, string>();
  private ids = 0;

  private constructor(readonly socket: WebSocket) {
    socket.binaryType = "nodebuffer";
    socket.on("message", (data, isBinary) => {
      const bytes = data as Buffer;
      this.bytes += bytes.length;
      if (isBinary) this.takeFrame(bytes);
      else this.takeText(JSON.parse(bytes.toString()));
    });
    socket.on("close", (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    socket.on("error", () => undefined);
  }

  static async open(
    url: string,
    path = "/foxglove",
    { subprotocol = "foxglove.sdk.v1", headers = {} as Record<string, string> } = {},
  ): Promise<FoxgloveClient> {
    const socket = new WebSocket(new URL(path, url.replace("http", "ws")).href, subprotocol, { headers });
    const client = new FoxgloveClient(socket);
    await once(socket, "open");
    return client;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  of(op: string): Json[] {
    return this.texts.filter((text) => text.op === op);
  }

  text(op: string): Promise<Json> {
    return eventually(`a text ${op}`, () => this.of(op)[0]);
  }

  channel(topic: string): Promise<Channel> {
    return eventually(`the channel ${topic}`, () =>
      [...this.channels.values()].find((channel) => channel.topic === topic),
    );
  }

  async subscribe(...topics: string[]): Promise<void> {
    for (const topic of topics) {
      this.ask(await this.channel(topic));
    }
  }

  private ask({ id: channelId, topic }: Channel): void {
    const id = ++this.ids;
    this.topics.set(id, topic);
    this.send({ op: "subscribe", subscriptions: [{ id, channelId }] });
  }

  on(topic: string): Received[] {
    return this.messages.filter((message) => message.topic === topic);
  }

  /** A message that comes from now on. */
  next(topic: string, fits: (message: Received) => boolean = () => true): Promise<Received> {
    const from = this.messages.length;
    return eventually(`a message on ${topic}`, () =>
      this.messages.slice(from).find((message) => message.topic === topic && fits(message)),
    );
  }

  /** A message that came or comes. */
  any(topic: string, fits: (message: Received) => boolean = () => true): Promise<Received> {
    return eventually(`a message on ${topic}`, () => this.on(topic).find(fits));
  }

  fetchAsset(uri: string, requestId: number) {
    this.send({ op: "fetchAsset", uri, requestId });
    return eventually(`the asset ${uri}`, () => this.assets.get(requestId));
  }

  /** u8 3, u8 command, f32 speed, u8 had seek, u64 ns, u32 length, request id. */
  async play(
    command: "play" | "pause",
    speed: number,
    seek: bigint | null,
    request: string,
  ): Promise<Playback> {
    const id = Buffer.from(request);
    const frame = Buffer.alloc(19 + id.length);
    frame.writeUInt8(3, 0);
    frame.writeUInt8(command === "play" ? 0 : 1, 1);
    frame.writeFloatLE(speed, 2);
    frame.writeUInt8(seek === null ? 0 : 1, 6);
    frame.writeBigUInt64LE(seek ?? 0n, 7);
    frame.writeUInt32LE(id.length, 15);
    id.copy(frame, 19);
    this.socket.send(frame);
    return eventually(`the answer to ${request}`, () =>
      this.playback.find((state) => state.request === request),
    );
  }

  publish(channel: number, payload: Uint8Array): void {
    const head = Buffer.alloc(5);
    head.writeUInt8(1, 0);
    head.writeUInt32LE(channel, 1);
    this.socket.send(Buffer.concat([head, payload]));
  }

  call(service: number, call: number, encoding: string, payload: Uint8Array): void {
    const head = Buffer.alloc(13);
    head.writeUInt8(2, 0);
    head.writeUInt32LE(service, 1);
    head.writeUInt32LE(call, 5);
    head.writeUInt32LE(encoding.length, 9);
    this.socket.send(Buffer.concat([head, Buffer.from(encoding), payload]));
  }

  close(): void {
    this.socket.close();
  }

  private takeText(text: Json): void {
    this.texts.push(text);
    if (text.op === "advertise") {
      for (const channel of text.channels as Channel[]) {
        this.channels.set(channel.id, channel);
        // A topic whose channel is replaced is subscribed to anew, as Foxglove and Lichtblick do.
        if ([...this.topics.values()].includes(channel.topic)) this.ask(channel);
      }
    }
    if (text.op === "unadvertise") for (const id of text.channelIds as number[]) this.channels.delete(id);
  }

  private takeFrame(bytes: Buffer): void {
    switch (bytes[0]) {
      case 1: {
        const topic = this.topics.get(bytes.readUInt32LE(1)) ?? "?";
        this.messages.push({
          topic,
          time: bytes.readBigUInt64LE(5),
          data: bytes.subarray(13),
          at: Date.now(),
        });
        return;
      }
      case 2:
        this.times.push(bytes.readBigUInt64LE(1));
        return;
      case 3: {
        const end = 13 + bytes.readUInt32LE(9);
        this.responses.set(bytes.readUInt32LE(5), {
          service: bytes.readUInt32LE(1),
          encoding: bytes.toString("utf8", 13, end),
          data: bytes.subarray(end),
        });
        return;
      }
      case 4: {
        const end = 10 + bytes.readUInt32LE(6);
        this.assets.set(bytes.readUInt32LE(1), {
          status: bytes.readUInt8(5),
          error: bytes.toString("utf8", 10, end),
          data: bytes.subarray(end),
        });
        return;
      }
      case 5:
        this.playback.push({
          status: bytes.readUInt8(1),
          time: bytes.readBigUInt64LE(2),
          speed: bytes.readFloatLE(10),
          didSeek: bytes.readUInt8(14) === 1,
          request: bytes.toString("utf8", 19, 19 + bytes.readUInt32LE(15)),
        });
        return;
      default:
        throw new Error(`a frame of an unknown kind ${bytes[0]}`);
    }
  }
}
