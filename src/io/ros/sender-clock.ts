/** Ages (ms) of stamps between which the clock of a sender counts as ours: what rounding makes younger, what a network delays. */
const youngest = -20;
const oldest = 250;
/** How long the least age of a stamp is remembered, at least. ms */
const windowMs = 3000;

/**
 * Whether the robot's clock agrees with ours, by the stamps of its joint states: only then may a goal say in our
 * time when it starts.
 */
export class SenderClock {
  private least = Number.POSITIVE_INFINITY;
  private before = Number.POSITIVE_INFINITY;
  private since = 0;

  /** A message was stamped at `stampMs` and arrived at `arrivedMs`, both in ms since 1970. */
  note(stampMs: number, arrivedMs: number): void {
    if (arrivedMs - this.since > windowMs) {
      this.before = this.least;
      this.least = Number.POSITIVE_INFINITY;
      this.since = arrivedMs;
    }
    this.least = Math.min(this.least, arrivedMs - stampMs);
  }

  /** How far the sender's clock is behind ours, ms, transport included (below 0: ahead); null before a stamped message. */
  behindMs(): number | null {
    const least = Math.min(this.least, this.before);
    return Number.isFinite(least) ? least : null;
  }

  agrees(): boolean {
    const behind = this.behindMs();
    return behind !== null && behind >= youngest && behind <= oldest;
  }
}
