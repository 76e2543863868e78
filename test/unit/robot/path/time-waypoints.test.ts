import { describe, expect, it } from "vitest";
import type { PathLimits } from "../../../../src/robot/path/path-limits.ts";
import { timeWaypoints } from "../../../../src/robot/path/time-waypoints.ts";
import type { TimedPath } from "../../../../src/robot/path/timed-path.ts";
import {
  createPathSample,
  durationOfPath,
  PathSampler,
} from "../../../../src/robot/path/timed-path-sample.ts";
import { synchronisedProfiles } from "../../../../src/robot/trajectory/jerk-limited.ts";
import { randomFrom } from "../random-from.ts";

/** Way points of random paths; 10^5 of them take some minutes. */
const paths = Number(process.env.WAYPOINT_PATHS ?? 300);
const limit: PathLimits = { velocity: 1, acceleration: 3, jerk: 30 };

/**
 * Throws where a sample of 1 ms passes a limit by more than 1e-9, as a share. A jerk is a third difference of positions: in a
 * piece of T s, doubles hold it to 240 · 2⁻⁵² · |position| / T³ only, with a few roundings on the way to it.
 */
function requireWithin(path: TimedPath, limits: readonly PathLimits[], what: string): void {
  const sampler = new PathSampler(path);
  const sample = createPathSample(path);
  let piece = 1;
  for (let time = 0; time <= sampler.duration; time += 0.001) {
    sampler.at(time, sample);
    while (piece < path.knots.length - 1 && (path.knots[piece]?.time ?? 0) <= time) piece += 1;
    const length = (path.knots[piece]?.time ?? 0) - (path.knots[piece - 1]?.time ?? 0);
    for (const [j, { velocity, acceleration, jerk }] of limits.entries()) {
      const shares = [
        Math.abs(sample.velocity[j] as number) / velocity,
        Math.abs(sample.acceleration[j] as number) / acceleration,
        (Math.abs(sample.jerk[j] as number) - held(sample.position[j] as number, length)) / jerk,
      ];
      if (shares.every((share) => share <= 1 + 1e-9)) continue;
      throw new Error(`${what}: joint ${j} at ${time} s: ${shares.join(" ")} of its limits`);
    }
  }
}

const held = (position: number, length: number): number =>
  (240 * 2 ** -52 * Math.max(1, Math.abs(position))) / length ** 3;

/** How near the path comes to a place. */
function nearest(path: TimedPath, place: readonly number[]): number {
  const sampler = new PathSampler(path);
  const sample = createPathSample(path);
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time <= sampler.duration; time += 0.0005) {
    sampler.at(time, sample);
    least = Math.min(least, Math.hypot(...place.map((value, j) => value - (sample.position[j] as number))));
  }
  return least;
}

describe("a path through way points", () => {
  it(`keeps the limits of every joint at each millisecond, in ${paths} random paths`, () => {
    const { next: random } = randomFrom(1);
    for (let i = 0; i < paths; i += 1) {
      const count = 1 + Math.floor(random() * 7);
      const joints = Array.from({ length: count }, (_, j) => `j${j}`);
      const limits = joints.map(() => ({
        velocity: 0.1 + 3 * random(),
        acceleration: 0.2 + 10 * random(),
        jerk: 1 + 100 * random(),
      }));
      const size = 10 ** (-3 * random());
      const waypoints = Array.from({ length: 2 + Math.floor(random() * 8) }, () =>
        joints.map(() => size * (4 * random() - 2)),
      );
      const blend = random() < 0.2 ? 0 : 0.5 * size * random();
      const path = timeWaypoints(joints, waypoints, limits, { blend, speed: 0.2 + 0.8 * random() });
      requireWithin(path, limits, `path ${i}`);
      const [first, last] = [path.knots[0], path.knots.at(-1)];
      expect(first?.positions).toEqual(waypoints[0]);
      expect(last?.positions).toEqual(waypoints.at(-1));
      expect([...(first?.velocities ?? []), ...(last?.velocities ?? [])].every((v) => v === 0)).toBe(true);
      for (const [k, knot] of path.knots.slice(1).entries())
        expect(knot.time).toBeGreaterThan(path.knots[k]?.time ?? 0);
      const fastest = Math.hypot(...limits.map(({ velocity }) => velocity));
      for (const point of waypoints.slice(1, -1)) {
        expect(nearest(path, point)).toBeLessThanOrEqual(blend + 5e-4 * fastest);
      }
    }
  });

  it("of two points is the fastest move on the straight line", () => {
    const path = timeWaypoints(
      ["a", "b"],
      [
        [0, 0],
        [1, 0.5],
      ],
      [limit, limit],
      { blend: 0.1 },
    );
    const { duration } = synchronisedProfiles(
      [{ position: 0, velocity: 0, acceleration: 0 }],
      [{ position: 1, velocity: 0, acceleration: 0 }],
      [limit],
    );
    expect(durationOfPath(path)).toBeCloseTo(duration, 6);
  });

  it("is faster the more it may stay away from a corner, and never stays away more", () => {
    const corner = [
      [0, 0],
      [1, 0],
      [1, 1],
    ];
    const durations = [0, 0.01, 0.05, 0.2].map((blend) => {
      const path = timeWaypoints(["a", "b"], corner, [limit, limit], { blend });
      expect(nearest(path, [1, 0])).toBeLessThanOrEqual(blend + 1e-3);
      return durationOfPath(path);
    });
    for (const [i, duration] of durations.slice(1).entries())
      expect(duration).toBeLessThanOrEqual((durations[i] as number) + 1e-9);
  });

  it("does not stop at points on one line, nor at a point that comes twice", () => {
    const straight = timeWaypoints(["a"], [[0], [1]], [limit], { blend: 0 });
    const dotted = timeWaypoints(["a"], [[0], [0.2], [0.2], [0.7], [1]], [limit], { blend: 0 });
    expect(durationOfPath(dotted)).toBeCloseTo(durationOfPath(straight), 6);
  });

  it("stops at a corner without a blend", () => {
    const path = timeWaypoints(
      ["a", "b"],
      [
        [0, 0],
        [1, 0],
        [1, 1],
      ],
      [limit, limit],
      { blend: 0 },
    );
    expect(nearest(path, [1, 0])).toBeLessThan(1e-9);
  });

  it("of a place where the robot is already takes no time", () => {
    expect(durationOfPath(timeWaypoints(["a"], [[0.5], [0.5]], [limit], { blend: 0 }))).toBe(0);
  });

  it("is refused with the number that is wrong", () => {
    expect(() => timeWaypoints(["a"], [[0], [Number.NaN]], [limit], { blend: 0 })).toThrow(/way point 1/);
    expect(() => timeWaypoints(["a", "b"], [[0, 0]], [limit], { blend: 0 })).toThrow(/1 limits/);
  });
});
