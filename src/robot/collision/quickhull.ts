import { orientation } from "./exact-orientation.ts";

/** A triangle of the hull, counterclockwise seen from outside; the numbers are points. */
export type HullFace = { a: number; b: number; c: number };

type Face = HullFace & {
  /** Across the edges a b, b c, c a. */
  across: (Face | null)[];
  /** Points that see this face and no earlier one, the furthest last. */
  outside: number[];
  isGone: boolean;
};

type Edge = { from: number; to: number; beyond: Face; side: number };

/**
 * Triangles of the hull of `count` grid points (see exact-orientation.ts), from four of them that span a volume.
 * A point sees a face only if it lies strictly outside its plane, so no triangle made is without area.
 */
export function quickhull(grid: Float64Array, count: number, start: readonly number[]): HullFace[] {
  const faces = tetrahedron(grid, start);
  const waiting: Face[] = [...faces];
  const all = Array.from({ length: count }, (_, p) => p).filter((p) => !start.includes(p));
  distribute(grid, all, faces);
  const alive = new Set(faces);
  for (let face = waiting.pop(); face !== undefined; face = waiting.pop()) {
    if (face.isGone) continue;
    const eye = face.outside.pop();
    if (eye === undefined) continue;
    const { seen, horizon } = look(grid, face, eye);
    const fresh = horizon.map(({ from, to }) => newFace(from, to, eye));
    const byFrom = new Map(fresh.map((one) => [one.a, one]));
    for (const [i, one] of fresh.entries()) {
      const { beyond, side } = horizon[i] as Edge;
      beyond.across[side] = one;
      const next = byFrom.get(one.b) as Face;
      one.across[0] = beyond;
      one.across[1] = next;
      next.across[2] = one;
      alive.add(one);
      waiting.push(one);
    }
    const left: number[] = [];
    for (const gone of seen) {
      alive.delete(gone);
      for (const point of gone.outside) left.push(point);
    }
    distribute(grid, left, fresh);
  }
  return [...alive];
}

function newFace(a: number, b: number, c: number): Face {
  return { a, b, c, across: [null, null, null], outside: [], isGone: false };
}

function tetrahedron(grid: Float64Array, [a = 0, b = 0, c = 0, d = 0]: readonly number[]): Face[] {
  // Face a b c must not see d.
  const [p, q] = orientation(grid, a, b, c, d) < 0 ? [b, c] : [c, b];
  const faces = [newFace(a, p, q), newFace(a, d, p), newFace(p, d, q), newFace(q, d, a)];
  for (const face of faces) {
    for (const [side, [from, to]] of sidesOf(face).entries()) {
      const other = faces.find((one) => sidesOf(one).some(([s, t]) => s === to && t === from));
      face.across[side] = other ?? null;
    }
  }
  return faces;
}

function sidesOf({ a, b, c }: HullFace): [number, number][] {
  return [
    [a, b],
    [b, c],
    [c, a],
  ];
}

/** Gives each point to the first face that it sees; those that see none lie inside and are done. */
function distribute(grid: Float64Array, points: readonly number[], faces: readonly Face[]): void {
  const furthest = new Map<Face, number>();
  for (const point of points) {
    for (const face of faces) {
      const height = orientation(grid, face.a, face.b, face.c, point);
      if (height <= 0) continue;
      const most = furthest.get(face) ?? 0;
      // The furthest is kept last: taken first, it is sure to be a corner of the hull.
      if (height > most) {
        furthest.set(face, height);
        face.outside.push(point);
      } else {
        const last = face.outside.pop() as number;
        face.outside.push(point, last);
      }
      break;
    }
  }
}

/** The faces that `eye` sees, from `first` on across edges, and the edges around them, in the seen faces' turn. */
function look(grid: Float64Array, first: Face, eye: number): { seen: Face[]; horizon: Edge[] } {
  const seen: Face[] = [first];
  const horizon: Edge[] = [];
  first.isGone = true;
  for (let i = 0; i < seen.length; i += 1) {
    const face = seen[i] as Face;
    for (const [side, [from, to]] of sidesOf(face).entries()) {
      const other = face.across[side] as Face;
      if (other.isGone) continue;
      if (orientation(grid, other.a, other.b, other.c, eye) > 0) {
        other.isGone = true;
        seen.push(other);
        continue;
      }
      horizon.push({ from, to, beyond: other, side: other.across.indexOf(face) });
    }
  }
  return { seen, horizon };
}
