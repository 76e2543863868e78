import { describe, expect, it } from "vitest";
import { type Footprint, hullOnGround } from "../../../../src/robot/footprint/footprint.ts";
import { type GridShape, OccupiedCells } from "../../../../src/robot/footprint/occupied-cells.ts";
import { randomFrom } from "../random-from.ts";

/** The distance by brute force: points on the border of the footprint against every cell, 2 mm apart. */
function bruteDistance(
  { points, radius }: Footprint,
  [x, y, yaw]: readonly [number, number, number],
  { width, height, resolution, origin }: GridShape,
  taken: Uint8Array,
): number {
  const world = points.map(([px, py]) => {
    return [x + Math.cos(yaw) * px - Math.sin(yaw) * py, y + Math.sin(yaw) * px + Math.cos(yaw) * py];
  });
  const border: number[][] = [];
  for (const [i, a] of world.entries()) {
    const b = world[(i + 1) % world.length] as number[];
    const n = Math.max(1, Math.ceil(Math.hypot((b[0] ?? 0) - (a[0] ?? 0), (b[1] ?? 0) - (a[1] ?? 0)) / 2e-3));
    for (let k = 0; k < n; k += 1)
      border.push([0, 1].map((d) => (a[d] ?? 0) + (((b[d] ?? 0) - (a[d] ?? 0)) * k) / n));
  }
  const inCells = border.map(([px = 0, py = 0]) => {
    const [dx, dy] = [px - origin.x, py - origin.y];
    const [c, s] = [Math.cos(origin.yaw), Math.sin(origin.yaw)];
    return [c * dx + s * dy, c * dy - s * dx] as const;
  });
  let best = Number.POSITIVE_INFINITY;
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      if (taken[row * width + column] === 0) continue;
      const [cx, cy] = [(column + 0.5) * resolution, (row + 0.5) * resolution];
      let winding = 0;
      for (const [i, [px, py]] of inCells.entries()) {
        const h = resolution / 2;
        const apart = Math.hypot(Math.max(0, Math.abs(px - cx) - h), Math.max(0, Math.abs(py - cy) - h));
        best = Math.min(best, apart - radius);
        const [qx, qy] = inCells[(i + 1) % inCells.length] as readonly [number, number];
        const [a, b] = [Math.atan2(py - cy, px - cx), Math.atan2(qy - cy, qx - cx)];
        winding += ((b - a + 3 * Math.PI) % (2 * Math.PI)) - Math.PI;
      }
      // The middle of the cell is in the footprint.
      if (Math.abs(winding) > Math.PI) best = Math.min(best, 0);
    }
  }
  return Math.max(0, best);
}

describe("the nearest cell that is not free", () => {
  it("is as far as brute force finds it, for convex and other footprints, discs, and turned grids", () => {
    const random = randomFrom(7).next;
    const within = (low: number, high: number) => low + (high - low) * random();
    let near = 0;
    for (let trial = 0; trial < 25; trial += 1) {
      const [width, height] = [Math.floor(within(1, 40)), Math.floor(within(1, 40))];
      const resolution = within(0.03, 0.12);
      const origin = { x: within(-2, 2), y: within(-2, 2), yaw: trial % 3 === 0 ? 0 : within(-3, 3) };
      const shape = { width, height, resolution, origin };
      const taken = Uint8Array.from({ length: width * height }, () => (random() < 0.02 ? 1 : 0));
      const cells = new OccupiedCells(shape, taken);
      const corners = Array.from({ length: 7 }, () => [within(-0.4, 0.4), within(-0.3, 0.3)] as const);
      const star = [
        [0.4, 0],
        [0.05, 0.05],
        [0, 0.4],
        [-0.3, -0.3],
      ] as const;
      const footprints: Footprint[] = [
        { points: hullOnGround(corners), radius: 0 },
        { points: star, radius: 0 },
        { points: [[0.1, 0]], radius: 0.25 },
      ];
      for (const footprint of footprints) {
        const pose = [origin.x + within(-1, 2), origin.y + within(-1, 2), within(-3, 3)] as const;
        const expected = bruteDistance(footprint, pose, shape, taken);
        const found = cells.nearest(footprint, ...pose, 1.5);
        if (expected > 1.5) {
          expect(found).toBeNull();
          continue;
        }
        near += 1;
        expect(found?.distance).toBeGreaterThan(expected - 2.1e-3);
        expect(found?.distance).toBeLessThan(expected + 1e-9);
      }
    }
    expect(near).toBeGreaterThan(30);
  });

  it("names the cell, where it is, and how far inside of the grid the footprint is", () => {
    const taken = new Uint8Array(20 * 10);
    taken[3 * 20 + 7] = 1;
    const origin = { x: 1, y: 2, yaw: Math.PI / 2 };
    const cells = new OccupiedCells({ width: 20, height: 10, resolution: 0.1, origin }, taken);
    const disc = { points: [[0, 0]] as const, radius: 0.05 };
    // In the axes of the cells (0.75, 0.5): turned by a right angle about (1, 2).
    const found = cells.nearest(disc, 1 - 0.5, 2 + 0.75, 0, 1);
    expect(found).toMatchObject({ column: 7, row: 3 });
    expect(found?.distance).toBeCloseTo(0.5 - 0.4 - 0.05, 12);
    expect(cells.inside()).toBeCloseTo(0.5 - 0.05, 12);
    const [x, y] = cells.middleOf({ column: 7, row: 3 });
    expect([x, y]).toEqual([expect.closeTo(1 - 0.35, 12), expect.closeTo(2 + 0.75, 12)]);
    cells.nearest(disc, 1 - 0.02, 2 + 0.75, 0, 1);
    expect(cells.inside()).toBeCloseTo(-0.03, 12);
  });

  it("is found inside of a footprint, far from its border", () => {
    const taken = new Uint8Array(100 * 100);
    taken[50 * 100 + 50] = 1;
    const origin = { x: 0, y: 0, yaw: 0 };
    const cells = new OccupiedCells({ width: 100, height: 100, resolution: 0.05, origin }, taken);
    const square = {
      points: [
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, 1],
      ] as const,
      radius: 0,
    };
    expect(cells.nearest(square, 2.5, 2.5, 0.4, 1)).toEqual({ distance: 0, column: 50, row: 50 });
  });
});
