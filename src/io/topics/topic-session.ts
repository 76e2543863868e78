import { makePiece, pieceHeaderBytes } from "../../protocol/topics/topic-frame.ts";
import type { TopicAnswer } from "../../protocol/topics/topic-requests.ts";
import type { TopicSocket } from "../server/viewer-topics.ts";
import type { Sender, SendTurns } from "./send-turns.ts";
import { SendWindow } from "./send-window.ts";
import type { WatchedTopic } from "./watched-topic.ts";

/** Bytes of a message in one frame: a quarter of what may be under way, so that on a slow line the state waits for little. */
const leastPiece = 8 * 1024;
const pieceShare = 1 / 4;
/**
 * With more than this unread a client has fallen behind: it gets no more of topics until it has read nearly all, so that the state,
 * which stops at 256 KiB and goes on below 16 KiB, comes first.
 */
const behindBytes = 208 * 1024;
const caughtUpBytes = 12 * 1024;
const quickMs = 300;
const quickReadsToGoOn = 20;

/** The topics that one viewer watches, and their way over its socket: in pieces, each topic in turn, the newest message of each. */
export class TopicSession implements Sender {
  readonly watched = new Map<string, WatchedTopic>();
  private readonly window = new SendWindow();
  private turn = 0;
  private current: {
    to: WatchedTopic;
    bytes: Uint8Array;
    number: number;
    since: number;
    at: number;
  } | null = null;
  private isBehind = false;
  /** Marks that were read quickly, one after the other, while it is behind. */
  private quickReads = 0;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly socket: TopicSocket,
    private readonly now: () => number,
    private readonly isLatched: (feed: number) => boolean,
    /** A topic is wanted in another level. */
    private readonly relevel: (topic: WatchedTopic) => void,
    private readonly turns: SendTurns,
  ) {
    socket.onRead((delayMs) => {
      this.window.wasRead(delayMs);
      this.quickReads = delayMs < quickMs && this.isBehind ? this.quickReads + 1 : 0;
      this.pump();
    });
  }

  answer(answer: TopicAnswer): void {
    this.socket.sendText(JSON.stringify(answer));
  }

  add(topic: WatchedTopic): void {
    this.watched.set(topic.topic, topic);
  }

  remove(name: string): WatchedTopic | null {
    const topic = this.watched.get(name) ?? null;
    this.watched.delete(name);
    if (this.current?.to === topic) this.current = null;
    return topic;
  }

  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.turns.forget(this);
    this.current = null;
    this.watched.clear();
  }

  /** Sends what may be sent now, as its turn comes. */
  pump(): void {
    this.turns.ask(this);
  }

  sendPiece(): boolean {
    this.current ??= this.choose();
    if (this.current === null) return false;
    const size = this.pieceBytes();
    if (!this.hasRoom(size)) {
      this.socket.askRead();
      return false;
    }
    this.sendPart(this.current, size);
    return true;
  }

  private pieceBytes(): number {
    return Math.max(leastPiece, Math.floor(this.window.bytes() * pieceShare));
  }

  private hasRoom(pieceBytes: number): boolean {
    const unread = this.socket.unreadBytes();
    if (unread > behindBytes) this.isBehind = true;
    else if (unread <= caughtUpBytes) this.isBehind = false;
    // On a long line the state alone is more than that: what is read at once again has caught up.
    else if (this.isBehind && this.quickReads >= quickReadsToGoOn) this.isBehind = false;
    return !this.isBehind && unread + pieceBytes <= this.window.bytes();
  }

  private sendPart(current: NonNullable<TopicSession["current"]>, pieceBytes: number): void {
    const { to, bytes, number, since, at } = current;
    const piece = makePiece(to.channel, number, bytes, at, pieceBytes);
    this.socket.sendFrame(piece);
    current.at += piece.byteLength - pieceHeaderBytes;
    if (current.at < bytes.byteLength) return;
    this.current = null;
    if (to.sent(since, this.now())) this.relevel(to);
  }

  /** The next topic in turn that has a message to send. */
  private choose(): TopicSession["current"] {
    const all = [...this.watched.values()];
    const now = this.now();
    let soonest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < all.length; i += 1) {
      const to = all[(this.turn + i) % all.length] as WatchedTopic;
      const wait = to.waitMs(now);
      if (wait === null) continue;
      if (wait > 0) {
        soonest = Math.min(soonest, wait);
        continue;
      }
      const before = to.level;
      const next = to.next(now, this.isLatched(to.feed));
      if (to.level !== before) this.relevel(to);
      if (next === null) continue;
      this.turn = (this.turn + i + 1) % all.length;
      return { to, ...next, at: 0 };
    }
    if (soonest < Number.POSITIVE_INFINITY) this.pumpAfter(soonest);
    return null;
  }

  private pumpAfter(ms: number): void {
    if (this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.pump();
    }, Math.ceil(ms));
  }
}
