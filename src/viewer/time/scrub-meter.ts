import { Listeners } from "../../client/listeners.ts";

const keptTimes = 500;
const keptWanted = 64;

/** How long a position that a person asked for took, in ms: until its state was there, and until it was drawn. */
export type Scrub = { state: number; drawn: number };

/** Measures positions on the page's clock. */
export class ScrubMeter {
  readonly pictured = new Listeners<[]>();
  /** Newest last. */
  readonly times: Scrub[] = [];
  /** By moment (server ms): when it was asked for. In the order of asking. */
  private readonly wanted = new Map<number, number>();
  private waiting: { askedAt: number; state: number } | null = null;

  asked(momentMs: number, atMs: number): void {
    this.wanted.delete(momentMs);
    this.wanted.set(momentMs, atMs);
    const [oldest] = this.wanted.keys();
    if (this.wanted.size > keptWanted && oldest !== undefined) this.wanted.delete(oldest);
  }

  /** The state of that moment is what is drawn next. Those that were asked for before are of no interest any more. */
  arrived(momentMs: number, atMs: number): void {
    const askedAt = this.wanted.get(momentMs);
    if (askedAt === undefined) return;
    for (const moment of [...this.wanted.keys()]) {
      this.wanted.delete(moment);
      if (moment === momentMs) break;
    }
    this.waiting = { askedAt, state: atMs - askedAt };
  }

  /** What arrived is drawn. Called for each picture, and where it would be the same as the one that is there. */
  drawn(atMs: number): void {
    this.pictured.emit();
    if (this.waiting === null) return;
    const { askedAt, state } = this.waiting;
    this.times.push({ state, drawn: atMs - askedAt });
    if (this.times.length > keptTimes) this.times.shift();
    this.waiting = null;
  }
}
