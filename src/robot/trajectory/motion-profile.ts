import type { JerkPhases } from "./jerk-phases.ts";
import type { MotionState } from "./motion-state.ts";

/**
 * One joint's way in phases of constant jerk. Phase i begins at `times[i]` (s from the start) in the state
 * `positions[i]`, `velocities[i]`, `accelerations[i]` and has the jerk `jerks[i]`; rad or m and their rates.
 * All but `jerks` have one entry more, the end. Constant after creation.
 */
export type MotionProfile = {
  readonly duration: number;
  readonly times: Float64Array;
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
  readonly accelerations: Float64Array;
  readonly jerks: Float64Array;
};

/** A joint's motion at one time; reused by the caller. */
export type MotionSample = MotionState & { jerk: number };

/** The least and greatest values on the way, the ends included. */
export type MotionExtrema = {
  minPosition: number;
  maxPosition: number;
  minVelocity: number;
  maxVelocity: number;
  minAcceleration: number;
  maxAcceleration: number;
};

/** Share of the accelerations around that is rounding. */
const nothing = 1e-13;

export function createMotionSample(): MotionSample {
  return { position: 0, velocity: 0, acceleration: 0, jerk: 0 };
}

/** Seconds. */
export function durationOf(profile: MotionProfile): number {
  return profile.duration;
}

/**
 * The profile of phases (times multiplied and jerks divided by `jerk`, as in transfer.ts) from `from` to
 * `to`, which they must reach but for rounding. It ends exactly in `to`, after exactly `duration` seconds.
 */
export function profileOf(
  phases: JerkPhases,
  from: MotionState,
  to: MotionState,
  jerk: number,
  duration: number,
): MotionProfile {
  const count = phases.durations.length;
  const times = new Float64Array(count + 1);
  const positions = new Float64Array(count + 1);
  const velocities = new Float64Array(count + 1);
  const accelerations = new Float64Array(count + 1);
  const jerks = new Float64Array(count);
  const steepest = Math.max(1, Math.abs(from.acceleration), Math.abs(to.acceleration));
  let [time, position, velocity, acceleration] = [0, from.position, from.velocity, from.acceleration];
  for (let i = 0; i < count; i += 1) {
    const t = (phases.durations[i] as number) / jerk;
    const j = (phases.jerks[i] as number) * jerk;
    // What rounding leaves of an acceleration that was to end would carry far in a long cruise.
    if (j === 0 && Math.abs(acceleration) < nothing * steepest) acceleration = 0;
    times[i] = Math.min(time, duration);
    positions[i] = position;
    velocities[i] = velocity;
    accelerations[i] = acceleration;
    jerks[i] = j;
    time += t;
    position += t * (velocity + t * (acceleration / 2 + (t * j) / 6));
    velocity += t * (acceleration + (t * j) / 2);
    acceleration += t * j;
  }
  times[count] = duration;
  positions[count] = to.position;
  velocities[count] = to.velocity;
  accelerations[count] = to.acceleration;
  return { duration, times, positions, velocities, accelerations, jerks };
}

/** Writes the motion at `time` (s) into `out`; before the start and after the end, that of the end nearby. Allocates nothing. */
export function sampleAt(profile: MotionProfile, time: number, out: MotionSample): void {
  const { times, positions, velocities, accelerations, jerks } = profile;
  const last = jerks.length;
  let phase = last;
  if (time < profile.duration) {
    phase = 0;
    while (phase < last - 1 && time >= (times[phase + 1] as number)) phase += 1;
  }
  const inside = phase < last;
  const t = inside ? Math.max(0, time - (times[phase] as number)) : 0;
  const jerk = inside ? (jerks[phase] as number) : 0;
  const velocity = velocities[phase] as number;
  const acceleration = accelerations[phase] as number;
  out.position = (positions[phase] as number) + t * (velocity + t * (acceleration / 2 + (t * jerk) / 6));
  out.velocity = velocity + t * (acceleration + (t * jerk) / 2);
  out.acceleration = acceleration + t * jerk;
  out.jerk = jerk;
}

/** Position is extreme where velocity is 0, velocity where acceleration is 0, acceleration at the bends. */
export function extremaOf(profile: MotionProfile): MotionExtrema {
  const { times, positions, velocities, accelerations, jerks } = profile;
  const extrema: MotionExtrema = {
    minPosition: Math.min(...positions),
    maxPosition: Math.max(...positions),
    minVelocity: Math.min(...velocities),
    maxVelocity: Math.max(...velocities),
    minAcceleration: Math.min(...accelerations),
    maxAcceleration: Math.max(...accelerations),
  };
  const sample = createMotionSample();
  for (let i = 0; i < jerks.length; i += 1) {
    const [v, a, j] = [velocities[i] as number, accelerations[i] as number, jerks[i] as number];
    const length = (times[i + 1] as number) - (times[i] as number);
    const root = Math.sqrt(a * a - 2 * j * v);
    // Of v + a t + j t²/2, in the form that does not cancel.
    const sum = -(a + (a < 0 ? -root : root));
    for (const t of [-a / j, sum / j, (2 * v) / sum]) {
      if (!(t > 0 && t < length)) continue;
      sampleAt(profile, (times[i] as number) + t, sample);
      extrema.minPosition = Math.min(extrema.minPosition, sample.position);
      extrema.maxPosition = Math.max(extrema.maxPosition, sample.position);
      extrema.minVelocity = Math.min(extrema.minVelocity, sample.velocity);
      extrema.maxVelocity = Math.max(extrema.maxVelocity, sample.velocity);
    }
  }
  return extrema;
}
