import { Listeners } from "./listeners.ts";
import { Signal } from "./signal.ts";

/** Where a session stands in the past. Times in server ms; `from` and `to` are the ends of what is stored. */
export type PastPosition = { time: number; playing: boolean; speed: number; from: number; to: number };

/** Longer without an answer to a seek, and the next one is sent all the same. */
const answerWithinMs = 2000;
/** What the server answers to one of these messages, also where it comes late. */
const ownFaults: ReadonlySet<string> = new Set(["no_history", "not_in_the_past"]);

/**
 * One session's way through time. The newest seek wins, and one is under way at most: who drags a slider asks for
 * hundreds of moments. The server answers by the state of the moment and then by where the session stands.
 */
export class TimeTravel {
  /** Null: the present. It is set at once by a seek, so that nothing is commanded by what is seen from then on. */
  readonly position = new Signal<PastPosition | null>(null);
  /** The server refused to show the past, for this reason. */
  readonly refused = new Listeners<[code: string, message: string]>();
  /** The state of the moment that was asked for last is there, or the present is again. */
  readonly arrived = new Listeners<[]>();
  private mode: "live" | "past" | "returning" = "live";
  /** When what is not answered yet was sent; null when nothing is. */
  private askedMs: number | null = null;
  private next: number | null = null;
  /** The moment of the newest seek that is not answered. */
  private soughtMs: number | null = null;
  /** Whether the server has shown anything of the past on this trip. */
  private hasSeen = false;

  constructor(
    private readonly send: (message: object) => boolean,
    private readonly now: () => number,
    /** The past is seen from now on, or the present: frames from before are no neighbours of those to come. */
    private readonly jumped: () => void,
  ) {}

  /** The moment that is shown, in server ms; null in the present. */
  get momentMs(): number | null {
    return this.position.get()?.time ?? null;
  }

  /** The moment that was asked for last, or that is shown; steps go on from here. Null in the present. */
  get wantedMs(): number | null {
    return this.soughtMs ?? this.momentMs;
  }

  /** Whether something was asked for and is not answered yet. */
  get isSeeking(): boolean {
    return this.askedMs !== null;
  }

  seek(time: number): void {
    this.mode = "past";
    this.soughtMs = time;
    this.position.update(
      (now) => now ?? { time, playing: false, speed: 1, from: Number.NaN, to: Number.NaN },
    );
    if (this.askedMs !== null && this.now() - this.askedMs < answerWithinMs) this.next = time;
    else this.sendSeek(time);
  }

  /** Back to the present. */
  live(): void {
    if (this.mode === "live") return;
    this.next = null;
    this.askedMs = null;
    this.mode = "returning";
    // A server that showed nothing of the past sends the present all the time; a lost connection begins there.
    if (!this.send({ op: "seek", time: "live" }) || !this.hasSeen) this.arriveLive();
  }

  play(speed: number): void {
    this.order({ op: "play", speed });
  }

  pause(): void {
    this.order({ op: "pause" });
  }

  /** A connection begins in the present: one that was in the past goes back there. */
  hello(): void {
    this.askedMs = null;
    this.hasSeen = false;
    const position = this.position.get();
    if (this.mode === "returning") this.arriveLive();
    if (this.mode !== "past" || position === null) return;
    const { playing, speed } = position;
    this.sendSeek(this.next ?? position.time);
    this.next = null;
    if (playing) this.play(speed);
  }

  /** Whether a message of the past, or of the present, is of what is to be seen now. */
  takes(isPast: boolean): boolean {
    if (isPast !== (this.mode === "past")) return false;
    if (isPast && !this.hasSeen) {
      this.hasSeen = true;
      this.jumped();
    }
    return true;
  }

  /** Whether a snapshot is; one of the present ends the way back. */
  takesSnapshot(isPast: boolean): boolean {
    if (this.mode === "returning" && !isPast) this.arriveLive();
    return this.takes(isPast);
  }

  /** The state of a moment arrived and was taken. */
  takeMoment(time: number): void {
    this.position.update((now) => (now === null || now.time === time ? now : { ...now, time }));
  }

  takePosition({ time, playing, speed, from, to }: PastPosition): void {
    if (this.mode !== "past") return;
    const wasAsked = this.askedMs !== null;
    const { next } = this;
    this.askedMs = null;
    this.next = null;
    this.position.set({ time, playing, speed, from, to });
    if (!wasAsked) return;
    if (next === null) this.soughtMs = null;
    if (next !== null) this.sendSeek(next);
    else this.arrived.emit();
  }

  /** True when the fault is of one of these messages. */
  takeFault(code: string, message: string): boolean {
    if (this.mode !== "past" || (this.askedMs === null && !ownFaults.has(code))) return false;
    this.askedMs = null;
    this.next = null;
    this.soughtMs = null;
    this.refused.emit(code, message);
    // The server goes on sending the present to who never left it.
    if (!this.hasSeen) this.arriveLive();
    return true;
  }

  private order(message: object): void {
    if (this.mode !== "past") return;
    if (this.next !== null) this.sendSeek(this.next);
    this.next = null;
    if (this.send(message)) this.askedMs ??= this.now();
  }

  private sendSeek(time: number): void {
    if (this.send({ op: "seek", time })) this.askedMs = this.now();
    // Asked for again once there is a connection.
    else this.next = time;
  }

  private arriveLive(): void {
    this.mode = "live";
    this.askedMs = null;
    this.soughtMs = null;
    this.hasSeen = false;
    this.position.set(null);
    this.jumped();
    this.arrived.emit();
  }
}
