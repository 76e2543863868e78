/** Server ms for which a boot that had ended must speak on, before it is believed. */
const believedAfterMs = 2000;
const keptBoots = 64;

/**
 * Whose boot a message is of: the `current` one, a `new` one, one that `ended`; one that ended, it seemed, and speaks
 * on while the newer one is silent, so that it is `back`; or one that speaks on beside the newer one: there are `two`.
 */
export type BootVerdict = "current" | "new" | "ended" | "back" | "two";

/** What is wrong where two boots speak, of the one that ended and the newer one. */
export const bootConflicts: Partial<Record<BootVerdict, string>> = {
  back: "the first speaks on, the other, said to be the newer, does not; the first is believed again",
  two: "two speak in its name; each device needs a name of its own",
};

/** The boots of one device: by a number that differs at each start, -1 before the first. Times are server ms. */
export class DeviceBoots {
  current = -1;
  count = 0;
  private readonly past = new Set<number>();
  private heardAt = Number.NEGATIVE_INFINITY;
  /** An ended boot that speaks, since when and how far. */
  private rival = -1;
  private rivalSince = 0;
  private rivalN = -1;

  /** Begins `boot`, whatever was before. */
  start(boot: number, now: number): void {
    if (this.current >= 0) this.past.add(this.current);
    if (this.past.size > keptBoots) this.past.delete(this.past.values().next().value as number);
    this.past.delete(boot);
    this.current = boot;
    this.count++;
    this.heardAt = now;
    this.rival = -1;
  }

  /** Judges telemetry `n` of `boot`. A kept message begins no boot but the first. */
  judge(boot: number, n: number, retained: boolean, now: number): BootVerdict {
    if (boot === this.current) {
      if (!retained) this.heardAt = now;
      return "current";
    }
    if (retained) return this.current < 0 ? "new" : "ended";
    return this.past.has(boot) ? this.judgeEnded(boot, n, now) : "new";
  }

  private judgeEnded(boot: number, n: number, now: number): BootVerdict {
    if (boot !== this.rival || n <= this.rivalN) {
      this.rival = boot;
      this.rivalSince = now;
    }
    this.rivalN = n;
    if (now - this.rivalSince < believedAfterMs) return "ended";
    return this.heardAt < this.rivalSince ? "back" : "two";
  }
}
