import {
  createMotionSample,
  type MotionProfile,
  type MotionSample,
  sampleAt,
} from "../trajectory/motion-profile.ts";

/** How far along a way, 0 … 1, something is over time, at rest at both ends. */
export type RateLaw = {
  /** s */
  readonly duration: number;
  /** The share of the way at `time`, its rate, the rate's change and the change's; the object is used again. */
  at(time: number): MotionSample;
};

export function lawOfProfile(profile: MotionProfile): RateLaw {
  const sample = createMotionSample();
  return {
    duration: profile.duration,
    at: (time) => {
      sampleAt(profile, time, sample);
      return sample;
    },
  };
}

/**
 * The law that goes evenly faster or slower from each of the equally spaced places to the next, with `squares` of the rate there
 * (the first and the last 0, the others above it), averaged over the last `window` s: so that the change of the rate is continuous.
 */
export function averagedLaw(squares: Float64Array, window: number): RateLaw {
  const count = squares.length - 1;
  const step = 1 / count;
  const times = new Float64Array(count + 1);
  /** ∫ share dt until each place. */
  const sums = new Float64Array(count + 1);
  const rates = squares.map(Math.sqrt);
  const changeIn = (i: number): number => ((squares[i + 1] as number) - (squares[i] as number)) / (2 * step);
  const sumTo = (i: number, t: number): number =>
    t * (i * step + t * ((rates[i] as number) / 2 + (t * changeIn(i)) / 6));
  for (let i = 0; i < count; i += 1) {
    const t = (2 * step) / ((rates[i] as number) + (rates[i + 1] as number));
    times[i + 1] = (times[i] as number) + t;
    sums[i + 1] = (sums[i] as number) + sumTo(i, t);
  }
  const end = times[count] as number;
  let cell = 0;
  const now = { sum: 0, position: 0, velocity: 0, acceleration: 0 };
  const raw = (time: number): void => {
    if (time <= 0 || time >= end) {
      now.position = time <= 0 ? 0 : 1;
      now.sum = time <= 0 ? 0 : (sums[count] as number) + time - end;
      now.velocity = now.acceleration = 0;
      return;
    }
    // Asked for in two places by turns, both of which mostly rise.
    while (time < (times[cell] as number)) cell -= 1;
    while (time >= (times[cell + 1] as number)) cell += 1;
    const t = time - (times[cell] as number);
    const change = changeIn(cell);
    now.sum = (sums[cell] as number) + sumTo(cell, t);
    now.position = cell * step + t * ((rates[cell] as number) + (t * change) / 2);
    now.velocity = (rates[cell] as number) + t * change;
    now.acceleration = change;
  };
  const sample = createMotionSample();
  return {
    duration: end + window,
    at: (time) => {
      raw(time);
      const { sum, position, velocity, acceleration } = now;
      raw(time - window);
      sample.position = Math.min(1, Math.max(0, (sum - now.sum) / window));
      sample.velocity = Math.max(0, (position - now.position) / window);
      sample.acceleration = (velocity - now.velocity) / window;
      sample.jerk = (acceleration - now.acceleration) / window;
      return sample;
    },
  };
}
