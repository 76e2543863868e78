import { completeTetrahedron } from "./first-tetrahedron.ts";
import { type ShapePair, writeDifferenceSupport } from "./gjk.ts";
import { grow, mostVertices, nearestFace, type Polytope, startFaces } from "./polytope.ts";
import { type Simplex, vertexSize } from "./simplex.ts";

/*
 * Expanding polytope algorithm (van den Bergen, Proximity queries and penetration depth computation on 3D game
 * objects, 2001): a polytope inside a − b grows where its surface is nearest to the origin. Distances of faces
 * are signed, so it may begin with the origin outside. Any direction's support bounds the depth from above, so
 * the best of those met is the answer, whenever the search ends.
 */

/** m: how far upper and lower bound of the depth may stay apart. */
const gap = 1e-9;

/**
 * Depth of overlapping cores in m: the shortest move that parts them; 0 when a − b is flat. `simplex` is what
 * `findCoreDistance` ended with.
 */
export function coreDepth(pair: ShapePair, simplex: Simplex, polytope: Polytope): number {
  const { vertices, normal } = polytope;
  // Wide apart: the simplex of the search for the distance is often a needle.
  polytope.vertexCount = 0;
  if (!completeTetrahedron(pair, polytope)) {
    const at = vertexSize * (polytope.vertexCount - 1);
    for (let k = 0; k < 3; k += 1) {
      polytope.onA[k] = vertices[at + 3 + k] as number;
      polytope.onB[k] = vertices[at + 6 + k] as number;
    }
    writeMeeting(simplex, polytope);
    return 0;
  }
  let depth = expand(pair, polytope, Number.POSITIVE_INFINITY);
  if (polytope.leftOpen > gap || polytope.isDoubtful) {
    // Thin faces may have led astray; another start has others.
    polytope.vertexCount = simplex.size;
    for (let i = 0; i < vertexSize * simplex.size; i += 1) vertices[i] = simplex.vertices[i] as number;
    if (completeTetrahedron(pair, polytope)) depth = expand(pair, polytope, depth);
  }
  depth = Math.max(0, depth);
  for (let k = 0; k < 3; k += 1) {
    polytope.onB[k] = (polytope.onA[k] as number) - depth * (normal[k] as number);
  }
  return depth;
}

/** Grows the tetrahedron until the bounds meet; writes normal and witness whenever a bound below `depth` is found. */
function expand(pair: ShapePair, polytope: Polytope, atMost: number): number {
  const { vertices, planes, normal } = polytope;
  startFaces(polytope);
  let depth = atMost;
  for (;;) {
    const face = nearestFace(polytope);
    const below = face < 0 ? Number.POSITIVE_INFINITY : (planes[4 * face + 3] as number);
    polytope.leftOpen = depth - below;
    if (depth - below <= gap || polytope.vertexCount === mostVertices) return depth;
    const nx = planes[4 * face] as number;
    const ny = planes[4 * face + 1] as number;
    const nz = planes[4 * face + 2] as number;
    const at = vertexSize * polytope.vertexCount;
    writeDifferenceSupport(pair, nx, ny, nz, vertices, at);
    const along =
      nx * (vertices[at] as number) + ny * (vertices[at + 1] as number) + nz * (vertices[at + 2] as number);
    if (along < depth) {
      depth = along;
      normal[0] = nx;
      normal[1] = ny;
      normal[2] = nz;
      writeWitness(polytope, face);
    }
    polytope.leftOpen = depth - below;
    if (depth - below <= gap || depth <= 0) return depth;
    if (!grow(polytope, face)) return depth;
  }
}

/** Flat cores cross in the points that `findCoreDistance` found, where it found weights. */
function writeMeeting(simplex: Simplex, polytope: Polytope): void {
  if (simplex.size === 4) return;
  for (let k = 0; k < 3; k += 1) {
    let a = 0;
    let b = 0;
    for (let i = 0; i < simplex.size; i += 1) {
      a += (simplex.weights[i] as number) * (simplex.vertices[vertexSize * i + 3 + k] as number);
      b += (simplex.weights[i] as number) * (simplex.vertices[vertexSize * i + 6 + k] as number);
    }
    polytope.onA[k] = a;
    polytope.onB[k] = b;
  }
}

/** The face's point nearest to the origin's projection, as a point of a. */
function writeWitness(polytope: Polytope, face: number): void {
  const { vertices: v, faces, planes, onA } = polytope;
  const i = vertexSize * (faces[3 * face] as number);
  const j = vertexSize * (faces[3 * face + 1] as number);
  const k = vertexSize * (faces[3 * face + 2] as number);
  const nx = planes[4 * face] as number;
  const ny = planes[4 * face + 1] as number;
  const nz = planes[4 * face + 2] as number;
  const a = Math.max(0, area(v, j, k, nx, ny, nz));
  const b = Math.max(0, area(v, k, i, nx, ny, nz));
  const c = Math.max(0, area(v, i, j, nx, ny, nz));
  const sum = a + b + c;
  for (let n = 3; n < 6; n += 1) {
    const mixed = a * (v[i + n] as number) + b * (v[j + n] as number) + c * (v[k + n] as number);
    onA[n - 3] = sum > 0 ? mixed / sum : (v[i + n] as number);
  }
}

function area(v: Float64Array, p: number, q: number, nx: number, ny: number, nz: number): number {
  const [px, py, pz] = [v[p] as number, v[p + 1] as number, v[p + 2] as number];
  const [qx, qy, qz] = [v[q] as number, v[q + 1] as number, v[q + 2] as number];
  return nx * (py * qz - pz * qy) + ny * (pz * qx - px * qz) + nz * (px * qy - py * qx);
}
