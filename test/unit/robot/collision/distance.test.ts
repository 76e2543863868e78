import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { betweenShapes, type TestShape } from "./pair-of-shapes.ts";

type Truth = {
  cases: { a: TestShape; b: TestShape; poseA: number[]; poseB: number[]; distance: number }[];
};

const truth: Truth = JSON.parse(
  readFileSync(new URL("../../../truth/collisions.json", import.meta.url), "utf8"),
);
const upright = (x: number, y: number, z: number): number[] => [x, y, z, 0, 0, 0, 1];
/** Half a right angle about z. */
const turned = (x: number, y: number, z: number): number[] => [
  x,
  y,
  z,
  0,
  0,
  Math.sin(Math.PI / 8),
  Math.cos(Math.PI / 8),
];
const cube: TestShape = { kind: "box", size: [1, 1, 1] };
const ball: TestShape = { kind: "sphere", radius: 0.5 };
const rod: TestShape = { kind: "capsule", radius: 0.1, length: 1 };

describe("the distance of two shapes", () => {
  it("is coal's in hundreds of placements of every two kinds, apart and in one another", () => {
    const kinds = new Set(truth.cases.map(({ a, b }) => `${a.kind} ${b.kind}`));
    expect(kinds.size).toBe(25);
    expect(truth.cases.filter(({ distance }) => distance < 0).length).toBeGreaterThan(100);
    expect(truth.cases.filter(({ distance }) => distance > 0).length).toBeGreaterThan(100);
    for (const { a, b, poseA, poseB, distance } of truth.cases) {
      const { distance: ours, inCollision } = betweenShapes(a, b, poseA, poseB);
      expect(Math.abs(ours - distance), `${a.kind} ${b.kind}`).toBeLessThan(distance > 0 ? 1e-8 : 1e-7);
      expect(inCollision).toBe(distance <= 0);
    }
  });

  it("is the same whichever shape comes first, and the points change places", () => {
    for (const { a, b, poseA, poseB } of truth.cases.slice(0, 100)) {
      const [one, other] = [betweenShapes(a, b, poseA, poseB), betweenShapes(b, a, poseB, poseA)];
      expect(Math.abs(one.distance - other.distance)).toBeLessThan(5e-9);
    }
  });

  it("is what lies between the two points it names", () => {
    for (const { a, b, poseA, poseB } of truth.cases) {
      const { distance, point1, point2 } = betweenShapes(a, b, poseA, poseB);
      const between = Math.hypot(point1[0] - point2[0], point1[1] - point2[1], point1[2] - point2[2]);
      expect(Math.abs(between - Math.abs(distance))).toBeLessThan(1e-9);
    }
  });

  it("is known by hand", () => {
    expect(betweenShapes(ball, ball, upright(0, 0, 0), upright(2, 0, 0))).toMatchObject({
      distance: 1,
      point1: [0.5, 0, 0],
      point2: [1.5, 0, 0],
    });
    expect(betweenShapes(cube, cube, upright(0, 0, 0), upright(1.25, 0, 0)).distance).toBeCloseTo(0.25, 9);
    expect(betweenShapes(cube, cube, upright(0, 0, 0), upright(0.75, 0.1, 0)).distance).toBeCloseTo(-0.25, 9);
    // An edge towards a face.
    const edge = betweenShapes(cube, cube, upright(0, 0, 0), turned(2, 0, 0)).distance;
    expect(edge).toBeCloseTo(1.5 - Math.SQRT1_2, 9);
    // Crossed rods.
    const crossed = betweenShapes(rod, rod, upright(0, 0, 0), [0.3, 0, 0, Math.SQRT1_2, 0, 0, Math.SQRT1_2]);
    expect(crossed.distance).toBeCloseTo(0.1, 9);
  });

  it("is the sum of the radii deep where two spheres' centres or two capsules' axes meet", () => {
    expect(betweenShapes(ball, ball, upright(1, 2, 3), upright(1, 2, 3)).distance).toBeCloseTo(-1, 9);
    expect(betweenShapes(rod, rod, upright(0, 0, 0), upright(0, 0, 0.3)).distance).toBeCloseTo(-0.2, 9);
    const cross = betweenShapes(rod, rod, upright(0, 0, 0), [0, 0, 0.2, Math.SQRT1_2, 0, 0, Math.SQRT1_2]);
    expect(cross.distance).toBeCloseTo(-0.2, 9);
    expect(cross.point1[0]).toBeCloseTo(-cross.point2[0], 9);
  });

  it("is found for cylinders one in the other on one axis, where every way out is as short", () => {
    const thick: TestShape = { kind: "cylinder", radius: 0.5, length: 4 };
    const thin: TestShape = { kind: "cylinder", radius: 0.2, length: 4 };
    const { distance } = betweenShapes(thick, thin, upright(0, 0, 0), upright(0, 0, 0));
    expect(Math.abs(distance + 0.7)).toBeLessThan(1e-4);
  });

  it("is 0 or below when faces touch, and no NaN in any placement on a grid", () => {
    const shapes: TestShape[] = [cube, ball, rod, { kind: "cylinder", radius: 0.5, length: 1 }];
    let touching = 0;
    for (const a of shapes) {
      for (const b of shapes) {
        for (let i = 0; i < 27; i += 1) {
          const at = [(i % 3) - 1, (Math.floor(i / 3) % 3) - 1, Math.floor(i / 9) - 1] as const;
          const { distance, point1, point2 } = betweenShapes(a, b, upright(0, 0, 0), upright(...at));
          expect([distance, ...point1, ...point2].every(Number.isFinite)).toBe(true);
          if (Math.abs(distance) < 1e-9) touching += 1;
        }
      }
    }
    expect(touching).toBeGreaterThan(50);
    expect(betweenShapes(cube, cube, upright(0, 0, 0), upright(1, 0, 0)).inCollision).toBe(true);
  });

  it("holds for hulls that are a point, a segment or flat", () => {
    const point: TestShape = { kind: "hull", points: [0.1, 0, 0] };
    const segment: TestShape = { kind: "hull", points: [-1, 0, 0, 1, 0, 0, 0.5, 0, 0] };
    const flat: TestShape = {
      kind: "hull",
      points: [-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0, 0, 0, 0, 0, -1, 0],
    };
    const at = (a: TestShape, b: TestShape, z: number): number =>
      betweenShapes(a, b, upright(0, 0, 0), upright(0, 0, z)).distance;
    expect(at(point, segment, 0.5)).toBeCloseTo(0.5, 9);
    expect(at(point, point, 0)).toBeCloseTo(0, 9);
    expect(at(segment, segment, 0)).toBeCloseTo(0, 9);
    expect(at(flat, flat, 0.25)).toBeCloseTo(0.25, 9);
    expect(at(flat, flat, 0)).toBeCloseTo(0, 9);
    expect(at(flat, cube, 0.25)).toBeCloseTo(-0.25, 9);
    expect(at(flat, ball, 0.25)).toBeCloseTo(-0.25, 9);
    expect(at(point, cube, 0)).toBeCloseTo(-0.4, 9);
    // A segment through the cube leaves it sideways.
    expect(at(segment, cube, 0.1)).toBeCloseTo(-0.4, 9);
  });

  it("keeps its precision for shapes from micrometres to kilometres", () => {
    for (const size of [1e-6, 1e-3, 1e3]) {
      const small: TestShape = { kind: "box", size: [size, size, size] };
      const { distance } = betweenShapes(small, cube, turned(0, 0, 0), upright(size + 3, 0, 0));
      const wanted = size + 2.5 - size * Math.SQRT1_2;
      expect(Math.abs(distance - wanted) / Math.max(1, size)).toBeLessThan(1e-9);
    }
  });
});
