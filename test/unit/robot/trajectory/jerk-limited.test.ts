import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  feasibleDurations,
  jerkLimitedProfile,
  stoppingPosition,
  synchronisedProfiles,
} from "../../../../src/robot/trajectory/jerk-limited.ts";
import {
  createMotionSample,
  durationOf,
  extremaOf,
  type MotionProfile,
  sampleAt,
} from "../../../../src/robot/trajectory/motion-profile.ts";
import {
  type MotionLimits,
  type MotionState,
  motionFault,
} from "../../../../src/robot/trajectory/motion-state.ts";
import { type Random, randomFrom } from "../random-from.ts";
import { judgeProfile } from "./judge-profile.ts";

type Truth = { cases: { kind: string; joints: number[][]; duration: number }[] };
const truth: Truth = JSON.parse(
  readFileSync(new URL("../../../truth/trajectories.json", import.meta.url), "utf8"),
);

function at(position: number, velocity = 0, acceleration = 0): MotionState {
  return { position, velocity, acceleration };
}

/** A joint of the truth file: p0 v0 a0 pf vf af, then the limits. */
function jointOf(row: number[]): { from: MotionState; to: MotionState; limits: MotionLimits } {
  const n = (i: number): number => row[i] ?? Number.NaN;
  return {
    from: at(n(0), n(1), n(2)),
    to: at(n(3), n(4), n(5)),
    limits: {
      velocity: n(6),
      acceleration: n(7),
      jerk: n(8),
      minVelocity: n(9),
      minAcceleration: n(10),
    },
  };
}

function between(random: Random, least: number, greatest: number): number {
  return least + (greatest - least) * random.next();
}

/** A task whose start may lie outside its limits. */
function drawn(random: Random): { from: MotionState; to: MotionState; limits: MotionLimits } {
  for (;;) {
    const limits: MotionLimits = {
      velocity: between(random, 0.2, 4),
      acceleration: between(random, 0.2, 6),
      jerk: Math.exp(between(random, -1, 4)),
      minVelocity: -between(random, 0.2, 4),
      minAcceleration: -between(random, 0.2, 6),
    };
    const reach = random.next() < 0.2 ? 2 : 0.9;
    const from = at(between(random, -3, 3), between(random, -reach, reach), between(random, -reach, reach));
    const to = at(between(random, -3, 3), between(random, -1, 1), between(random, -1, 1));
    if (motionFault(from, to, limits) === null) return { from, to, limits };
  }
}

describe("jerk-limited motions", () => {
  it("last as long as ruckig's, end in their targets and keep their limits, one joint and seven together", () => {
    expect(truth.cases.length).toBeGreaterThan(300);
    for (const { kind, joints, duration } of truth.cases) {
      const tasks = joints.map(jointOf);
      const motion = synchronisedProfiles(
        tasks.map((task) => task.from),
        tasks.map((task) => task.to),
        tasks.map((task) => task.limits),
      );
      expect(Math.abs(motion.duration - duration), `${kind} ${JSON.stringify(joints)}`).toBeLessThan(1e-8);
      for (const [i, { from, to, limits }] of tasks.entries()) {
        const profile = motion.profiles[i];
        if (profile === undefined) throw new Error("a profile is missing");
        expect(durationOf(profile)).toBe(motion.duration);
        const { jump, over } = judgeProfile(profile, from, to, limits);
        expect(jump, `${kind} ${JSON.stringify(joints[i])}`).toBeLessThan(1e-9);
        expect(over, `${kind} ${JSON.stringify(joints[i])}`).toBeLessThan(1e-9);
      }
    }
  });

  it("reach 20,000 random targets within their limits, seven random joints at a time", () => {
    const random = randomFrom(11);
    let [jump, over] = [0, 0];
    for (let trial = 0; trial < 3000; trial += 1) {
      const tasks = Array.from({ length: 7 }, () => drawn(random));
      const { profiles } = synchronisedProfiles(
        tasks.map((task) => task.from),
        tasks.map((task) => task.to),
        tasks.map((task) => task.limits),
      );
      for (const [i, { from, to, limits }] of tasks.entries()) {
        const profile = profiles[i];
        if (profile === undefined) throw new Error("a profile is missing");
        const verdict = judgeProfile(profile, from, to, limits);
        jump = Math.max(jump, verdict.jump);
        over = Math.max(over, verdict.over);
      }
    }
    expect(jump).toBeLessThan(1e-9);
    expect(over).toBeLessThan(1e-9);
  });

  it("take the closed form's time from rest to rest", () => {
    const limits = { velocity: 2, acceleration: 4, jerk: 8 };
    // Four phases of one jerk; with a held acceleration; with a held velocity as well.
    expect(jerkLimitedProfile(at(0), at(0.25), limits).duration).toBeCloseTo(4 * Math.cbrt(0.25 / 16), 14);
    expect(jerkLimitedProfile(at(0), at(2), { ...limits, velocity: 3, jerk: 16 }).duration).toBeCloseTo(
      0.25 + Math.sqrt(0.25 ** 2 + 2),
      14,
    );
    expect(jerkLimitedProfile(at(5), at(0), limits).duration).toBeCloseTo(5 / 2 + 2 / 4 + 4 / 8, 14);
  });

  it("take no time where the start is the target, moving or not", () => {
    for (const state of [at(1), at(1, 0.5), at(1, 0.5, 0.7), at(-2, -0.9, -0.3)]) {
      const profile = jerkLimitedProfile(state, state, { velocity: 1, acceleration: 1, jerk: 1 });
      expect(profile.duration).toBe(0);
      expect(profile.jerks).toHaveLength(0);
    }
  });

  it("go on as they began when they are asked for again on the way", () => {
    const random = randomFrom(3);
    const sample = createMotionSample();
    for (let trial = 0; trial < 2000; trial += 1) {
      const { from, to, limits } = drawn(random);
      const tame = at(from.position, 0, 0);
      const goal = at(to.position, to.velocity, trial % 2 === 0 ? 0 : to.acceleration);
      if (motionFault(tame, goal, limits) !== null) continue;
      const whole = jerkLimitedProfile(tame, goal, limits);
      const passed = whole.duration * random.next();
      sampleAt(whole, passed, sample);
      const stop =
        sample.velocity + (sample.acceleration * Math.abs(sample.acceleration)) / (2 * limits.jerk);
      // A target that rushes on past the top velocity is met by a start that counts as outside.
      if (stop > limits.velocity - 1e-9 || stop < (limits.minVelocity ?? 0) + 1e-9) continue;
      const rest = jerkLimitedProfile(sample, goal, limits);
      expect(
        rest.duration - (whole.duration - passed),
        JSON.stringify({ tame, goal, limits, passed }),
      ).toBeLessThan(1e-5);
    }
  });

  it("brake first into limits that the start exceeds, as hard as they may", () => {
    const profile = jerkLimitedProfile(at(0, 2), at(0), { velocity: 1, acceleration: 1, jerk: 1 });
    expect(profile.jerks[0]).toBe(-1);
    const sample = createMotionSample();
    sampleAt(profile, 1.5, sample);
    expect(sample.velocity).toBeCloseTo(1, 12);
    expect(sample.acceleration).toBeCloseTo(-1, 12);
  });
});

describe("durations that a motion can have", () => {
  const limits = { velocity: 2, acceleration: 1, jerk: 1 };

  it("have a gap where a moving joint would have to turn back", () => {
    const ranges = feasibleDurations(at(0, 1), at(1, 1), limits);
    expect(ranges).toHaveLength(2);
    const [first, second] = ranges;
    expect(first?.from).toBeCloseTo(0.9, 0);
    expect(first?.until).toBeLessThan(second?.from ?? 0);
    expect(second?.until).toBe(Number.POSITIVE_INFINITY);
  });

  it("are kept by motions that wait for a slower joint: the next feasible time is taken by all", () => {
    const moving = { from: at(0, 1), to: at(1, 1) };
    const [first, second] = feasibleDurations(moving.from, moving.to, limits);
    const middle = ((first?.until ?? 0) + (second?.from ?? 0)) / 2;
    // From rest to rest over d with jerk 1 alone takes 4 (d/2)^⅓.
    const other = { from: at(0), to: at(2 * (middle / 4) ** 3) };
    expect(jerkLimitedProfile(other.from, other.to, { ...limits, acceleration: 9 }).duration).toBeCloseTo(
      middle,
      9,
    );
    const motion = synchronisedProfiles(
      [moving.from, other.from],
      [moving.to, other.to],
      [limits, { ...limits, acceleration: 9 }],
    );
    expect(motion.duration).toBe(second?.from);
  });

  it("rise apart from each other, and each gives a motion of that length which keeps the limits", () => {
    const random = randomFrom(8);
    for (let trial = 0; trial < 300; trial += 1) {
      const { from, to, limits } = drawn(random);
      const ranges = feasibleDurations(from, to, limits);
      expect(ranges.at(-1)?.until).toBe(Number.POSITIVE_INFINITY);
      for (const [i, range] of ranges.entries()) {
        expect(range.from).toBeLessThanOrEqual(range.until);
        expect(range.from).toBeGreaterThan(ranges[i - 1]?.until ?? -1);
        const wanted = between(random, range.from, Math.min(range.until, 2 * range.from + 1));
        const pace = { velocity: 1e9, acceleration: 1e9, jerk: 1 };
        const { duration, profiles } = synchronisedProfiles(
          [from, at(0)],
          [to, at(2 * (wanted / 4) ** 3)],
          [limits, pace],
        );
        expect(Math.abs(duration - wanted)).toBeLessThan(1e-9 * (1 + wanted));
        const verdict = judgeProfile(profiles[0] as MotionProfile, from, to, limits);
        expect(verdict.jump).toBeLessThan(1e-9);
        expect(verdict.over).toBeLessThan(1e-9);
      }
    }
  });
});

describe("a motion profile", () => {
  it("is sampled at its ends before its start and after its end, and its extrema bound every sample closely", () => {
    const random = randomFrom(21);
    const sample = createMotionSample();
    for (let trial = 0; trial < 200; trial += 1) {
      const { from, to, limits } = drawn(random);
      const profile = jerkLimitedProfile(from, to, limits);
      sampleAt(profile, -1, sample);
      expect(sample).toMatchObject(from);
      sampleAt(profile, profile.duration + 1, sample);
      expect(sample).toMatchObject({ ...to, jerk: 0 });
      const extrema = extremaOf(profile);
      const seen = { ...extrema, minPosition: 1e9, maxPosition: -1e9, minVelocity: 1e9, maxVelocity: -1e9 };
      const steps = 4000;
      for (let k = 0; k <= steps; k += 1) {
        sampleAt(profile, (k / steps) * profile.duration, sample);
        seen.minPosition = Math.min(seen.minPosition, sample.position);
        seen.maxPosition = Math.max(seen.maxPosition, sample.position);
        seen.minVelocity = Math.min(seen.minVelocity, sample.velocity);
        seen.maxVelocity = Math.max(seen.maxVelocity, sample.velocity);
      }
      // Between two samples at most half a step away from the extremum, where the next derivative bounds it.
      const step = profile.duration / steps;
      const most = Math.max(extrema.maxAcceleration, -extrema.minAcceleration);
      for (const [least, greatest, slack] of [
        [extrema.minPosition - seen.minPosition, seen.maxPosition - extrema.maxPosition, most * step ** 2],
        [
          extrema.minVelocity - seen.minVelocity,
          seen.maxVelocity - extrema.maxVelocity,
          limits.jerk * step ** 2,
        ],
      ] as const) {
        expect(Math.max(least, greatest)).toBeLessThan(1e-9);
        expect(Math.min(least, greatest)).toBeGreaterThan(-slack - 1e-9);
      }
    }
  });
});

describe("the place where a joint can stop", () => {
  it("is where the fastest motion to rest ends, and no motion to rest ends sooner", () => {
    const random = randomFrom(31);
    for (let trial = 0; trial < 500; trial += 1) {
      const { from, limits } = drawn(random);
      const position = stoppingPosition(from, limits);
      const { duration } = jerkLimitedProfile(from, at(position), limits);
      for (const aside of [-1e-3, 1e-3, 0.1, -0.1]) {
        expect(jerkLimitedProfile(from, at(position + aside), limits).duration).toBeGreaterThan(duration);
      }
    }
    // From 1 at once with jerk 1 and acceleration 1: down for 1 s, held for none, up for 1 s.
    expect(stoppingPosition(at(5, 1), { velocity: 2, acceleration: 1, jerk: 1 })).toBeCloseTo(6, 14);
    expect(stoppingPosition(at(5), { velocity: 2, acceleration: 1, jerk: 1 })).toBe(5);
  });
});

describe("a motion that cannot be planned", () => {
  const limits = { velocity: 1, acceleration: 1, jerk: 1 };
  const cases: [string, MotionState, MotionState, MotionLimits, RegExp][] = [
    ["a target faster than the limit", at(0), at(1, 1.5), limits, /target's velocity 1\.5 is outside -1 … 1/],
    ["a target with too much acceleration", at(0), at(1, 0, -2), limits, /acceleration -2 is outside/],
    [
      "a target that is only reached from outside",
      at(0),
      at(1, 0.9, -0.9),
      limits,
      /reached only from a velocity of 1\.305/,
    ],
    ["a start that is not finite", at(Number.NaN), at(1), limits, /start's position is NaN/],
    ["a limit of 0", at(0), at(1), { ...limits, acceleration: 0 }, /limit of acceleration is 0/],
    ["an infinite jerk", at(0), at(1), { ...limits, jerk: Number.POSITIVE_INFINITY }, /must be finite/],
    ["a least velocity above 0", at(0), at(1), { ...limits, minVelocity: 0.1 }, /least velocity is 0\.1/],
  ];
  it.each(cases)("says why: %s", (_what, from, to, limits, message) => {
    expect(motionFault(from, to, limits)).toMatch(message);
    expect(() => jerkLimitedProfile(from, to, limits)).toThrow(message);
    expect(() => synchronisedProfiles([at(0), from], [at(1), to], [limits, limits])).toThrow(message);
  });

  it("names the joint, and lists of different lengths", () => {
    expect(() => synchronisedProfiles([at(0), at(0)], [at(1), at(1, 2)], [limits, limits])).toThrow(
      /joint 1: /,
    );
    expect(() => synchronisedProfiles([at(0)], [], [limits])).toThrow(/1 starts, 0 targets/);
  });
});
