import type { WebSocket } from "ws";
import { messageFrame, messageHeader } from "../../protocol/foxglove/server-frames.ts";
import { type ServerTextMessage, statusLevels } from "../../protocol/foxglove/server-messages.ts";
import { UnreadMeter } from "../server/unread-meter.ts";
import { BulkQueue, type BulkSource } from "./bulk-queue.ts";
import type { Published } from "./channel-table.ts";

/** Unread bytes of one client above which nothing new is sent to it. */
const pauseBytes = 192 * 1024;
/** A message above this goes out in parts, as fast as it is read; its payload is not copied. */
const bulkBytes = 64 * 1024;
/** Payloads that may wait for one client. */
const mostWaitingBytes = 512 * 1024;
/** Assets that one client may wait for. */
const mostAssets = 64;
/** Latched messages that may wait for one client: references to what is kept anyway. */
const mostEach = 4096;
/** Unsent answers above which a client that keeps asking is closed. */
const mostAnswerBytes = 768 * 1024;
/** A client that has not read for so long is closed. ms */
const giveUpMs = 30_000;
/** How often one client is told that messages were left out. ms */
const tellEveryMs = 5000;

/**
 * What goes to one client. Messages go out at once while the client reads; behind that only the newest message of each
 * subscription waits, so that a client that reads nothing costs a fixed amount. `now` is server ms.
 */
export class Outgoing {
  private readonly meter: UnreadMeter;
  private readonly bulk: BulkQueue;
  /** The newest message of each subscription, while the client is behind. */
  private readonly waiting = new Map<number, Published>();
  private waitingBytes = 0;
  private pausedSince = Number.NaN;
  private left = 0;
  private nextTelling = 0;
  /** Messages that were left out since the client connected. */
  dropped = 0;

  constructor(
    private readonly socket: WebSocket,
    private readonly now: () => number,
  ) {
    this.meter = new UnreadMeter(socket);
    this.bulk = new BulkQueue(
      (bytes, how) => this.part(bytes, how),
      () => this.hasRoom(),
      () => socket.terminate(),
    );
    socket.on("pong", () => this.drain());
    socket.on("close", () => this.bulk.clear());
  }

  /** Bytes that this client keeps in memory here: unread ones and waiting payloads, which others may share. */
  heldBytes(): number {
    return this.meter.unreadBytes() + this.waitingBytes;
  }

  /** Whether it has not read what it was given: more would only wait. */
  isBehind(): boolean {
    return this.waiting.size > 0 || !this.hasRoom();
  }

  /** An answer or an announcement: never left out. */
  text(message: ServerTextMessage): void {
    this.control(JSON.stringify(message));
  }

  control(data: string | Uint8Array): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > mostAnswerBytes) {
      this.socket.terminate();
      return;
    }
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    // The parts of one message must follow each other.
    if (!this.bulk.isAmidMessage()) this.whole(bytes, typeof data !== "string");
    else if (!this.bulk.addAnswer(bytes, typeof data === "string")) this.socket.terminate();
  }

  /** The server's time: only what can be sent now is of use. */
  time(frame: Uint8Array): void {
    if (this.bulk.isEmpty() && this.hasRoom()) this.whole(frame, true);
  }

  /** One message of a subscription; the newest one counts. */
  publish(subscription: number, message: Published): void {
    if (this.waiting.size === 0 && this.bulk.isEmpty() && this.hasRoom()) this.send(subscription, message);
    else this.wait(subscription, message);
  }

  /** One of several messages that all count, as the latched ones of a topic; the payloads are kept elsewhere. */
  publishEach(subscription: number, message: Published): void {
    if (this.bulk.isEmpty() && this.hasRoom()) this.send(subscription, message);
    else if (
      !this.addBulk(messageHeader(subscription, message.time), bytesSource(message.payload), mostEach)
    ) {
      this.socket.terminate();
    }
  }

  /** A subscription has ended. */
  forget(subscription: number): void {
    const message = this.waiting.get(subscription);
    if (message === undefined) return;
    this.waiting.delete(subscription);
    this.waitingBytes -= message.payload.length;
  }

  /** What waits is of no use any more. */
  dropWaiting(): void {
    this.waiting.clear();
    this.waitingBytes = 0;
  }

  /** Something large, in its turn; false: too many wait already. */
  addBulk(header: Uint8Array, body: BulkSource, most = mostAssets): boolean {
    if (this.bulk.size() >= most) return false;
    this.bulk.add(header, body);
    this.drain();
    return true;
  }

  /** Sends what waits, as far as the client has read. Called a few times a second, too. */
  drain(): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (!this.hasRoom()) {
      if (Number.isNaN(this.pausedSince)) this.pausedSince = this.now();
      else if (this.now() - this.pausedSince > giveUpMs) this.socket.close(1013, "reads too slowly");
      return;
    }
    this.pausedSince = Number.NaN;
    this.bulk.pump();
    for (const [subscription, message] of this.waiting) {
      if (!this.bulk.isEmpty() || !this.hasRoom()) return;
      this.forget(subscription);
      this.send(subscription, message);
    }
    if (this.left > 0 && this.now() >= this.nextTelling) this.tell();
  }

  private tell(): void {
    const message = `${this.left} messages were left out because this client reads too slowly: only the newest of each topic is kept`;
    this.left = 0;
    this.nextTelling = this.now() + tellEveryMs;
    this.text({ op: "status", level: statusLevels.warning, message, id: "lagging" });
  }

  private hasRoom(): boolean {
    return this.meter.unreadBytes() < pauseBytes;
  }

  private wait(subscription: number, message: Published): void {
    if (this.waiting.has(subscription)) this.countDropped();
    this.forget(subscription);
    this.waiting.set(subscription, message);
    this.waitingBytes += message.payload.length;
    for (const [oldest] of this.waiting) {
      if (this.waitingBytes <= mostWaitingBytes || oldest === subscription) break;
      this.forget(oldest);
      this.countDropped();
    }
  }

  private countDropped(): void {
    this.left++;
    this.dropped++;
  }

  private send(subscription: number, { time, payload }: Published): void {
    if (payload.length <= bulkBytes) this.whole(messageFrame(subscription, time, payload), true);
    else if (this.addBulk(messageHeader(subscription, time), bytesSource(payload))) return;
    else this.countDropped();
  }

  private whole(bytes: Uint8Array, binary: boolean): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.socket.send(bytes, { binary });
    this.meter.add(bytes.length);
  }

  private part(bytes: Uint8Array, { isText, isLast }: { isText: boolean; isLast: boolean }): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.socket.send(bytes, { binary: !isText, fin: isLast });
    this.meter.add(bytes.length);
  }
}

/** Bytes that are in memory already. */
function bytesSource(payload: Uint8Array): BulkSource {
  return {
    size: payload.length,
    read: (offset, length) => payload.subarray(offset, offset + length),
    close: () => undefined,
  };
}
