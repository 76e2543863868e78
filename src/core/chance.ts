/** A row of numbers that looks like chance and is the same in every run (Park and Miller 1988). */
export class Chance {
  readonly #first: number;
  #state: number;

  /** `seed` is a whole number above 0. */
  constructor(seed: number) {
    this.#first = seed;
    this.#state = seed;
  }

  /** The row begins anew. */
  restart(): void {
    this.#state = this.#first;
  }

  /** Evenly spread, above 0 and below 1. */
  next(): number {
    this.#state = (this.#state * 48271) % 2147483647;
    return this.#state / 2147483647;
  }
}
