/** Least and most that may be unread at once, bytes: a state frame never waits behind more. */
const least = 24 * 1024;
const most = 192 * 1024;
/** A client that takes longer than this to read what was sent is slower than it was taken for, ms. */
const slowMs = 150;
const quickMs = 60;

/**
 * How much of topics may be under way to one client: as much as it reads in about a tenth of a second. So what is sent after it,
 * the state above all, is never late by more.
 */
export class SendWindow {
  private size = 64 * 1024;

  bytes(): number {
    return this.size;
  }

  /** Something was read, `delayMs` after it was sent. */
  wasRead(delayMs: number): void {
    if (delayMs > slowMs) this.size = Math.max(least, this.size * 0.7);
    else if (delayMs < quickMs) this.size = Math.min(most, this.size * 1.2);
  }
}
