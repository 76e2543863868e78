import { describe, expect, it } from "vitest";
import { jointMove } from "../../../src/command/joint-move.ts";
import { type JointPath, splinePath } from "../../../src/command/joint-path.ts";
import { PathClock } from "../../../src/command/path-clock.ts";
import { pointAt, pointsOf } from "../../../src/command/path-points.ts";
import type { JointLimits } from "../../../src/command/robot-limits.ts";
import { changeOfRate, retimed, timeLeft } from "../../../src/command/time-scaling.ts";
import { Chance } from "../../../src/core/chance.ts";
import { createMotionSample } from "../../../src/robot/trajectory/motion-profile.ts";
import { FollowingController } from "./following-controller.ts";
import { jointLimits } from "./gate-at-hand.ts";

const trials = Number(process.env.SCALING_TRIALS ?? 60);
const joints = ["a", "b", "c"];
const wide: JointLimits = { ...jointLimits, lower: -10, upper: 10, velocity: 2, acceleration: 4, jerk: 60 };
const accelerations = joints.map(() => 3 * wide.acceleration);

/** A random move of three joints, and a place on its way. */
function underWay(random: () => number): { paths: JointPath[]; offsets: number[]; isSmooth: boolean } {
  const rest = joints.map(() => ({ position: random() * 4 - 2, velocity: 0, acceleration: 0 }));
  const isSmooth = random() < 0.7;
  const to = joints.map(() => random() * 6 - 3);
  let paths: JointPath[];
  if (isSmooth) {
    const made = jointMove(
      joints,
      rest,
      to,
      joints.map(() => wide),
      0.2 + 0.8 * random(),
    );
    if ("code" in made) throw new Error(made.message);
    paths = made;
  } else {
    const middle = joints.map(() => random() * 0.8 - 0.4);
    const points = [
      { time: 1.5, positions: to.map((p) => p / 2), velocities: middle },
      { time: 3.5, positions: to, velocities: [0, 0, 0] },
    ];
    paths = joints.map((_, j) => splinePath(rest[j] as (typeof rest)[0], points, j));
  }
  const offset = random() * Math.max(...paths.map((path) => path.duration)) * 0.95;
  return { paths, offsets: joints.map(() => offset), isSmooth };
}

describe("a changed speed along the path", () => {
  it(`brakes ${trials} random motions on their way, within the deceleration, as the controller follows it to 1e-6`, () => {
    const random = new Chance(7);
    let [worst, offPath, steepest, most] = [0, 0, 0, 0];
    for (let trial = 0; trial < trials; trial++) {
      const { paths, offsets, isSmooth } = underWay(() => random.next());
      const clock = changeOfRate({ paths, offsets, rate: 1, change: 0 }, 0, {
        accelerations,
        rise: 0.03,
        longest: 2,
      });
      expect(clock).not.toBeNull();
      const scaled = retimed(paths, offsets, clock as PathClock, isSmooth);
      const start = pointAt(scaled, 0, isSmooth);
      const points = pointsOf(scaled, isSmooth);
      most = Math.max(most, points.length);
      const all = [start, ...points];
      const duration = (points.at(-1) as { time: number }).time;
      const controller = new FollowingController(joints, start.positions);
      controller.follow({ joints, points: all } as never, 0);
      const [at, of] = [createMotionSample(), createMotionSample()];
      for (let t = 0; t < duration; t += 0.001) {
        const { positions } = controller.state(t * 1000);
        for (const [j, path] of scaled.entries()) {
          path.sample(t, at);
          worst = Math.max(worst, Math.abs((positions[j] as number) - at.position));
          steepest = Math.max(steepest, Math.abs(at.acceleration) / (accelerations[j] as number));
        }
        // One time of the original path has all joints.
        const now = { time: 0, rate: 0, change: 0, jerk: 0 };
        (clock as PathClock).sample(t, now);
        for (const [j, path] of paths.entries()) {
          path.sample((offsets[j] as number) + now.time, of);
          scaled[j]?.sample(t, at);
          offPath = Math.max(offPath, Math.abs(of.position - at.position));
        }
      }
      for (const path of scaled) {
        path.sample(duration, at);
        expect(Math.abs(at.velocity) + Math.abs(at.acceleration)).toBe(0);
      }
    }
    expect(worst).toBeLessThan(1e-6);
    expect(offPath).toBeLessThan(1e-12);
    expect(steepest).toBeLessThan(1.001);
    expect(most).toBeLessThan(400);
    if (trials > 1000) console.log({ worst, offPath, steepest, most });
  }, 600_000);

  it("reaches every rate from every state of it, and never leaves 0 to 1", () => {
    const random = new Chance(11);
    for (let trial = 0; trial < 500; trial++) {
      const clock = new PathClock(
        { rate: random.next(), change: 0 },
        random.next(),
        1 + 9 * random.next(),
        20 + 200 * random.next(),
      );
      expect(clock.isWithin()).toBe(true);
      const at = { time: 0, rate: 0, change: 0, jerk: 0 };
      clock.sample(clock.changed * 0.4, at);
      const next = new PathClock(at, random.next(), 3, 400);
      const begin = { ...at };
      next.sample(0, at);
      expect([at.rate, at.change]).toEqual([begin.rate, begin.change]);
      let before = at.rate;
      let jump = 0;
      for (let t = 0; t < next.changed + 0.1; t += 0.001) {
        next.sample(t, at);
        jump = Math.max(jump, Math.abs(at.rate - before));
        before = at.rate;
      }
      expect(jump).toBeLessThan(0.012);
      expect(at.rate).toBeCloseTo(next.target, 9);
    }
  });

  it("goes on where it paused, to the same end", () => {
    const random = new Chance(3);
    const { paths, offsets, isSmooth } = underWay(() => random.next());
    const limits = { accelerations, rise: 0.05, longest: 2 };
    const pause = changeOfRate({ paths, offsets, rate: 1, change: 0 }, 0, limits) as PathClock;
    const at = { time: 0, rate: 0, change: 0, jerk: 0 };
    pause.sample(pause.changed, at);
    const later = offsets.map((offset) => offset + at.time);
    expect(timeLeft(paths, later)).toBeGreaterThan(0);
    const on = changeOfRate({ paths, offsets: later, rate: 0, change: 0 }, 0.5, limits) as PathClock;
    const scaled = retimed(paths, later, on, isSmooth);
    const sample = createMotionSample();
    for (const [j, path] of scaled.entries()) {
      path.sample(0, sample);
      expect(Math.abs(sample.velocity)).toBe(0);
      path.sample(path.duration, sample);
      const end = createMotionSample();
      paths[j]?.sample(paths[j].duration, end);
      expect(sample.position).toBeCloseTo(end.position, 9);
      expect(path.duration).toBeGreaterThan(timeLeft(paths, later) / 0.5);
    }
  });

  it("is not found where the deceleration cannot be kept in time", () => {
    const random = new Chance(5);
    const { paths, offsets } = underWay(() => random.next());
    const weak = joints.map(() => 0.01);
    const limits = { accelerations: weak, rise: 0.03, longest: 2 };
    expect(changeOfRate({ paths, offsets, rate: 1, change: 0 }, 0, limits)).toBeNull();
  });
});
