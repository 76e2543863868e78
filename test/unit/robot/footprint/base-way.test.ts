import { describe, expect, it } from "vitest";
import { BaseWay } from "../../../../src/robot/footprint/base-way.ts";
import { straightWay } from "../../../../src/robot/footprint/straight-way.ts";

const limits = { linear: 0.5, angular: 1.5, linearAcceleration: 1, angularAcceleration: 3 };
const start = { x: 1, y: 2, yaw: Math.PI / 2 };

describe("the straight way of a base", () => {
  it("turns on the spot, drives, and turns as the pose has it, at the limits", () => {
    const way = new BaseWay(start, straightWay(start, [{ x: 4, y: 2, yaw: 0 }], limits), 0.4);
    // A quarter turn at 1.5 rad/s and 3 rad/s²: |turn|/v + v/a; 3 m likewise.
    expect(way.duration).toBeCloseTo(Math.PI / 2 / 1.5 + 0.5 + 3 / 0.5 + 0.5, 12);
    expect(way.travel).toBeCloseTo(0.4 * (Math.PI / 2) + 3, 12);
    expect(way.end()).toMatchObject({
      x: expect.closeTo(4, 12),
      y: expect.closeTo(2, 12),
      yaw: expect.closeTo(0, 12),
    });
    const middle = way.at(0.4 * (Math.PI / 2) + 1.5);
    expect([middle.x, middle.y, middle.time]).toEqual([
      expect.closeTo(2.5, 12),
      expect.closeTo(2, 12),
      expect.closeTo(Math.PI / 2 / 1.5 + 0.5 + 3.25, 12),
    ]);
  });

  it("never reaches the limit of speed on a short way, and takes the shorter side", () => {
    const near = { x: 1, y: 2, yaw: Math.PI / 2 + 3 * Math.PI };
    const way = new BaseWay(start, straightWay(start, [near], { ...limits, angular: 100 }), 0);
    // Half a turn in two ramps: 2 √(π / a).
    expect(way.duration).toBeCloseTo(2 * Math.sqrt(Math.PI / 3), 12);
    expect(Math.cos(way.end().yaw - near.yaw)).toBeCloseTo(1, 12);
  });

  it("is where it stands when there is nowhere to go", () => {
    const way = new BaseWay(start, straightWay(start, [start], limits), 0.4);
    expect(way.duration).toBe(0);
    expect(way.places(200)).toHaveLength(200);
    expect(way.places(5)[3]).toEqual({ ...start, time: 0 });
  });

  it("tells the same place by travel and by time", () => {
    const poses = [
      { x: 4, y: 2.5, yaw: 1 },
      { x: 4.5, y: -1, yaw: -2 },
    ];
    const way = new BaseWay(start, straightWay(start, poses, limits), 0.4);
    for (let k = 0; k <= 400; k += 1) {
      const place = way.at((way.travel * k) / 400);
      const same = way.atTime(place.time);
      for (const key of ["x", "y", "yaw"] as const) expect(same[key]).toBeCloseTo(place[key], 9);
    }
  });
});

describe("the travel of a way", () => {
  it("bounds how far any point of the base moves", () => {
    const arc = { forward: 2, left: 0.3, turn: 4, duration: 3, speed0: 1, speed1: 0 };
    const back = { forward: -1, left: 0, turn: -0.2, duration: 1, speed0: 1, speed1: 1 };
    const reach = 0.7;
    const way = new BaseWay(start, [arc, back], reach);
    for (let k = 0; k < 300; k += 1) {
      const [a, b] = [way.at((way.travel * k) / 300), way.at((way.travel * (k + 1)) / 300)];
      for (let angle = 0; angle < 6.2; angle += 0.3) {
        const at = ({ x, y, yaw }: typeof a) => [
          x + reach * Math.cos(yaw + angle),
          y + reach * Math.sin(yaw + angle),
        ];
        const [[ax = 0, ay = 0], [bx = 0, by = 0]] = [at(a), at(b)];
        expect(Math.hypot(ax - bx, ay - by)).toBeLessThanOrEqual(way.travel / 300 + 1e-9);
      }
    }
    // The arc by its closed form: a circle of the radius |(2, 0.3)| / 4.
    const end = way.at(Math.hypot(2, 0.3) + reach * 4);
    expect(Math.hypot(end.x - start.x, end.y - start.y)).toBeCloseTo(
      (2 * Math.hypot(2, 0.3) * Math.sin(2)) / 4,
      12,
    );
  });
});
