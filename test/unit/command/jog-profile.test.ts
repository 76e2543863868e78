import { describe, expect, it } from "vitest";
import { brake, safeProfile } from "../../../src/command/jog-profile.ts";
import { createMotionSample, extremaOf, sampleAt } from "../../../src/robot/trajectory/motion-profile.ts";
import { randomFrom } from "../robot/random-from.ts";
import { jointLimits } from "./gate-at-hand.ts";

const trials = Number(process.env.JOG_TRIALS ?? 2000);
const horizon = 0.22;
/** Rounding, rad and its rates. */
const exact = 1e-9;

describe("the profile of a jog", () => {
  it(`keeps all limits in each of ${trials} chains of commands, and always may brake`, () => {
    const sample = createMotionSample();
    for (let seed = 1; seed <= trials; seed += 1) {
      const { next, pick } = randomFrom(seed);
      const limit = {
        ...jointLimits,
        velocity: 0.1 + 3 * next(),
        acceleration: pick([0.3, 1, 3, 10, 100]),
        jerk: pick([2, 10, 30, 300, 2000]),
      };
      let state = { position: (limit.upper - limit.lower) * (next() - 0.5), velocity: 0, acceleration: 0 };
      for (let i = 0; i < 12; i += 1) {
        const wanted = pick([0, limit.velocity, -limit.velocity, limit.velocity * (2 * next() - 1)]);
        const profile = safeProfile(state, wanted, horizon, limit);
        const found = extremaOf(profile);
        let beyond = Math.max(
          found.maxPosition - limit.upper,
          limit.lower - found.minPosition,
          Math.max(found.maxVelocity, -found.minVelocity) - limit.velocity,
          Math.max(found.maxAcceleration, -found.minAcceleration) - limit.acceleration,
          Math.max(...profile.jerks.map(Math.abs), 0) - limit.jerk,
        );
        // Nothing jumps, up to the rest at its end.
        let jump = 0;
        for (let k = 0; k < profile.jerks.length; k += 1) {
          const begin = profile.times[k] as number;
          sampleAt(profile, begin + ((profile.times[k + 1] as number) - begin) * (1 - 1e-13), sample);
          jump = Math.max(
            jump,
            Math.abs(sample.position - (profile.positions[k + 1] as number)),
            Math.abs(sample.velocity - (profile.velocities[k + 1] as number)),
            Math.abs(sample.acceleration - (profile.accelerations[k + 1] as number)),
          );
        }
        beyond = Math.max(beyond, 0);
        if (beyond > exact || jump > 1e-8) expect({ seed, goal: i, beyond, jump }).toEqual("within limits");
        sampleAt(profile, pick([0.1, 0.1, 0.02, 0.3, 9]), sample);
        const { position, velocity, acceleration } = sample;
        state = { position, velocity, acceleration };
      }
    }
  });

  it("reaches what is wanted, holds it, and brakes at full deceleration", () => {
    const profile = safeProfile({ position: 0, velocity: 0, acceleration: 0 }, 0.2, horizon, jointLimits);
    expect(extremaOf(profile).maxVelocity).toBeCloseTo(0.2, 12);
    const stop = brake({ position: 0, velocity: 1, acceleration: 0 }, jointLimits);
    // v / a and the time to build the deceleration up and take it away.
    expect(stop.duration).toBeCloseTo(1 / 3 + 0.1, 12);
  });

  it("leads a joint that stands outside its limits inwards only", () => {
    const rest = { position: 2.2, velocity: 0, acceleration: 0 };
    expect(safeProfile(rest, 0.5, horizon, jointLimits).positions.at(-1)).toBeCloseTo(2.2, 12);
    expect(safeProfile(rest, -0.5, horizon, jointLimits).positions.at(-1)).toBeLessThan(2.15);
  });

  it("brakes a joint that is faster and harder than it may be", () => {
    const stop = brake({ position: 0, velocity: 3, acceleration: 8 }, jointLimits);
    expect(stop.velocities.at(-1)).toBe(0);
    expect(extremaOf(stop).minAcceleration).toBeGreaterThanOrEqual(-jointLimits.acceleration - exact);
    expect(Math.max(...stop.jerks.map(Math.abs))).toBeLessThanOrEqual(jointLimits.jerk + exact);
  });
});
