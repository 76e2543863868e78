import { expect, it } from "vitest";
import { simplifyWay } from "../../../../src/robot/path/simplify-way.ts";

it("keeps the ends and the corners, and leaves out what is on straight lines", () => {
  const way = [0, 1, 2, 3, 4].map((x) => [x, 0]).concat([1, 2, 3].map((y) => [4, y]));
  expect(simplifyWay(way, 1e-6)).toEqual([
    [0, 0],
    [4, 0],
    [4, 3],
  ]);
  expect(simplifyWay([], 0.1)).toEqual([]);
  expect(simplifyWay([[1]], 0.1)).toEqual([[1]]);
  expect(simplifyWay([[1], [1]], 0.1)).toEqual([[1], [1]]);
});

it("leaves every point within the distance of the line that remains, in each joint", () => {
  const way = Array.from({ length: 200 }, (_, i) => [i / 100, Math.sin(i / 30), Math.cos(i / 17)]);
  const within = 0.02;
  const simple = simplifyWay(way, within);
  expect(simple.length).toBeLessThan(60);
  expect(simple.length).toBeGreaterThan(5);
  const places = simple.map((point) => way.indexOf(point as number[]));
  for (const [k, end] of places.entries()) {
    const begin = places[k - 1];
    if (begin === undefined) continue;
    const [a, b] = [way[begin] as number[], way[end] as number[]];
    for (const point of way.slice(begin, end)) {
      // Nearest by a fine search, apart from the function's own projection.
      const off = Math.min(
        ...Array.from({ length: 2001 }, (_, s) =>
          Math.max(
            ...a.map((v, j) => Math.abs((point[j] as number) - v - (s / 2000) * ((b[j] as number) - v))),
          ),
        ),
      );
      expect(off).toBeLessThanOrEqual(within + 1e-3);
    }
  }
});

it("keeps a way that comes back to where it began", () => {
  expect(simplifyWay([[0], [1], [0]], 0.1)).toEqual([[0], [1], [0]]);
});
