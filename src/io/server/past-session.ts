import { type History, HistoryFault, type PastMoments } from "../../history/history-query.ts";
import type { TravelMessage } from "../../protocol/command-messages.ts";
import type { PastMessage, ServerStateMessage } from "../../protocol/state-messages.ts";

/** How near to now the past is played: what arrived later may not be stored yet. ms */
const newestMs = 250;
const defaultRate = 60;
/** A viewer with more than this unread gets no further moment until it has read on. */
const pauseBytes = 256 * 1024;

export type PastSessionOptions = {
  viewer: string;
  history: History & PastMoments;
  /** Server ms. */
  now(): number;
  send(text: string): void;
  unreadBytes(): number;
  /** The viewer begins or ends to look at the past. */
  onPast(isPast: boolean): void;
};

/** One viewer's way through the past: where it stands, and whether it plays. */
export class PastSession {
  /** Moments a second while it plays. */
  rate = defaultRate;
  private time: number | null = null;
  private speed = 1;
  private timer: NodeJS.Timeout | null = null;
  /** Server ms at which the playback stood at `time`. */
  private since = 0;
  private busy = false;
  private again = false;
  private tellsPlace = false;

  constructor(private readonly options: PastSessionOptions) {}

  take(message: TravelMessage): void {
    if (message.op === "seek") this.seek(message.time);
    else if (this.time === null) this.refuse("not_in_the_past", "Send a seek with a time first.");
    else if (message.op === "play") this.play(message.speed);
    else this.pause();
  }

  /** The viewer is gone. */
  close(): void {
    this.stopTimer();
    if (this.time !== null) this.options.history.forgetViewer(this.options.viewer);
    this.time = null;
  }

  private seek(to: number | "live"): void {
    const { options } = this;
    if (to === "live") {
      if (this.time === null) return;
      this.close();
      options.onPast(false);
      return;
    }
    const { from, state } = options.history.status();
    if (state !== "recording" || Number.isNaN(from)) {
      this.refuse("no_history", "Nothing is stored yet, or the history failed: see /api/history/status.");
      return;
    }
    if (this.time === null) options.onPast(true);
    this.time = Math.min(Math.max(to, from), this.newest());
    this.since = options.now();
    this.show(true);
  }

  private play(speed: number): void {
    this.advance();
    this.speed = speed;
    this.since = this.options.now();
    this.timer ??= setInterval(() => this.tick(), 1000 / this.rate);
    this.show(true);
  }

  private pause(): void {
    this.advance();
    this.stopTimer();
    this.show(true);
  }

  private tick(): void {
    this.advance();
    // The newest moment itself moves on meanwhile.
    const isOver = (this.time ?? 0) >= this.newest() - 20;
    if (isOver) this.stopTimer();
    this.show(isOver);
  }

  private advance(): void {
    if (this.timer === null || this.time === null) return;
    const now = this.options.now();
    this.time = Math.min(this.time + (now - this.since) * this.speed, this.newest());
    this.since = now;
  }

  private newest(): number {
    return this.options.now() - newestMs;
  }

  private stopTimer(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  /** Shows where it stands; what is asked meanwhile is shown after it, and only the newest of that. */
  private show(tellsPlace: boolean): void {
    this.tellsPlace ||= tellsPlace;
    if (this.busy) {
      this.again = true;
      return;
    }
    if (this.time === null) return;
    if (!this.tellsPlace && this.options.unreadBytes() > pauseBytes) return;
    this.busy = true;
    void this.send(this.time).finally(() => {
      this.busy = false;
      if (!this.again) return;
      this.again = false;
      this.show(false);
    });
  }

  private async send(time: number): Promise<void> {
    const { history, viewer, send } = this.options;
    try {
      const texts = await history.moment(viewer, time);
      // It may have come back to the present meanwhile.
      if (this.time === null) return;
      for (const text of texts) send(text);
      if (!this.tellsPlace || this.again) return;
      this.tellsPlace = false;
      send(JSON.stringify(this.place(time)));
    } catch (error) {
      this.stopTimer();
      const isFault = error instanceof HistoryFault;
      this.refuse("no_history", isFault ? error.message : "the history could not be read");
    }
  }

  private place(time: number): PastMessage {
    const { from: first } = this.options.history.status();
    const from = Number.isNaN(first) ? time : first;
    const playing = this.timer !== null;
    return { op: "past", time, playing, speed: this.speed, from, to: this.newest() };
  }

  private refuse(code: string, message: string): void {
    this.options.send(JSON.stringify({ op: "error", code, message } satisfies ServerStateMessage));
  }
}
