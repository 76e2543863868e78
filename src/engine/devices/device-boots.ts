import { EventLimit } from "../ports/event-limit.ts";

/** After another boot's word it is not known for so long who hears a command. Server ms. */
const doubtMs = 1000;
/** Other boots that go on speaking are told of: so many words, over so long, without a pause that ends it. Server ms. */
const rivalry = { words: 5, spanMs: 2000, pauseMs: 10_000 };
const keptBoots = 64;

/** Whose boot telemetry is of: the present one, one that begins with it, or one that ended, which is not taken. */
export type BootVerdict = "current" | "new" | "ended";

/**
 * The boots of one device, by a number that differs at each start; -1 before the first. A birth ends the boot before for
 * good. Telemetry without a birth begins a boot, too, but the one that was announced comes back as soon as it speaks: a
 * message in a device's name does not put it out of its own. Times are server ms.
 */
export class DeviceBoots {
  current = -1;
  count = 0;
  /** The boot of the last birth. */
  private announced = -1;
  private readonly past = new Set<number>();
  /** Whether the present boot spoke itself. */
  private isHeard = false;
  private other = { at: Number.NEGATIVE_INFINITY, since: 0, words: 0 };
  private readonly events = new EventLimit(1, 60_000);

  /** Takes a birth's boot. False where a broker kept the birth of a boot that ended. */
  announce(boot: number, retained: boolean, now: number): boolean {
    const hasEnded = this.past.has(boot);
    if (hasEnded && retained && this.isHeard) return false;
    if (hasEnded && !retained) this.note(now);
    for (const ended of [this.announced, this.current]) if (ended >= 0 && ended !== boot) this.end(ended);
    this.past.delete(boot);
    this.announced = boot;
    if (boot !== this.current) this.begin(boot);
    if (!retained) this.isHeard = true;
    return true;
  }

  /** Judges a message of telemetry, and begins the boot that is new with it. */
  judge(boot: number, retained: boolean, now: number): BootVerdict {
    if (boot === this.current) {
      if (!retained) this.isHeard = true;
      return "current";
    }
    if (this.current >= 0) {
      // A kept message is an old one: only the device itself starts another boot.
      if (retained) return "ended";
      this.note(now);
      if (this.past.has(boot)) return "ended";
      if (this.announced < 0) this.end(this.current);
    }
    this.begin(boot);
    this.isHeard = !retained;
    return "new";
  }

  /** Why it is not known who would hear a command, and what he would make of it; empty where it is. */
  doubt(now: number): string {
    if (now - this.other.at < doubtMs) return "another boot spoke in its name a moment ago";
    if (this.announced >= 0 && this.announced !== this.current) {
      return `it started anew (boot ${this.current}) and has not said what it is`;
    }
    return "";
  }

  /** What is to be told of others that speak; null where it is nothing, and for the next minute. */
  conflictToTell(now: number): string | null {
    const { at, since, words } = this.other;
    if (words < rivalry.words || at - since < rivalry.spanMs || !this.events.mayTell(now)) return null;
    return `other boots than ${this.current} speak in its name: two devices have it, or a message is false`;
  }

  private begin(boot: number): void {
    this.current = boot;
    this.isHeard = false;
    this.count++;
  }

  private end(boot: number): void {
    this.past.add(boot);
    if (this.past.size > keptBoots) this.past.delete(this.past.values().next().value as number);
  }

  private note(now: number): void {
    const { other } = this;
    if (now - other.at > rivalry.pauseMs) {
      other.since = now;
      other.words = 0;
    }
    other.at = now;
    other.words++;
  }
}
