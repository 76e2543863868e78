import type { RawTap } from "./raw-tap.ts";

/**
 * The taps of an inbox: recorders and bridges that each get every raw message. A tap that throws ends itself, so that it
 * keeps no message from the twin and from other taps.
 */
export class RawTaps {
  private readonly taps = new Set<RawTap>();

  /** `onChange` gets what transports call: null while nobody listens, so that no message is made for nobody. */
  constructor(private readonly onChange: (tap: RawTap | null) => void) {}

  /** `tap` gets every raw message from now on, until the function that is returned is called. */
  add(tap: RawTap): () => void {
    this.taps.add(tap);
    this.choose();
    return () => this.remove(tap);
  }

  private remove(tap: RawTap): void {
    this.taps.delete(tap);
    this.choose();
  }

  private choose(): void {
    this.onChange(this.taps.size === 0 ? null : this.handToAll);
  }

  private readonly handToAll: RawTap = (message) => {
    for (const tap of this.taps) {
      try {
        tap(message);
      } catch {
        this.remove(tap);
      }
    }
  };
}
