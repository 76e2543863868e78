import { describe, expect, it } from "vitest";
import { fastestRate } from "../../../../src/robot/path/fastest-rate.ts";
import { lineProfile } from "../../../../src/robot/path/line-rate.ts";
import { type NaturalSpline, naturalSpline, splineAt } from "../../../../src/robot/path/natural-spline.ts";
import type { PathLimits } from "../../../../src/robot/path/path-limits.ts";
import type { RateLaw } from "../../../../src/robot/path/rate-law.ts";
import { randomFrom } from "../random-from.ts";

const limits: PathLimits[] = [
  { velocity: 1, acceleration: 3, jerk: 30 },
  { velocity: 2, acceleration: 4, jerk: 50 },
];
const count = 128;
const ways = Number(process.env.RATE_WAYS ?? 10);

function along(...ofShare: ((s: number) => number)[]): NaturalSpline[] {
  return ofShare.map((value) =>
    naturalSpline(
      Array.from({ length: count + 1 }, (_, i) => value(i / count)),
      1 / count,
    ),
  );
}

function lawFor(splines: NaturalSpline[], fastest = Number.POSITIVE_INFINITY): RateLaw {
  const law = fastestRate(splines, limits, fastest);
  if (law === null) throw new Error("no law");
  return law;
}

/** What one limit for the whole way takes, s. */
function evenDuration(splines: NaturalSpline[]): number {
  const at = new Float64Array(4);
  const places = Array.from({ length: count }, (_, i) =>
    splines.map((spline) => {
      splineAt(spline, (i + 0.5) / count, at);
      return {
        first: Math.abs(at[1] as number),
        second: Math.abs(at[2] as number),
        third: Math.abs(at[3] as number),
      };
    }),
  );
  return lineProfile(places, limits, Number.POSITIVE_INFINITY).duration;
}

/** The greatest share of a limit that a joint needs on the way, at each millisecond. */
function worstShare(splines: NaturalSpline[], law: RateLaw): number {
  const at = new Float64Array(4);
  let worst = 0;
  for (let time = 0; time <= law.duration; time += 0.001) {
    const { position, velocity, acceleration, jerk } = law.at(time);
    for (const [j, limit] of limits.entries()) {
      splineAt(splines[j] as NaturalSpline, position, at);
      const [first, second, third] = [at[1] as number, at[2] as number, at[3] as number];
      worst = Math.max(
        worst,
        Math.abs(first * velocity) / limit.velocity,
        Math.abs(second * velocity ** 2 + first * acceleration) / limit.acceleration,
        Math.abs(third * velocity ** 3 + 3 * second * velocity * acceleration + first * jerk) / limit.jerk,
      );
    }
  }
  return worst;
}

describe("the fastest rate along a way", () => {
  it("needs about the time of a jerk-limited move where the joints go evenly", () => {
    const splines = along(
      (s) => 2 * s,
      (s) => -s,
    );
    // The first joint: 2 rad at 1 rad/s, with full acceleration after 0.1 s: 2 + 1/3 + 0.1 s.
    const { duration } = lawFor(splines);
    expect(duration).toBeGreaterThan(2 + 1 / 3 + 0.1 - 1e-3);
    expect(duration).toBeLessThan(2 + 1 / 3 + 0.1 + 0.05);
  });

  it("is slow only where a joint has to turn fast", () => {
    const splines = along(
      (s) => 1.5 * s,
      (s) => 0.5 * s + 0.8 * Math.atan((s - 0.5) / 0.03),
    );
    const law = lawFor(splines);
    expect(law.duration).toBeLessThan(0.5 * evenDuration(splines));
    let [middle, side] = [Number.POSITIVE_INFINITY, 0];
    for (let time = 0; time <= law.duration; time += 0.001) {
      const { position, velocity } = law.at(time);
      if (Math.abs(position - 0.5) < 0.02) middle = Math.min(middle, velocity);
      else if (Math.abs(position - 0.5) > 0.2) side = Math.max(side, velocity);
    }
    expect(side).toBeGreaterThan(4 * middle);
  });

  it(`keeps to the limits, but for a hundredth, on ${ways} random ways, and is at rest at both ends`, () => {
    const random = randomFrom(5);
    const wave = () => {
      const [a, b, c, d] = [2 * random.next(), random.next(), 12 * random.next(), 6 * random.next()];
      return (s: number) => a * s + 0.3 * b * Math.sin(c * s + d);
    };
    for (let i = 0; i < ways; i += 1) {
      const splines = along(wave(), wave());
      const law = fastestRate(splines, limits, Number.POSITIVE_INFINITY);
      // Then one limit for the whole way is used.
      if (law === null) continue;
      expect(worstShare(splines, law), `way ${i}`).toBeLessThan(1.04);
      expect(law.at(0)).toMatchObject({ position: 0, velocity: 0, acceleration: 0 });
      expect(law.at(law.duration).position).toBeCloseTo(1, 9);
      expect(law.at(law.duration).velocity).toBeCloseTo(0, 9);
      let [before, back] = [0, 0];
      for (let time = 0; time <= law.duration; time += 0.001) {
        const { position } = law.at(time);
        back = Math.max(back, before - position);
        before = position;
      }
      expect(back).toBeLessThan(1e-12);
    }
  });

  it("finds a law for nearly all ways", () => {
    const random = randomFrom(8);
    let found = 0;
    for (let i = 0; i < 20; i += 1) {
      const [a, b, c] = [random.next(), 0.5 * random.next(), 20 * random.next()];
      const splines = along(
        (s) => 1.5 * s + a * s * s,
        (s) => b * Math.cos(c * s),
      );
      if (fastestRate(splines, limits, Number.POSITIVE_INFINITY) !== null) found += 1;
    }
    expect(found).toBeGreaterThanOrEqual(18);
  });

  it("does not mind a joint that stands still, nor what limits it", () => {
    const splines = along(
      (s) => 2 * s,
      () => 0.3,
    );
    const slow = fastestRate(
      splines,
      [limits[0] as PathLimits, { velocity: 0.01, acceleration: 1, jerk: 0.1 }],
      10,
    );
    expect(slow?.duration).toBeCloseTo(lawFor(splines).duration, 6);
  });

  it("is null where nothing moves, or where a jerk is not limited", () => {
    const still = along(
      () => 1,
      () => 2,
    );
    expect(fastestRate(still, limits, 1)).toBeNull();
    const [moving] = along((s) => s);
    const free = [{ velocity: 1, acceleration: 1, jerk: Number.POSITIVE_INFINITY }];
    expect(fastestRate([moving as NaturalSpline], free, 1)).toBeNull();
  });

  it("is nowhere faster than was asked for", () => {
    const law = lawFor(
      along(
        (s) => s,
        (s) => s * s,
      ),
      0.2,
    );
    let fastest = 0;
    for (let time = 0; time <= law.duration; time += 0.001)
      fastest = Math.max(fastest, law.at(time).velocity);
    expect(fastest).toBeLessThanOrEqual(0.2 + 1e-9);
    expect(fastest).toBeGreaterThan(0.19);
  });
});
