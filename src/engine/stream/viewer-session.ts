import type { Subscription } from "../../protocol/command-messages.ts";
import type { ViewerSocket } from "../ports/sinks.ts";

/** A socket with more than this waiting gets nothing more until it has drained to `resumeBytes`. */
const pauseBytes = 256 * 1024;
const resumeBytes = 16 * 1024;
/** A socket that stays over its budget this long is closed. */
const giveUpMs = 30_000;

/** A frame may come so early: a sender whose rhythm is nearly the viewer's would be seen in every other cycle else. */
const mostEarlyMs = 2;
/** A session gets a frame so often even if nothing changed. */
const quietPeriodMs = 200;

/** What to do with a session now: `back` is the first time after `paused`. */
export type Budget = "room" | "paused" | "back" | "over";

/** One viewer: what it asked for, how far it is, and its budget of unsent bytes. Times are server ms. */
export class ViewerSession {
  encoding: "binary" | "json" = "json";
  subscribed = false;
  /** It looks at the past, which it gets from the history: no live state is for it. */
  isPast = false;
  /** Whether things that change are told one by one. */
  takesChanges = false;
  /** Number of the layout it was told; −1: none. */
  layout = -1;
  /** Revision up to which it knows the properties that are not motion. */
  properties = 0;
  /** The graph's definitions that it knows; −1: none. */
  definitions = -1;
  /** Frames left out since it is over its budget. */
  dropped = 0;
  /** Revision and time of its last frame, and whether that was between two cycles. */
  private frame = -1;
  private frameAt = Number.NEGATIVE_INFINITY;
  private wasBetween = false;
  private periodMs = 0;
  private nextFrame = 0;
  private pausedSince: number | null = null;

  constructor(
    readonly id: string,
    private readonly socket: ViewerSocket,
  ) {}

  /** What it gets from now on. */
  choose({ encoding, rate, changes }: Subscription, now: number): void {
    this.encoding = encoding;
    this.takesChanges = changes;
    this.periodMs = 1000 / rate;
    this.nextFrame = now;
  }

  bufferedBytes(): number {
    return this.socket.bufferedBytes();
  }

  isPaused(): boolean {
    return this.pausedSince !== null;
  }

  /** Whether it gets the present, now. */
  isLive(): boolean {
    return this.subscribed && !this.isPast && this.pausedSince === null;
  }

  /** Judges what waits in its socket. */
  judge(now: number): Budget {
    const waiting = this.socket.bufferedBytes();
    if (this.pausedSince === null) {
      if (waiting <= pauseBytes) return "room";
      this.pausedSince = now;
      return "paused";
    }
    if (waiting <= resumeBytes) {
      this.pausedSince = null;
      return "back";
    }
    return now - this.pausedSince > giveUpMs ? "over" : "paused";
  }

  /**
   * Whether it gets a frame of that revision now: what it does not have yet, or as a sign of life; at its rate. If so, the one after
   * is a period later, and missed ones are not made up. `isBetween`: it is a frame between two cycles.
   */
  takeTurn(now: number, revision: number, isBetween: boolean): boolean {
    if (!this.subscribed || now < this.nextFrame - Math.min(mostEarlyMs, this.periodMs / 5)) return false;
    if (revision === this.frame) {
      if (!this.wasBetween && now - this.frameAt < quietPeriodMs) return false;
      // What a cycle computed of a read that was sent waits a little for the next read: it must not take that one's turn.
      if (this.wasBetween && !isBetween && now < this.nextFrame + this.periodMs / 2) return false;
    }
    this.frame = revision;
    this.frameAt = now;
    this.wasBetween = isBetween;
    this.nextFrame = Math.max(this.nextFrame + this.periodMs, now - this.periodMs);
    return true;
  }
}
