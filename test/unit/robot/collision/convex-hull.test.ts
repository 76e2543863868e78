import { describe, expect, it } from "vitest";
import { type ConvexHull, convexHull } from "../../../../src/robot/collision/convex-hull.ts";
import { type Random, randomFrom } from "../random-from.ts";

function grid(steps: number, size: number): number[] {
  const points: number[] = [];
  for (let i = 0; i <= steps; i += 1) {
    for (let j = 0; j <= steps; j += 1) {
      for (let k = 0; k <= steps; k += 1)
        points.push((size * i) / steps, (size * j) / steps, (size * k) / steps);
    }
  }
  return points;
}

/** The furthest any point stands outside any triangle's plane, m. */
function worstOutside(hull: ConvexHull, points: ArrayLike<number>): number {
  let worst = Number.NEGATIVE_INFINITY;
  const at = (array: ArrayLike<number>, i: number): number[] => [0, 1, 2].map((k) => array[3 * i + k] ?? NaN);
  const less = (p: number[], q: number[]): number[] => p.map((value, k) => value - (q[k] ?? NaN));
  for (let t = 0; t < hull.triangles.length; t += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => at(hull.vertices, hull.triangles[t + k] ?? -1)) as [
      number[],
      number[],
      number[],
    ];
    const [u = [], w = []] = [less(b, a), less(c, a)];
    const [ux = 0, uy = 0, uz = 0, wx = 0, wy = 0, wz = 0] = [...u, ...w];
    const n = [uy * wz - uz * wy, uz * wx - ux * wz, ux * wy - uy * wx];
    const area = Math.hypot(...n);
    for (let p = 0; p < points.length / 3; p += 1) {
      const height = less(at(points, p), a).reduce((sum, value, k) => sum + value * (n[k] ?? 0), 0) / area;
      worst = Math.max(worst, height);
    }
  }
  return worst;
}

function onSphere(random: Random): number[] {
  for (;;) {
    const p = [random.next() * 2 - 1, random.next() * 2 - 1, random.next() * 2 - 1];
    const length = Math.hypot(...p);
    if (length > 0.1 && length < 1) return p.map((value) => value / length);
  }
}

/** Closed surface of one piece: V − E + F = 2 with E = 3 F / 2. */
function euler({ vertices, triangles }: ConvexHull): number {
  return vertices.length / 3 - triangles.length / 6;
}

describe("the convex hull", () => {
  it("of a cube cut into a grid is the cube's eight corners", () => {
    const hull = convexHull(Float64Array.from(grid(10, 0.1)));
    expect(hull.vertices).toHaveLength(24);
    expect(hull.triangles).toHaveLength(36);
    expect(euler(hull)).toBe(2);
  });

  it("has all points inside, is closed, and its vertices are points that were given", () => {
    const random = randomFrom(4);
    for (let run = 0; run < 60; run += 1) {
      const count = 4 + random.below(150);
      const isGrid = run % 3 === 0;
      const points = Float64Array.from({ length: 3 * count }, () =>
        isGrid ? random.below(4) / 8 : Math.fround(random.next() ** 3),
      );
      const hull = convexHull(points);
      if (hull.triangles.length === 0) continue;
      expect(euler(hull)).toBe(2);
      expect(worstOutside(hull, points)).toBeLessThan(1e-11);
      const given = new Set(
        Array.from({ length: count }, (_, i) => points.subarray(3 * i, 3 * i + 3).join()),
      );
      for (let i = 0; i < hull.vertices.length; i += 3) {
        expect(given.has(hull.vertices.subarray(i, i + 3).join())).toBe(true);
      }
    }
  });

  it("keeps every point of a sphere, however near they lie, and closes", () => {
    const random = randomFrom(9);
    const points = Float64Array.from(Array.from({ length: 3000 }, () => onSphere(random)).flat());
    const hull = convexHull(points);
    expect(hull.vertices).toHaveLength(points.length);
    expect(euler(hull)).toBe(2);
  });

  it("climbs from any vertex to the furthest one", () => {
    const random = randomFrom(2);
    const points = Float64Array.from({ length: 900 }, () => Math.round(random.next() * 20) / 20);
    const { vertices, firstNeighbour, neighbours } = convexHull(points);
    const count = vertices.length / 3;
    for (let run = 0; run < 500; run += 1) {
      const d = onSphere(random);
      const along = (i: number): number =>
        d.reduce((sum, value, k) => sum + value * (vertices[3 * i + k] ?? NaN), 0);
      let here = random.below(count);
      for (;;) {
        const around = [...neighbours.subarray(firstNeighbour[here], firstNeighbour[here + 1])];
        const next = around.reduce((best, one) => (along(one) > along(best) ? one : best), here);
        if (next === here) break;
        here = next;
      }
      const most = Math.max(...Array.from({ length: count }, (_, i) => along(i)));
      expect(along(here)).toBeGreaterThan(most - 1e-12);
    }
  });

  it("of points in a plane is their outline, on a line two ends, in one place a point", () => {
    const flat = grid(4, 1).map((value, i) => (i % 3 === 2 ? 0.5 : value));
    const outline = convexHull(Float64Array.from(flat));
    expect([outline.vertices.length, outline.triangles.length]).toEqual([12, 0]);
    expect([...outline.firstNeighbour]).toEqual([0, 2, 4, 6, 8]);
    const line = convexHull(Float64Array.from([0, 0, 0, 1, 2, 3, 0.5, 1, 1.5, 1, 2, 3]));
    expect([...line.vertices]).toEqual([0, 0, 0, 1, 2, 3]);
    expect([...line.neighbours]).toEqual([1, 0]);
    const point = convexHull(Float64Array.from([1, 2, 3, 1, 2, 3]));
    expect([...point.vertices]).toEqual([1, 2, 3]);
    expect(point.neighbours).toHaveLength(0);
  });

  it("refuses no points, half a point and points that are not finite", () => {
    expect(() => convexHull(new Float64Array(0))).toThrow("not 0 numbers");
    expect(() => convexHull(new Float64Array(4))).toThrow("not 4 numbers");
    expect(() => convexHull(Float64Array.from([0, 0, 0, 0, NaN, 0]))).toThrow("point 1 of the hull is NaN");
  });
});
