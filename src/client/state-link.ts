import { type BinaryStateFrame, readStateFrame } from "../protocol/state-frame.ts";
import type {
  DescriptionMessage,
  LayoutColumn,
  PropertyJson,
  StateFrame,
  StatusMessage,
  ThingJson,
  TwinEvent,
  TwinJson,
} from "../protocol/state-messages.ts";
import { ClockOffset } from "./clock-offset.ts";
import {
  isColumns,
  isDescription,
  isEvent,
  isNumber,
  isObject,
  isPastPosition,
  isPropertyChanges,
  isState,
  isStatus,
  isText,
  isTexts,
  isThings,
  isTwin,
  type JsonObject,
} from "./message-checks.ts";
import { PastFrames } from "./past-frames.ts";
import { Pinger } from "./pinger.ts";
import type { Platform } from "./platform.ts";
import { ReconnectingSocket } from "./reconnecting-socket.ts";
import { type ServerAddress, socketUrl } from "./server-address.ts";
import { TimeTravel } from "./time-travel.ts";

const silenceMs = 5000;
const heardWithinMs = 2500;

/** Takes what /ws/state brings, checked. Times are server ms. */
export interface StateSink {
  /** A connection began: frames from before are no neighbours of those to come. */
  hello(): void;
  snapshot(twin: TwinJson): void;
  /** Things that were added or redefined, whole, and those that were removed. */
  things(changed: Record<string, ThingJson>, removed: readonly string[]): void;
  layout(layout: number, columns: readonly LayoutColumn[]): void;
  /** `arrivedMs` is the server time at arrival, as this program reckons it. */
  frame(frame: BinaryStateFrame, arrivedMs: number): void;
  properties(changes: Record<string, Record<string, PropertyJson>>): void;
  description(message: DescriptionMessage): void;
  status(message: StatusMessage): void;
  event(event: TwinEvent): void;
  lagging(dropped: number): void;
  /** Another moment is to be seen, or the present again: frames from before are no neighbours of those to come. */
  travelled(isPast: boolean): void;
  /** A message of any other kind; false when it lacks something it must have. */
  other(message: JsonObject & { op: string }): boolean;
  /** A message or frame that made no sense. */
  malformed(what: string): void;
}

/** The way in: /ws/state, checked, into a sink, and the server's clock. */
export class StateLink {
  readonly clock = new ClockOffset();
  readonly socket: ReconnectingSocket;
  readonly travel: TimeTravel;
  private readonly pinger: Pinger;
  private readonly pastFrames = new PastFrames();
  private lastHeardMs = Number.NEGATIVE_INFINITY;

  constructor(
    address: ServerAddress,
    private readonly platform: Platform,
    private readonly sink: StateSink,
    options: {
      /** State frames a second. */
      rateHz: number;
      /** Called after each connection: what is not in the stream may be asked for again. */
      onConnected?: () => void;
      onLost?: (wasOpen: boolean) => void;
    },
  ) {
    this.pinger = new Pinger(platform, this.clock, (message) => this.socket.send(message));
    this.travel = new TimeTravel(
      (message) => this.socket.send(message),
      () => platform.now(),
      () => sink.travelled(this.travel.momentMs !== null),
    );
    this.socket = new ReconnectingSocket(
      socketUrl(address, "ws/state"),
      {
        opened: () => {
          this.pinger.start();
          this.socket.send({ op: "subscribe", encoding: "binary", rate: options.rateHz, changes: true });
          options.onConnected?.();
        },
        text: (data) => this.readText(data),
        bytes: (data) => this.readBytes(data),
        lost: (wasOpen) => {
          this.pinger.stop();
          options.onLost?.(wasOpen);
        },
      },
      silenceMs,
      platform,
    );
  }

  /** The moment that is to be seen, in server ms: now, or one of the past. Null before the server's first message. */
  moment(): number | null {
    return this.travel.momentMs ?? this.serverTime();
  }

  /** Server time in ms by the best estimate; null before the server's first message. */
  serverTime(): number | null {
    return this.clock.serverTime(this.platform.now());
  }

  /** True while the server's last message is recent enough to describe the present. */
  get heard(): boolean {
    return this.socket.phase.get() === "open" && this.platform.now() - this.lastHeardMs < heardWithinMs;
  }

  close(): void {
    this.pinger.stop();
    this.socket.close();
  }

  private readBytes(data: ArrayBuffer): void {
    this.lastHeardMs = this.platform.now();
    const frame = readStateFrame(data);
    if (frame === null) this.sink.malformed(`a binary frame of ${data.byteLength} bytes`);
    else if (this.travel.takes(false)) this.sink.frame(frame, this.serverTime() ?? frame.time);
  }

  private readText(data: string): void {
    this.lastHeardMs = this.platform.now();
    let message: unknown;
    try {
      message = JSON.parse(data);
    } catch {
      message = null;
    }
    if (!isObject(message) || !this.take(message)) this.sink.malformed(data);
  }

  /** False when the message lacks something it must have. */
  private take(message: JsonObject): boolean {
    const { sink } = this;
    const isPast = message.past === true;
    switch (message.op) {
      case "hello":
        if (!isNumber(message.serverTime)) return false;
        this.pinger.hello(message.serverTime);
        sink.hello();
        this.pastFrames.restart();
        this.travel.hello();
        return true;
      case "snapshot":
        if (!isTwin(message.twin)) return false;
        if (this.travel.takesSnapshot(isPast)) sink.snapshot(message.twin);
        return true;
      case "past":
        if (!isPastPosition(message)) return false;
        this.travel.takePosition(message);
        return true;
      case "state":
        if (!isState(message)) return false;
        if (isPast && this.travel.takes(true)) this.takePast(message);
        return true;
      case "things":
        if (!isThings(message.changed) || !isTexts(message.removed)) return false;
        if (this.travel.takes(isPast)) sink.things(message.changed, message.removed);
        return true;
      case "layout":
        if (!isNumber(message.layout) || !isColumns(message.columns)) return false;
        sink.layout(message.layout, message.columns);
        return true;
      case "properties":
        if (!isPropertyChanges(message.things)) return false;
        if (this.travel.takes(isPast)) sink.properties(message.things);
        return true;
      case "description": {
        if (!isDescription(message)) return false;
        const { robot, name, hash } = message;
        if (this.travel.takes(isPast))
          sink.description({
            op: "description",
            robot: String(robot),
            name: String(name),
            hash: String(hash),
          });
        return true;
      }
      case "status":
        if (!isStatus(message)) return false;
        sink.status(message);
        return true;
      case "event":
        if (!isEvent(message.event)) return false;
        sink.event(message.event);
        return true;
      case "pong":
        return (
          isNumber(message.t) &&
          isNumber(message.serverTime) &&
          this.pinger.take(message.t, message.serverTime)
        );
      case "lagging":
        if (!isNumber(message.dropped)) return false;
        sink.lagging(message.dropped);
        return true;
      case "error":
        if (!isText(message.code) || !isText(message.message)) return false;
        return (
          this.travel.takeFault(message.code, message.message) || sink.other({ ...message, op: "error" })
        );
      default:
        return isText(message.op) && sink.other({ ...message, op: message.op });
    }
  }
  private takePast(state: StateFrame): void {
    const frame = this.pastFrames.frameOf(state, (layout, columns) => this.sink.layout(layout, columns));
    this.sink.frame(frame, state.time);
    this.travel.takeMoment(state.time);
  }
}
