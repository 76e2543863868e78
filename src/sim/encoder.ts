import { Chance } from "../core/chance.ts";

/** A joint's encoder: rad or m. */
export type EncoderOptions = {
  /** Standard deviation of white noise on the position, and on the velocity per second. */
  noise: number;
  velocityNoise: number;
  /** One count; 0 for none. */
  resolution: number;
  /** s between the truth and what is read. */
  latency: number;
};

export const soundEncoder: EncoderOptions = Object.freeze({
  noise: 0,
  velocityNoise: 0,
  resolution: 0,
  latency: 0,
});

/** A longer latency is cut to this many steps. */
const longestLatency = 1000;

/** Its noise is a fixed row of numbers, so that the same run gives the same values. */
export class Encoder {
  position = 0;
  velocity = 0;
  /** Added to every position: a slipped coupling. */
  bias = 0;
  /** A dead one keeps its last values. */
  dead = false;
  readonly #options: EncoderOptions;
  readonly #positions: Float64Array;
  readonly #velocities: Float64Array;
  #next = 0;
  #read = 0;
  readonly #chance: Chance;

  /** `dt` is the length in s of the steps between two measurements; `seed` above 0. */
  constructor(options: EncoderOptions, dt: number, seed: number) {
    const steps = Math.min(longestLatency, Math.round(options.latency / dt));
    this.#options = options;
    this.#positions = new Float64Array(steps);
    this.#velocities = new Float64Array(steps);
    this.#chance = new Chance(seed);
  }

  measure(truePosition: number, trueVelocity: number): void {
    let position = truePosition;
    let velocity = trueVelocity;
    const steps = this.#positions.length;
    if (steps > 0) {
      if (this.#read < steps) {
        // Until the line is full there is only the first value.
        if (this.#read === 0) this.#positions.fill(truePosition);
        this.#read += 1;
      }
      position = this.#positions[this.#next] as number;
      velocity = this.#velocities[this.#next] as number;
      this.#positions[this.#next] = truePosition;
      this.#velocities[this.#next] = trueVelocity;
      this.#next = (this.#next + 1) % steps;
    }
    if (this.dead) return;
    const { noise, velocityNoise, resolution } = this.#options;
    const read = position + this.bias + (noise > 0 ? noise * this.#gaussian() : 0);
    this.position = resolution > 0 ? resolution * Math.round(read / resolution) : read;
    this.velocity = velocity + (velocityNoise > 0 ? velocityNoise * this.#gaussian() : 0);
  }

  /** Standard normal, by Box and Muller. */
  #gaussian(): number {
    return Math.sqrt(-2 * Math.log(this.#chance.next())) * Math.cos(2 * Math.PI * this.#chance.next());
  }
}
