import type { RawData, WebSocket } from "ws";
import type { Result } from "../../core/result.ts";
import { type ClientFrame, readClientFrame } from "../../protocol/foxglove/client-frames.ts";
import { type FoxgloveClientMessage, readClientMessage } from "../../protocol/foxglove/client-messages.ts";
import { assetFailureFrame, assetHeader } from "../../protocol/foxglove/server-frames.ts";
import { type FoxgloveSubprotocol, statusLevels } from "../../protocol/foxglove/server-messages.ts";
import { type FindMesh, fileSource } from "./asset-file.ts";
import type { Channel, ChannelTable, Published } from "./channel-table.ts";
import { Outgoing } from "./outgoing.ts";

/** A person's pad sends 60 messages a second. */
const messagesPerSecond = 200;
const burst = 400;
const mostSubscriptions = 2048;

/** What of a client's messages is not the same at every endpoint. */
export interface SessionHandler {
  /** Null: this is answered. Else why it is not. */
  advertise(message: Extract<FoxgloveClientMessage, { op: "advertise" }>): string | null;
  unadvertise(channels: readonly number[]): void;
  publish(channel: number, payload: Uint8Array): string | null;
  call(call: Extract<ClientFrame, { op: "serviceCall" }>): void;
  /** Whether a frame must be taken even from a client that floods: a stop. */
  isUrgent(frame: ClientFrame): boolean;
  playback(request: Extract<ClientFrame, { op: "playback" }>): string | null;
  /** The client asks for a channel; what is latched there is sent next. */
  subscribing(channel: Channel): void;
  closed(): void;
}

/** Who connected. */
export type Visitor = {
  socket: WebSocket;
  subprotocol: FoxgloveSubprotocol;
  /** For people, as `10.0.0.7`. */
  address: string;
  /** Whether it presented what is asked of an operator. */
  mayOperate: boolean;
  /** The address that it asked for. */
  url: URL;
};

/** One Foxglove client: its subscriptions, and what it asks for. Messages that cannot be read are answered and counted. */
export class ClientSession {
  readonly out: Outgoing;
  /** By their ids, which the client chooses. */
  private readonly subscriptions = new Map<number, Channel>();
  private readonly byChannel = new Map<Channel, number>();
  private tokens = burst;
  private refilled: number;
  private nextFloodAnswer = 0;
  private handler: SessionHandler | null = null;

  constructor(
    readonly visitor: Visitor,
    private readonly channels: ChannelTable,
    private readonly findMesh: FindMesh,
    private readonly now: () => number,
    private readonly onRefused: (reason: string) => void,
  ) {
    this.out = new Outgoing(visitor.socket, now);
    this.refilled = now();
  }

  /** Begins to read, and to tell what channels there are. */
  start(handler: SessionHandler): void {
    this.handler = handler;
    const { socket } = this.visitor;
    socket.on("message", (data, isBinary) => this.receive(data, isBinary));
    socket.on("close", () => {
      this.subscriptions.clear();
      this.byChannel.clear();
      handler.closed();
    });
    this.advertise(this.channels.all());
  }

  hasSubscriptions(): boolean {
    return this.subscriptions.size > 0;
  }

  isSubscribed(channel: Channel | undefined): boolean {
    return channel !== undefined && this.byChannel.has(channel);
  }

  /** A message of `channel`, if this client asked for it. `each`: none of them is left out for a newer one. */
  publish(channel: Channel, message: Published, each = false): void {
    const subscription = this.byChannel.get(channel);
    if (subscription === undefined) return;
    if (each) this.out.publishEach(subscription, message);
    else this.out.publish(subscription, message);
  }

  advertise(channels: readonly Channel[]): void {
    // In lots, so that no message is very long.
    for (let i = 0; i < channels.length; i += 64) {
      const lot = channels.slice(i, i + 64).map((channel) => channel.advertised());
      this.out.text({ op: "advertise", channels: lot });
    }
  }

  unadvertise(channel: Channel): void {
    this.end(this.byChannel.get(channel));
    this.out.text({ op: "unadvertise", channelIds: [channel.id] });
  }

  /** `id`: a later one of the same id takes its place. */
  status(level: keyof typeof statusLevels, message: string, id?: string): void {
    this.out.text({ op: "status", level: statusLevels[level], message, ...(id === undefined ? {} : { id }) });
  }

  private receive(data: RawData, isBinary: boolean): void {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.concat([data].flat() as Uint8Array[]);
    const frame = isBinary ? readClientFrame(bytes) : null;
    const isUrgent = frame?.ok === true && this.handler?.isUrgent(frame.value) === true;
    if (!this.hasTurn() && !isUrgent) {
      this.onRefused("flood");
      // An answer to each of them would be a flood as well.
      if (this.now() < this.nextFloodAnswer) return;
      this.nextFloodAnswer = this.now() + 1000;
      this.status("error", `more than ${messagesPerSecond} messages a second`, "flood");
      return;
    }
    const fault = frame === null ? this.takeText(bytes.toString()) : this.takeFrame(frame);
    if (fault !== null) this.refuse(fault);
  }

  private hasTurn(): boolean {
    const now = this.now();
    this.tokens = Math.min(burst, this.tokens + ((now - this.refilled) / 1000) * messagesPerSecond);
    this.refilled = now;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }

  private refuse(reason: string): void {
    this.onRefused("shape");
    this.status("error", reason);
  }

  private takeFrame(frame: Result<ClientFrame>): string | null {
    if (!frame.ok) return `Invalid message: ${frame.reason}`;
    const { value } = frame;
    const { handler } = this;
    if (handler === null) return null;
    switch (value.op) {
      case "message":
        return handler.publish(value.channel, value.payload);
      case "serviceCall":
        handler.call(value);
        return null;
      case "playback":
        return handler.playback(value);
    }
  }

  private takeText(text: string): string | null {
    const message = readClientMessage(text);
    if (!message.ok) return `Invalid message: ${message.reason}`;
    const { value } = message;
    switch (value.op) {
      case "subscribe":
        return this.subscribe(value.subscriptions);
      case "unsubscribe":
        for (const id of value.subscriptionIds) this.end(id);
        return null;
      case "advertise":
        return this.handler?.advertise(value) ?? null;
      case "unadvertise":
        this.handler?.unadvertise(value.channelIds);
        return null;
      case "fetchAsset":
        void this.sendAsset(value.uri, value.requestId);
        return null;
      case "getParameters":
      case "setParameters":
      case "subscribeParameterUpdates":
      case "unsubscribeParameterUpdates":
      case "subscribeConnectionGraph":
      case "unsubscribeConnectionGraph":
        return `the twin has no ${value.op.endsWith("Graph") ? "connectionGraph" : "parameters"} capability`;
    }
  }

  private subscribe(wanted: readonly { id: number; channelId: number }[]): string | null {
    let fault: string | null = null;
    for (const { id, channelId } of wanted) {
      const channel = this.channels.withId(channelId);
      if (channel === undefined) fault ??= `Unknown channel ID: ${channelId}`;
      else if (this.subscriptions.has(id)) fault ??= `Subscription ID ${id} is taken already`;
      else if (this.byChannel.has(channel)) fault ??= `${channel.kind.topic} is subscribed to already`;
      else if (this.subscriptions.size >= mostSubscriptions)
        fault ??= `more than ${mostSubscriptions} subscriptions`;
      else {
        this.subscriptions.set(id, channel);
        this.byChannel.set(channel, id);
        this.handler?.subscribing(channel);
        this.sendLatched(id, channel);
      }
    }
    return fault;
  }

  /** Each of them: the static transforms of one publisher are not those of another. */
  private sendLatched(id: number, channel: Channel): void {
    for (const message of channel.allLatched()) this.out.publishEach(id, message);
  }

  private end(id: number | undefined): void {
    if (id === undefined) return;
    const channel = this.subscriptions.get(id);
    if (channel === undefined) return;
    this.subscriptions.delete(id);
    this.byChannel.delete(channel);
    this.out.forget(id);
  }

  private async sendAsset(uri: string, request: number): Promise<void> {
    const { path, bytes, reason } = await this.findMesh(uri);
    if (path === null) this.out.control(assetFailureFrame(request, reason));
    else if (!this.out.addBulk(assetHeader(request), fileSource(path, bytes))) {
      this.out.control(assetFailureFrame(request, "too many assets are asked for at once"));
    }
  }
}
