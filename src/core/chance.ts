/** A pseudorandom sequence that is the same in every run (Park and Miller 1988). */
export class Chance {
  readonly #first: number;
  #state: number;

  /** `seed` is a whole number above 0. */
  constructor(seed: number) {
    this.#first = seed;
    this.#state = seed;
  }

  /** Restarts the sequence. */
  restart(): void {
    this.#state = this.#first;
  }

  /** Uniformly distributed, above 0 and below 1. */
  next(): number {
    this.#state = (this.#state * 48271) % 2147483647;
    return this.#state / 2147483647;
  }
}
