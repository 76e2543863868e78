/** How long a stop's cancel is repeated: a goal that was on its way to its server when it was sent is cancelled as well. ms */
const repeatMs = 1000;

/**
 * The cancels that a stop owes to servers of actions: sent again for a second, and to those that are found late. Server ms
 * by `now`.
 */
export class OwedCancels {
  /** By server: until when its cancel is repeated; Infinity: it could not be sent yet. */
  private readonly until = new Map<string, number>();
  /** Until when a stop also reaches servers that are found only then. */
  private stopUntil = Number.NEGATIVE_INFINITY;

  constructor(private readonly now: () => number) {}

  /** A server was found. */
  found(name: string): void {
    if (this.now() <= this.stopUntil) this.until.set(name, Number.POSITIVE_INFINITY);
  }

  gone(name: string): void {
    this.until.delete(name);
  }

  /** A stop: owed to `names` from now on, and to those that are found within `lateMs`. */
  stop(names: Iterable<string>, lateMs: number): void {
    this.stopUntil = this.now() + lateMs;
    for (const name of names) this.until.set(name, Number.POSITIVE_INFINITY);
  }

  /** The stop was released: nothing is owed. */
  reset(): void {
    this.stopUntil = Number.NEGATIVE_INFINITY;
    this.until.clear();
  }

  /** Sends what is owed; `cancel` is false where it cannot be sent yet. Called often. */
  repeat(cancel: (name: string) => boolean): void {
    const now = this.now();
    for (const [name, until] of this.until) {
      const isUnsent = until === Number.POSITIVE_INFINITY;
      if (now > until || (isUnsent && now > this.stopUntil)) this.until.delete(name);
      else if (cancel(name) && isUnsent) this.until.set(name, now + repeatMs);
    }
  }
}
