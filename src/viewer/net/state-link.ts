import { readStateFrame } from "../../protocol/state-frame.ts";
import { readDesignReport } from "../design/design-report.ts";
import type { TwinStore } from "../store/twin-store.ts";
import { type ServerAddress, socketUrl } from "./address.ts";
import { ClockOffset } from "./clock-offset.ts";
import {
  isColumns,
  isDescription,
  isEvent,
  isNumber,
  isObject,
  isPropertyChanges,
  isStatus,
  isText,
  isTwin,
  type JsonObject,
} from "./message-checks.ts";
import { ReconnectingSocket } from "./reconnecting-socket.ts";

const frameRateHz = 60;
const pingEveryMs = 2000;
const firstPings = 5;
const silenceMs = 5000;
const heardWithinMs = 2500;

/** The way in: /ws/state into the store, and the server's clock. */
export class StateLink {
  readonly clock = new ClockOffset();
  readonly socket: ReconnectingSocket;
  /** Whether the server of this connection said that it shows a description alone. */
  private isDesign = false;
  private pingTimer: ReturnType<typeof setTimeout> | undefined;
  private lastHeardMs = Number.NEGATIVE_INFINITY;

  constructor(
    address: ServerAddress,
    private readonly store: TwinStore,
    /** Called after each connection: what is not in the stream is worth asking for again. */
    private readonly onConnected: () => void,
  ) {
    this.socket = new ReconnectingSocket(
      socketUrl(address, "ws/state"),
      {
        opened: () => this.opened(),
        text: (data) => this.readText(data),
        bytes: (data) => this.readBytes(data),
        lost: () => clearTimeout(this.pingTimer),
      },
      silenceMs,
    );
  }

  /** Server time in ms by the best estimate; null before the first word from it. */
  serverTime(): number | null {
    return this.clock.serverTime(performance.now());
  }

  /** True while what the server last said can still be taken for the present. */
  get heard(): boolean {
    return this.socket.phase.get() === "open" && performance.now() - this.lastHeardMs < heardWithinMs;
  }

  private opened(): void {
    this.clock.clear();
    this.socket.send({ op: "subscribe", encoding: "binary", rate: frameRateHz });
    this.ping(firstPings);
    this.onConnected();
  }

  private ping(left: number): void {
    this.socket.send({ op: "ping", t: performance.now() });
    this.pingTimer = setTimeout(() => this.ping(Math.max(0, left - 1)), left > 0 ? 150 : pingEveryMs);
  }

  private readBytes(data: ArrayBuffer): void {
    this.lastHeardMs = performance.now();
    const frame = readStateFrame(data);
    if (!frame) {
      this.store.malformed++;
      return;
    }
    const arrivedMs = this.serverTime() ?? frame.time;
    if (this.store.motion.push(frame, arrivedMs)) this.store.revision = frame.revision;
  }

  private readText(data: string): void {
    this.lastHeardMs = performance.now();
    let message: unknown;
    try {
      message = JSON.parse(data);
    } catch {
      message = null;
    }
    if (!isObject(message) || !this.take(message)) this.store.malformed++;
  }

  /** False when the message lacks something it must have. Unknown kinds are passed over: a newer server. */
  private take(message: JsonObject): boolean {
    const store = this.store;
    switch (message.op) {
      case "hello":
        if (!isNumber(message.serverTime)) return false;
        this.clock.guess(message.serverTime, performance.now());
        store.motion.restart();
        this.isDesign = false;
        return true;
      case "design": {
        const report = readDesignReport(message.report);
        if (report === null) return false;
        this.isDesign = true;
        store.design.set(report);
        return true;
      }
      case "snapshot":
        if (!isTwin(message.twin)) return false;
        // A design twin's server says so before its first snapshot.
        if (!this.isDesign) store.design.set(null);
        store.setThings(message.twin.things);
        store.revision = message.twin.revision;
        return true;
      case "layout":
        if (!isNumber(message.layout) || !isColumns(message.columns)) return false;
        store.motion.setLayout(message.layout, message.columns);
        return true;
      case "properties":
        if (!isPropertyChanges(message.things)) return false;
        store.changeProperties(message.things);
        return true;
      case "description":
        if (!isDescription(message)) return false;
        store.setDescription({
          op: "description",
          robot: String(message.robot),
          name: String(message.name),
          hash: String(message.hash),
        });
        return true;
      case "status":
        if (!isStatus(message)) return false;
        store.status.set(message);
        store.revision = Math.max(store.revision, message.revision);
        return true;
      case "event":
        if (!isEvent(message.event)) return false;
        store.addEvents([message.event]);
        return true;
      case "pong":
        return (
          isNumber(message.t) &&
          isNumber(message.serverTime) &&
          this.clock.addPong(message.t, message.serverTime, performance.now())
        );
      case "lagging":
        if (!isNumber(message.dropped)) return false;
        store.dropped += message.dropped;
        return true;
      default:
        return isText(message.op);
    }
  }
}
