import { EventLimit } from "./event-limit.ts";

/** Telemetry of a boot that nobody announced is taken once the boot before was silent for this long. Server ms. */
const silentMs = 1000;
/** Another boot that speaks on: so many messages, without a longer pause, over so long. Server ms. */
const rivalry = { messages: 5, pauseMs: 1000, spanMs: 2000 };
const keptBoots = 64;
const keptRivals = 8;

/**
 * Whose boot telemetry is of: the present one; a new one that begins with it; one that ended; or one that nobody announced,
 * while the present one speaks. The last two are not taken.
 */
export type BootVerdict = "current" | "new" | "ended" | "unannounced";

export const conflict = "two devices of one name, or a false message; it is not commanded meanwhile";

type Rival = { since: number; last: number; messages: number };

/**
 * The boots of one device, by a number that differs at each start; -1 before the first. A birth begins a boot. Telemetry
 * of an unknown boot does where none speaks: one message in a device's name does not put it out of its own. Two that go on
 * speaking are a conflict. Times are server ms.
 */
export class DeviceBoots {
  current = -1;
  count = 0;
  private readonly past = new Set<number>();
  private heardAt = Number.NEGATIVE_INFINITY;
  private readonly rivals = new Map<number, Rival>();
  private rivalAt = Number.NEGATIVE_INFINITY;
  private readonly events = new EventLimit(1, 60_000);

  /** Begins `boot`, whatever was before. `heardAt` is when the device itself said so, if it did. */
  start(boot: number, heardAt = Number.NEGATIVE_INFINITY): void {
    if (this.current >= 0) this.past.add(this.current);
    if (this.past.size > keptBoots) this.past.delete(this.past.values().next().value as number);
    this.past.delete(boot);
    this.rivals.delete(boot);
    this.current = boot;
    this.count++;
    this.heardAt = heardAt;
  }

  /** Judges a message of telemetry. One that the broker kept begins no boot but the first. */
  judge(boot: number, retained: boolean, now: number): BootVerdict {
    if (boot === this.current) {
      if (!retained) this.heardAt = now;
      return "current";
    }
    if (retained) return this.current < 0 ? "new" : "ended";
    const hasEnded = this.past.has(boot);
    if (!hasEnded && now - this.heardAt >= silentMs) return "new";
    this.note(boot, now);
    return hasEnded ? "ended" : "unannounced";
  }

  /** Whether another boot than the present one has been speaking until now. */
  isContested(now: number): boolean {
    return now - this.rivalAt < rivalry.spanMs;
  }

  /** What is to be told of `boot`, which speaks beside the present one; null for the next minute, and where it is nothing. */
  conflictToTell(boot: number, now: number): string | null {
    if (!this.isContested(now) || !this.events.mayTell(now)) return null;
    return `boots ${this.current} and ${boot} both speak: ${conflict}`;
  }

  private note(boot: number, now: number): void {
    let rival = this.rivals.get(boot);
    if (rival === undefined || now - rival.last > rivalry.pauseMs) {
      if (this.rivals.size >= keptRivals) this.rivals.delete(this.rivals.keys().next().value as number);
      rival = { since: now, last: now, messages: 0 };
      this.rivals.set(boot, rival);
    }
    rival.last = now;
    rival.messages++;
    if (rival.messages >= rivalry.messages && now - rival.since >= rivalry.spanMs) this.rivalAt = now;
  }
}
