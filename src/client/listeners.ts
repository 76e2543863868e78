import { globals } from "./globals.ts";

/** Functions that are called with each value. One that throws does not keep the others from being called. */
export class Listeners<Args extends unknown[]> {
  private readonly calls = new Set<(...args: Args) => void>();

  /** The returned function ends the subscription. */
  add(call: (...args: Args) => void): () => void {
    // An own function each time: the same listener may be added twice and is then called twice.
    const one = (...args: Args) => call(...args);
    this.calls.add(one);
    return () => this.calls.delete(one);
  }

  emit(...args: Args): void {
    for (const call of [...this.calls]) {
      guarded(() => call(...args));
    }
  }
}

/** Calls a function of the program around the library. What it throws is thrown again outside, as an uncaught error. */
export function guarded(call: () => void): void {
  try {
    call();
  } catch (error) {
    // The fault must be seen, but it must not end what reads the socket or renews a lease.
    globals.setTimeout(() => {
      throw error;
    });
  }
}
