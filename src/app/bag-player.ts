import type { BagThread } from "../io/recording/bag-thread.ts";
import { type BlockMessage, messagesOf } from "../protocol/mcap/message-block.ts";

/** How long one go of messages may hold the thread, and how long after it the next comes. ms */
const turnMs = 1;
const pauseMs = 2;
/** Judging the time of every message would cost as much as some messages do. */
const timeEvery = 16;
/** Where it cannot keep up with its speed, it is behind by this at most. ms */
const mostBehindMs = 500;

export type BagPlayerOptions = {
  /** Of recorded time, in times real time. */
  speed: number;
  loop: boolean;
  /** Server ms. */
  now(): number;
  /** One message, at the server's `now`. Its data lasts. */
  deliver(message: BlockMessage, now: number): void;
  /** The bag begins anew: what comes now is older than what came before. */
  onRestart(): void;
  onEnd(): void;
  onFault(reason: string): void;
};

/** Plays the messages of a bag at the distances in time that they were recorded with. */
export class BagPlayer {
  private block: Iterator<BlockMessage> | null = null;
  private ahead: Promise<{ block: Uint8Array; isEnd: boolean }>;
  private isLastBlock = false;
  private held: BlockMessage | null = null;
  private timer: NodeJS.Timeout | null = null;
  private isEnded = false;
  /** Server ms at which the bag's time `from` is played. */
  private begun = 0;
  private from: bigint | null = null;
  /** Nanoseconds of the bag that was played last. */
  position = 0n;
  played = 0;

  constructor(
    private readonly thread: Pick<BagThread, "next">,
    private readonly options: BagPlayerOptions,
  ) {
    this.ahead = this.readAhead();
  }

  start(): void {
    void this.turn();
  }

  stop(): void {
    this.isEnded = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private readAhead(): Promise<{ block: Uint8Array; isEnd: boolean }> {
    const next = this.thread.next();
    // It is looked at later.
    next.catch(() => undefined);
    return next;
  }

  private later(ms: number): void {
    if (!this.isEnded) this.timer = setTimeout(() => void this.turn(), Math.max(pauseMs, ms));
  }

  /** Delivers what is due, for a moment at most. */
  private async turn(): Promise<void> {
    const { now, deliver } = this.options;
    const until = performance.now() + turnMs;
    for (let i = 1; !this.isEnded; i++) {
      if (i % timeEvery === 0 && performance.now() >= until) return this.later(0);
      const message = this.held ?? this.nextOfBlock();
      if (message === null) {
        if (!(await this.nextBlock())) return;
        continue;
      }
      this.held = message;
      const wait = this.waitFor(message.logTime);
      if (wait > 0) return this.later(wait);
      this.held = null;
      this.position = message.logTime;
      this.played++;
      deliver(message, now());
    }
  }

  /** Ms until a message of that time is due. */
  private waitFor(logTime: bigint): number {
    const { now, speed } = this.options;
    if (this.from === null) {
      this.from = logTime;
      this.begun = now();
    }
    const due = this.begun + Number(logTime - this.from) / 1e6 / speed;
    const behind = now() - due;
    if (behind > mostBehindMs) this.begun += behind - mostBehindMs;
    return -behind;
  }

  private nextOfBlock(): BlockMessage | null {
    const next = this.block?.next();
    return next === undefined || next.done === true ? null : next.value;
  }

  /** False at the end of all. */
  private async nextBlock(): Promise<boolean> {
    if (this.block !== null && this.isLastBlock) {
      if (!this.options.loop || this.played === 0) {
        this.isEnded = true;
        this.options.onEnd();
        return false;
      }
      this.from = null;
      this.options.onRestart();
    }
    try {
      const { block, isEnd } = await this.ahead;
      this.block = messagesOf(block);
      this.isLastBlock = isEnd;
      if (!isEnd || this.options.loop) this.ahead = this.readAhead();
      return !this.isEnded;
    } catch (error) {
      if (!this.isEnded) this.options.onFault(error instanceof Error ? error.message : String(error));
      this.isEnded = true;
      return false;
    }
  }
}
