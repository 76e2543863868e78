import { areCollinear, orientation } from "./exact-orientation.ts";
import { type HullEdges, type SearchableHull, startTable } from "./furthest-vertex.ts";
import { type HullFace, quickhull } from "./quickhull.ts";

/** The convex hull of a point cloud, ready for searching along its edges. */
export type ConvexHull = SearchableHull & {
  /** 3 vertex numbers a triangle, counterclockwise seen from outside; none when the cloud is flat. */
  readonly triangles: Int32Array;
};

/**
 * Points are told apart on a grid of 2^39 to 2^40 steps over the cloud's longest side (2e-12 of it at most). A step is
 * a power of two, so what is collinear or coplanar in binary numbers stays so.
 */
const gridBits = 40;

/**
 * Hull of 3 numbers a point, finite, one point at least; throws otherwise. Barber, Dobkin, Huhdanpaa: The
 * quickhull algorithm for convex hulls (1996), with exact orientations, so that doubled, collinear and coplanar
 * points need no tolerance. No vertex is left out or moved: what the hull loses is below the grid's step.
 */
export function convexHull(points: Float64Array): ConvexHull {
  if (points.length < 3 || points.length % 3 !== 0) {
    throw new Error(`a hull needs 3 numbers a point and one point at least, not ${points.length} numbers`);
  }
  const { grid, source } = toGrid(points);
  const count = source.length;
  const start = spanningPoints(grid, count);
  const corners = start.length === 4 ? null : flatHull(grid, count, start);
  const faces = corners === null ? quickhull(grid, count, start) : [];
  const used =
    corners ?? [...new Set(faces.flatMap((face) => [face.a, face.b, face.c]))].sort((p, q) => p - q);
  const vertices = new Float64Array(3 * used.length);
  for (const [i, point] of used.entries()) {
    const at = 3 * (source[point] as number);
    vertices.set(points.subarray(at, at + 3), 3 * i);
  }
  const rank = new Map(used.map((point, i) => [point, i]));
  const triangles = trianglesOf(faces, rank);
  const edges = { vertices, ...adjacency(used.length, triangles) };
  return { ...edges, triangles, starts: startTable(edges) };
}

/** Whole numbers up to 2^40 for each point, each place once; `source` is where a place was first met. */
function toGrid(points: Float64Array): { grid: Float64Array; source: number[] } {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let longest = 0;
  for (let k = 0; k < 3; k += 1) {
    let high = Number.NEGATIVE_INFINITY;
    for (let i = k; i < points.length; i += 3) {
      const value = points[i] as number;
      if (!Number.isFinite(value)) throw new Error(`point ${Math.floor(i / 3)} of the hull is ${value}`);
      low[k] = Math.min(low[k] as number, value);
      high = Math.max(high, value);
    }
    longest = Math.max(longest, high - (low[k] as number));
  }
  const scale = longest > 1e-200 ? 2 ** (gridBits - Math.ceil(Math.log2(longest))) : 0;
  const grid = new Float64Array(points.length);
  const order = new Uint32Array(points.length / 3);
  for (let i = 0; i < points.length; i += 1) {
    grid[i] = Math.round(((points[i] as number) - (low[i % 3] as number)) * scale);
  }
  for (let i = 0; i < order.length; i += 1) order[i] = i;
  const compare = (p: number, q: number): number =>
    (grid[3 * p] as number) - (grid[3 * q] as number) ||
    (grid[3 * p + 1] as number) - (grid[3 * q + 1] as number) ||
    (grid[3 * p + 2] as number) - (grid[3 * q + 2] as number);
  order.sort((p, q) => compare(p, q) || p - q);
  const source: number[] = [];
  for (const point of order) {
    const last = source.at(-1);
    if (last === undefined || compare(last, point) !== 0) source.push(point);
  }
  const kept = new Float64Array(3 * source.length);
  for (const [i, point] of source.entries()) kept.set(grid.subarray(3 * point, 3 * point + 3), 3 * i);
  return { grid: kept, source };
}

/** Up to four points that span as much as the cloud does: fewer when it is a point, a segment or flat. */
function spanningPoints(grid: Float64Array, count: number): number[] {
  // Sorted, so the first and the last are apart, and both are extreme.
  if (count === 1) return [0];
  const [a, b] = [0, count - 1];
  let c = -1;
  let widest = 0;
  for (let p = 0; p < count; p += 1) {
    const wide = areaSquare(grid, a, b, p);
    if (wide > widest) [c, widest] = [p, wide];
  }
  if (c === -1 || areCollinear(grid, a, b, c)) {
    c = -1;
    for (let p = 1; p < count - 1 && c === -1; p += 1) if (!areCollinear(grid, a, b, p)) c = p;
    if (c === -1) return [a, b];
  }
  let d = -1;
  let highest = 0;
  for (let p = 0; p < count; p += 1) {
    const high = Math.abs(orientation(grid, a, b, c, p));
    if (high > highest) [d, highest] = [p, high];
  }
  return d === -1 ? [a, b, c] : [a, b, c, d];
}

function areaSquare(grid: Float64Array, a: number, b: number, p: number): number {
  const [ux, uy, uz] = [0, 1, 2].map((k) => (grid[3 * b + k] as number) - (grid[3 * a + k] as number));
  const [wx, wy, wz] = [0, 1, 2].map((k) => (grid[3 * p + k] as number) - (grid[3 * a + k] as number));
  const [x, y, z] = [ux ?? 0, uy ?? 0, uz ?? 0];
  const [s, t, u] = [wx ?? 0, wy ?? 0, wz ?? 0];
  return (y * u - z * t) ** 2 + (z * s - x * u) ** 2 + (x * t - y * s) ** 2;
}

/**
 * Corners of a flat cloud in order round it, by Andrew's monotone chain (1979) in the plane of two coordinates in
 * which it is not a line; a segment's two ends; a point.
 */
function flatHull(grid: Float64Array, count: number, start: readonly number[]): number[] {
  const [a = 0, b = 0, c] = start;
  if (c === undefined) return a === b ? [a] : [a, b];
  const at = (p: number, k: number): bigint => BigInt(grid[3 * p + k] as number);
  const turn = (p: number, q: number, r: number, k: number, l: number): bigint =>
    (at(q, k) - at(p, k)) * (at(r, l) - at(p, l)) - (at(q, l) - at(p, l)) * (at(r, k) - at(p, k));
  const planes: [number, number][] = [[0, 1], [0, 2], [1, 2]]; // biome-ignore format: three pairs
  const [k, l] = planes.find(([k, l]) => turn(a, b, c, k, l) !== 0n) ?? [0, 1];
  const value = (p: number, axis: number): number => grid[3 * p + axis] as number;
  const order = Array.from({ length: count }, (_, p) => p).sort(
    (p, q) => value(p, k) - value(q, k) || value(p, l) - value(q, l),
  );
  const chain = (points: readonly number[]): number[] => {
    const line: number[] = [];
    for (const p of points) {
      while (line.length >= 2 && turn(line.at(-2) as number, line.at(-1) as number, p, k, l) <= 0n)
        line.pop();
      line.push(p);
    }
    return line.slice(0, -1);
  };
  return [...chain(order), ...chain(order.reverse())];
}

function trianglesOf(faces: readonly HullFace[], rank: ReadonlyMap<number, number>): Int32Array {
  const triangles = new Int32Array(3 * faces.length);
  for (const [i, { a, b, c }] of faces.entries()) {
    triangles.set([rank.get(a) ?? -1, rank.get(b) ?? -1, rank.get(c) ?? -1], 3 * i);
  }
  return triangles;
}

/** The triangles' edges; of a flat hull, whose corners go round, the next and the one before. */
function adjacency(count: number, triangles: Int32Array): Omit<HullEdges, "vertices"> {
  const lists: number[][] = Array.from({ length: count }, () => []);
  if (triangles.length === 0) {
    for (const [i, list] of lists.entries()) {
      list.push(...new Set([(i + 1) % count, (i + count - 1) % count].filter((other) => other !== i)));
    }
  }
  for (let t = 0; t < triangles.length; t += 3) {
    // Each edge is in two triangles, once each way: so every neighbour is met once.
    for (let k = 0; k < 3; k += 1) {
      lists[triangles[t + k] as number]?.push(triangles[t + ((k + 1) % 3)] as number);
    }
  }
  const firstNeighbour = new Int32Array(count + 1);
  for (const [i, list] of lists.entries()) firstNeighbour[i + 1] = (firstNeighbour[i] ?? 0) + list.length;
  return { firstNeighbour, neighbours: Int32Array.from(lists.flat()) };
}
