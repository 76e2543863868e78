/*
 * The point nearest to the origin of a point, segment, triangle or tetrahedron. A vertex is 9 numbers: w, then
 * the points of a and b whose difference w is. Faces are told by signed areas and volumes, and what is too thin
 * to have a normal falls back to its edges, so nothing is divided by nearly 0.
 */

export const vertexSize = 9;

export type Simplex = {
  /** 4 vertices of 9 numbers. */
  readonly vertices: Float64Array;
  /** 4: the nearest point is Σ weights[i] w_i. */
  readonly weights: Float64Array;
  /** 3: the nearest point itself. */
  readonly nearest: Float64Array;
  /** How many of the 4 vertices count. */
  size: number;
};

export function createSimplex(): Simplex {
  return {
    vertices: new Float64Array(4 * vertexSize),
    weights: new Float64Array(4),
    nearest: new Float64Array(3),
    size: 0,
  };
}

/** Twice a triangle's area over its longest edges' product, and likewise for volumes: below this it is flat. */
const flat = 1e-13;

// The best so far: squared distance, point, weights by vertex. One search at a time, so one of each suffices.
const least = new Float64Array(1);
const point = new Float64Array(3);
const weights = new Float64Array(4);

/**
 * Finds the simplex's point nearest to the origin and leaves only the vertices it needs. Answers true when the
 * origin lies inside a tetrahedron; then nothing is changed.
 */
export function reduceToNearest(simplex: Simplex): boolean {
  const { vertices, size } = simplex;
  least[0] = Number.POSITIVE_INFINITY;
  if (size === 1) tryVertex(vertices, 0);
  else if (size === 2) trySegment(vertices, 0, 1);
  else if (size === 3) tryTriangle(vertices, 0, 1, 2);
  else {
    let outside = tryFace(vertices, 0, 1, 2, 3);
    outside = tryFace(vertices, 0, 2, 3, 1) || outside;
    outside = tryFace(vertices, 0, 3, 1, 2) || outside;
    outside = tryFace(vertices, 1, 3, 2, 0) || outside;
    if (!outside) return true;
  }
  simplex.nearest.set(point);
  let kept = 0;
  for (let i = 0; i < size; i += 1) {
    const weight = weights[i] as number;
    if (weight === 0) continue;
    if (kept < i) vertices.copyWithin(vertexSize * kept, vertexSize * i, vertexSize * i + vertexSize);
    simplex.weights[kept] = weight;
    kept += 1;
  }
  simplex.size = kept;
  return false;
}

function keep(distance: number, x: number, y: number, z: number): boolean {
  if (!(distance < (least[0] as number))) return false;
  least[0] = distance;
  point[0] = x;
  point[1] = y;
  point[2] = z;
  weights.fill(0);
  return true;
}

function tryVertex(v: Float64Array, i: number): void {
  const x = v[vertexSize * i] as number;
  const y = v[vertexSize * i + 1] as number;
  const z = v[vertexSize * i + 2] as number;
  if (keep(x * x + y * y + z * z, x, y, z)) weights[i] = 1;
}

function trySegment(v: Float64Array, i: number, j: number): void {
  const ax = v[vertexSize * i] as number;
  const ay = v[vertexSize * i + 1] as number;
  const az = v[vertexSize * i + 2] as number;
  const dx = (v[vertexSize * j] as number) - ax;
  const dy = (v[vertexSize * j + 1] as number) - ay;
  const dz = (v[vertexSize * j + 2] as number) - az;
  const square = dx * dx + dy * dy + dz * dz;
  const along = -(ax * dx + ay * dy + az * dz);
  if (along <= 0 || square === 0) {
    tryVertex(v, i);
    return;
  }
  if (along >= square) {
    tryVertex(v, j);
    return;
  }
  const t = along / square;
  const x = ax + t * dx;
  const y = ay + t * dy;
  const z = az + t * dz;
  if (keep(x * x + y * y + z * z, x, y, z)) {
    weights[i] = 1 - t;
    weights[j] = t;
  }
}

function tryTriangle(v: Float64Array, i: number, j: number, k: number): void {
  const ax = v[vertexSize * i] as number;
  const ay = v[vertexSize * i + 1] as number;
  const az = v[vertexSize * i + 2] as number;
  const bx = v[vertexSize * j] as number;
  const by = v[vertexSize * j + 1] as number;
  const bz = v[vertexSize * j + 2] as number;
  const cx = v[vertexSize * k] as number;
  const cy = v[vertexSize * k + 1] as number;
  const cz = v[vertexSize * k + 2] as number;
  const ux = bx - ax;
  const uy = by - ay;
  const uz = bz - az;
  const wx = cx - ax;
  const wy = cy - ay;
  const wz = cz - az;
  const nx = uy * wz - uz * wy;
  const ny = uz * wx - ux * wz;
  const nz = ux * wy - uy * wx;
  const square = nx * nx + ny * ny + nz * nz;
  const edges = (ux * ux + uy * uy + uz * uz) * (wx * wx + wy * wy + wz * wz);
  if (square > flat * flat * edges) {
    // Twice the areas that the origin's projection makes with the edges, along n.
    const a = nx * (by * cz - bz * cy) + ny * (bz * cx - bx * cz) + nz * (bx * cy - by * cx);
    const b = nx * (cy * az - cz * ay) + ny * (cz * ax - cx * az) + nz * (cx * ay - cy * ax);
    const c = nx * (ay * bz - az * by) + ny * (az * bx - ax * bz) + nz * (ax * by - ay * bx);
    if (a > 0 && b > 0 && c > 0) {
      const t = (nx * ax + ny * ay + nz * az) / square;
      if (keep(t * t * square, t * nx, t * ny, t * nz)) {
        const sum = a + b + c;
        weights[i] = a / sum;
        weights[j] = b / sum;
        weights[k] = c / sum;
      }
      return;
    }
  }
  trySegment(v, i, j);
  trySegment(v, j, k);
  trySegment(v, k, i);
}

/** Whether the origin is not strictly on the same side of face i j k as vertex l; if so the face is tried. */
function tryFace(v: Float64Array, i: number, j: number, k: number, l: number): boolean {
  const ax = v[vertexSize * i] as number;
  const ay = v[vertexSize * i + 1] as number;
  const az = v[vertexSize * i + 2] as number;
  const ux = (v[vertexSize * j] as number) - ax;
  const uy = (v[vertexSize * j + 1] as number) - ay;
  const uz = (v[vertexSize * j + 2] as number) - az;
  const wx = (v[vertexSize * k] as number) - ax;
  const wy = (v[vertexSize * k + 1] as number) - ay;
  const wz = (v[vertexSize * k + 2] as number) - az;
  const dx = (v[vertexSize * l] as number) - ax;
  const dy = (v[vertexSize * l + 1] as number) - ay;
  const dz = (v[vertexSize * l + 2] as number) - az;
  const nx = uy * wz - uz * wy;
  const ny = uz * wx - ux * wz;
  const nz = ux * wy - uy * wx;
  const other = nx * dx + ny * dy + nz * dz;
  const origin = -(nx * ax + ny * ay + nz * az);
  const sizes = (ux * ux + uy * uy + uz * uz) * (wx * wx + wy * wy + wz * wz) * (dx * dx + dy * dy + dz * dz);
  const isFlat = other * other <= flat * flat * sizes;
  if (!isFlat && origin * other > 0) return false;
  tryTriangle(v, i, j, k);
  return true;
}
