/**
 * The beat for text, ten a second or fewer: figures that change faster cannot be read. `count` names the beat,
 * so that everything read within one beat is the same.
 */
export class Ticker {
  count = 0;
  private readonly listeners = new Set<() => void>();

  constructor(everyMs: number) {
    setInterval(() => {
      this.count++;
      for (const listener of this.listeners) listener();
    }, everyMs);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}
