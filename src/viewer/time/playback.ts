import { Signal } from "../../client/signal.ts";
import type { TimeTravel } from "../../client/time-travel.ts";
import { nextMark } from "./marks.ts";
import type { Timeline } from "./timeline.ts";

/** Speeds that a person chooses from, as multiples of real time. */
export const speeds = [0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 100] as const;

/** A range that is played again and again; `to` is null until it is set. */
export type Loop = { from: number; to: number | null };

/** Plays, steps and jumps. Everything ends in the session's `TimeTravel`. */
export class Playback {
  readonly speed = new Signal<number>(1);
  readonly loop = new Signal<Loop | null>(null);
  private resumes = false;

  constructor(
    readonly travel: TimeTravel,
    private readonly timeline: Timeline,
  ) {
    travel.position.subscribe(() => this.follow());
  }

  get isPlaying(): boolean {
    return this.travel.position.get()?.playing === true;
  }

  /** Goes to a moment; one beyond what is stored is its end. */
  seek(timeMs: number): void {
    this.travel.seek(this.timeline.clamped(timeMs));
  }

  /** In the present: halts the picture. In the past: plays on, or halts. */
  toggle(): void {
    const position = this.travel.position.get();
    if (position === null) this.halt();
    else if (position.playing) this.travel.pause();
    else this.travel.play(this.speed.get());
  }

  setSpeed(speed: number): void {
    this.speed.set(speed);
    if (this.isPlaying) this.travel.play(speed);
  }

  /** By `ms` from the moment that is shown; halts. */
  step(ms: number): void {
    const from = this.travel.wantedMs ?? this.timeline.nowMs();
    if (from === null) return;
    if (this.isPlaying) this.travel.pause();
    this.go(from + ms);
  }

  /** To the next event, stop or command, or to the one before. False when there is none. */
  jump(direction: 1 | -1): boolean {
    const from = this.travel.wantedMs ?? this.timeline.nowMs();
    const mark = from === null ? undefined : nextMark(this.timeline.marks.get(), from, direction);
    if (mark === undefined) return false;
    if (this.isPlaying) this.travel.pause();
    this.go(mark.time);
    return true;
  }

  live(): void {
    this.travel.live();
    this.timeline.range.update(({ spanMs }) => ({ spanMs, endMs: null }));
  }

  /** A drag begins: the picture follows the hand, not the clock. */
  grab(): void {
    this.resumes = this.isPlaying;
    if (this.resumes) this.travel.pause();
  }

  /** The drag is over: what played before plays on from here. */
  letGo(): void {
    if (this.resumes) this.travel.play(this.speed.get());
    this.resumes = false;
  }

  /** First call: the loop begins here. Second: it ends here and is played. Third: no loop. */
  markLoop(): void {
    const at = this.travel.momentMs;
    const loop = this.loop.get();
    if (at === null) return;
    if (loop === null) this.loop.set({ from: at, to: null });
    else if (loop.to === null && at !== loop.from) {
      this.loop.set({ from: Math.min(at, loop.from), to: Math.max(at, loop.from) });
      this.go(Math.min(at, loop.from));
      this.travel.play(this.speed.get());
    } else this.loop.set(null);
  }

  private halt(): void {
    const now = this.timeline.nowMs();
    if (now !== null) this.go(now);
  }

  private go(timeMs: number): void {
    this.seek(timeMs);
    this.timeline.reveal(this.timeline.clamped(timeMs));
  }

  private follow(): void {
    const position = this.travel.position.get();
    if (position === null) {
      this.loop.set(null);
      return;
    }
    const loop = this.loop.get();
    if (loop?.to == null || !position.playing || this.travel.isSeeking) return;
    if (position.time < loop.to) return;
    this.travel.seek(loop.from);
    this.travel.play(this.speed.get());
  }
}
