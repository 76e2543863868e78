import { describe, expect, it } from "vitest";
import { SetpointPath } from "../../../../src/engine/devices/setpoint-path.ts";

const at = () => ({ position: 0, velocity: 0, acceleration: 0 });
const rest = { position: 1, velocity: 0, acceleration: 0 };

describe("the set-points of a goal", () => {
  const points = [
    { time: 1, positions: [9, 2], velocities: [0, 1] },
    { time: 2, positions: [9, 3], velocities: [0, 0] },
  ];
  const path = () => new SetpointPath(points, 1, rest);

  it("begin where the joint was, pass through the points and end at rest", () => {
    const out = at();
    const one = path();
    expect([one.duration, one.end]).toEqual([2, 3]);
    for (const [t, position, velocity] of [
      [0, 1, 0],
      [1, 2, 1],
      [2, 3, 0],
      [5, 3, 0],
    ] as const) {
      one.sample(t, out);
      expect(out.position).toBeCloseTo(position, 12);
      expect(out.velocity).toBeCloseTo(velocity, 12);
    }
  });

  it("are the same forwards and backwards in time", () => {
    const [one, two] = [path(), path()];
    const [a, b] = [at(), at()];
    for (let i = 0; i <= 40; i++) {
      one.sample(i / 20, a);
      two.sample(2 - (40 - i) / 20, b);
      expect(b.position).toBeCloseTo(a.position, 12);
    }
    one.sample(0.3, a);
    two.sample(1.7, b);
    two.sample(0.3, b);
    expect(b.position).toBe(a.position);
  });

  it("follow a quintic where the points give accelerations", () => {
    const quintic = [{ time: 1, positions: [1], velocities: [0], accelerations: [0] }];
    const out = at();
    new SetpointPath(quintic, 0, { position: 0, velocity: 0, acceleration: 0 }).sample(0.5, out);
    expect(out.position).toBeCloseTo(0.5, 12);
    expect(out.velocity).toBeCloseTo(1.875, 12);
  });
});
