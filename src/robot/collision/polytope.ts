import { vertexSize } from "./simplex.ts";

/*
 * The polytope of the expanding polytope algorithm (see epa.ts): vertices as in simplex.ts, triangles wound
 * counterclockwise seen from outside, all in places that are reused.
 */

export const mostVertices = 512;
const mostFaces = 2 * mostVertices;
/** Sine of a triangle's angle below which its normal is not trusted. */
const thinAngle = 1e-8;
/** m: a vertex no higher over a face lies in its plane. */
const hidden = 1e-13;

export type Polytope = {
  readonly vertices: Float64Array;
  /** 3 vertex numbers a face; −1 first: the place is free. */
  readonly faces: Int32Array;
  /** 4 a face: unit normal outwards, distance of its plane along it. */
  readonly planes: Float64Array;
  /** Pairs of vertex numbers: the horizon. */
  readonly edges: Int32Array;
  /** The faces that the added vertex sees. */
  readonly seen: Int32Array;
  /** 3: unit vector out of a − b along which it is left soonest. */
  readonly normal: Float64Array;
  /** 3 each: points of the two cores; onA − onB = depth · normal. */
  readonly onA: Float64Array;
  readonly onB: Float64Array;
  /** m: how far the depth's bounds stayed apart. */
  leftOpen: number;
  /** Whether a face came up that is too thin for its normal to be trusted. */
  isDoubtful: boolean;
  faceCount: number;
  vertexCount: number;
};

export function createPolytope(): Polytope {
  return {
    vertices: new Float64Array(vertexSize * mostVertices),
    faces: new Int32Array(3 * mostFaces),
    planes: new Float64Array(4 * mostFaces),
    edges: new Int32Array(6 * mostFaces),
    seen: new Int32Array(mostFaces),
    normal: new Float64Array(3),
    onA: new Float64Array(3),
    onB: new Float64Array(3),
    leftOpen: 0,
    isDoubtful: false,
    faceCount: 0,
    vertexCount: 0,
  };
}

const across = new Float64Array(3);

/** Signed distance of vertex k from the plane of vertices 0, 1, 2; 0 when these have none. */
export function height(polytope: Polytope, k: number): number {
  const v = polytope.vertices;
  if (writeNormal(v, 0, 1, 2, across) === 0) return 0;
  let sum = 0;
  for (let i = 0; i < 3; i += 1) {
    sum += (across[i] as number) * ((v[vertexSize * k + i] as number) - (v[i] as number));
  }
  return sum;
}

export function writeUnit(out: Float64Array, x: number, y: number, z: number): boolean {
  const length = Math.sqrt(x * x + y * y + z * z);
  if (!(length > 0)) return false;
  out[0] = x / length;
  out[1] = y / length;
  out[2] = z / length;
  return true;
}

/** The sine of the angle at vertex i: how far the normal can be trusted; 0 when there is none. */
export function writeNormal(v: Float64Array, i: number, j: number, k: number, out: Float64Array): number {
  const ax = v[vertexSize * i] as number;
  const ay = v[vertexSize * i + 1] as number;
  const az = v[vertexSize * i + 2] as number;
  const ux = (v[vertexSize * j] as number) - ax;
  const uy = (v[vertexSize * j + 1] as number) - ay;
  const uz = (v[vertexSize * j + 2] as number) - az;
  const wx = (v[vertexSize * k] as number) - ax;
  const wy = (v[vertexSize * k + 1] as number) - ay;
  const wz = (v[vertexSize * k + 2] as number) - az;
  const nx = uy * wz - uz * wy;
  const ny = uz * wx - ux * wz;
  const nz = ux * wy - uy * wx;
  if (!writeUnit(out, nx, ny, nz)) return 0;
  const edges = (ux * ux + uy * uy + uz * uz) * (wx * wx + wy * wy + wz * wz);
  return Math.sqrt((nx * nx + ny * ny + nz * nz) / edges);
}

/** The faces of the tetrahedron of the first four vertices. */
export function startFaces(polytope: Polytope): void {
  polytope.faceCount = 0;
  polytope.isDoubtful = false;
  if (height(polytope, 3) < 0) {
    addFace(polytope, 0, 1, 2);
    addFace(polytope, 0, 3, 1);
    addFace(polytope, 1, 3, 2);
    addFace(polytope, 2, 3, 0);
  } else {
    addFace(polytope, 0, 2, 1);
    addFace(polytope, 0, 1, 3);
    addFace(polytope, 1, 2, 3);
    addFace(polytope, 2, 0, 3);
  }
}

/** False when there is no room. A face without area only closes the surface: it is never the nearest, nor seen. */
function addFace(polytope: Polytope, i: number, j: number, k: number): boolean {
  const { vertices, faces, planes } = polytope;
  const sine = writeNormal(vertices, i, j, k, across);
  if (sine < thinAngle) polytope.isDoubtful = true;
  let face = 0;
  while (face < polytope.faceCount && (faces[3 * face] as number) >= 0) face += 1;
  if (face === mostFaces) return false;
  if (face === polytope.faceCount) polytope.faceCount += 1;
  faces[3 * face] = i;
  faces[3 * face + 1] = j;
  faces[3 * face + 2] = k;
  let distance = 0;
  for (let n = 0; n < 3; n += 1) {
    planes[4 * face + n] = across[n] as number;
    distance += (across[n] as number) * (vertices[vertexSize * i + n] as number);
  }
  planes[4 * face + 3] = sine === 0 ? Number.POSITIVE_INFINITY : distance;
  return true;
}

export function nearestFace(polytope: Polytope): number {
  const { faces, planes } = polytope;
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let face = 0; face < polytope.faceCount; face += 1) {
    const distance = planes[4 * face + 3] as number;
    if ((faces[3 * face] as number) < 0 || distance >= least) continue;
    least = distance;
    best = face;
  }
  return best;
}

/**
 * Takes the vertex behind the last into the polytope, which `face` must see; false when there is no room. Only
 * faces that hang together with `face` give way: rounding must not tear a second hole.
 */
export function grow(polytope: Polytope, face: number): boolean {
  const { faces, edges, seen } = polytope;
  const added = polytope.vertexCount;
  let seenCount = 0;
  for (let other = 0; other < polytope.faceCount; other += 1) {
    if ((faces[3 * other] as number) < 0 || other === face) continue;
    if (heightOver(polytope, other, added) <= hidden) continue;
    seen[seenCount] = other;
    seenCount += 1;
  }
  let edgeCount = removeFace(polytope, face, 0);
  for (let k = 0; k < seenCount; k += 1) {
    const other = seen[k] as number;
    if (!touches(polytope, other, edgeCount)) continue;
    edgeCount = removeFace(polytope, other, edgeCount);
    seenCount -= 1;
    seen[k] = seen[seenCount] as number;
    // What lay apart before may hang together now.
    k = -1;
  }
  polytope.vertexCount += 1;
  for (let e = 0; e < edgeCount; e += 1) {
    if (!addFace(polytope, edges[2 * e] as number, edges[2 * e + 1] as number, added)) return false;
  }
  return true;
}

function heightOver(polytope: Polytope, face: number, vertex: number): number {
  const { planes, vertices } = polytope;
  const at = vertexSize * vertex;
  return (
    (planes[4 * face] as number) * (vertices[at] as number) +
    (planes[4 * face + 1] as number) * (vertices[at + 1] as number) +
    (planes[4 * face + 2] as number) * (vertices[at + 2] as number) -
    (planes[4 * face + 3] as number)
  );
}

/** Whether the face lies across one of the horizon's edges. */
function touches({ faces, edges }: Polytope, face: number, edgeCount: number): boolean {
  for (let k = 0; k < 3; k += 1) {
    const from = faces[3 * face + k] as number;
    const to = faces[3 * face + ((k + 1) % 3)] as number;
    for (let e = 0; e < edgeCount; e += 1) if (edges[2 * e] === to && edges[2 * e + 1] === from) return true;
  }
  return false;
}

function removeFace({ faces, edges }: Polytope, face: number, edgeCount: number): number {
  let count = edgeCount;
  for (let k = 0; k < 3; k += 1) {
    const from = faces[3 * face + k] as number;
    const to = faces[3 * face + ((k + 1) % 3)] as number;
    count = toggleEdge(edges, count, from, to);
  }
  faces[3 * face] = -1;
  return count;
}

/** An edge that two seen faces share lies inside; what is left is the horizon. */
function toggleEdge(edges: Int32Array, count: number, from: number, to: number): number {
  for (let e = 0; e < count; e += 1) {
    if (edges[2 * e] !== to || edges[2 * e + 1] !== from) continue;
    edges[2 * e] = edges[2 * count - 2] as number;
    edges[2 * e + 1] = edges[2 * count - 1] as number;
    return count - 1;
  }
  edges[2 * count] = from;
  edges[2 * count + 1] = to;
  return count + 1;
}
