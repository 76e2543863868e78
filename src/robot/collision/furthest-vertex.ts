/** The corners of a hull and what joins them. */
export type HullEdges = {
  /** 3 a vertex: points of the cloud, as they were given. */
  readonly vertices: Float64Array;
  /** Vertex i's neighbours are neighbours[firstNeighbour[i] … firstNeighbour[i + 1] − 1]. */
  readonly firstNeighbour: Int32Array;
  readonly neighbours: Int32Array;
};

export type SearchableHull = HullEdges & {
  /** Where a search along a direction begins: `startTable`. */
  readonly starts: Int32Array;
};

/** Cells along each edge of a cube's face. */
const cells = 12;

/**
 * The corner that lies furthest along (dx, dy, dz), not all 0: from the corner for the nearest direction of the hull's table it
 * climbs along the edges. Where no neighbour is further, none is, because the hull is convex.
 */
export function furthestVertex(hull: SearchableHull, dx: number, dy: number, dz: number): number {
  return climb(hull, dx, dy, dz, hull.starts[cellOf(dx, dy, dz)] as number);
}

/** For each cell of the faces of a cube, the corner that is furthest in the direction of its middle. */
export function startTable(hull: HullEdges): Int32Array {
  const starts = new Int32Array(6 * cells * cells);
  let from = 0;
  for (let face = 0; face < 6; face += 1) {
    for (let cell = 0; cell < cells * cells; cell += 1) {
      const sign = face < 3 ? 1 : -1;
      const direction = [0, 0, 0];
      direction[face % 3] = sign;
      direction[(face + 1) % 3] = (2 * (cell % cells) + 1) / cells - 1;
      direction[(face + 2) % 3] = (2 * Math.floor(cell / cells) + 1) / cells - 1;
      const [x = 0, y = 0, z = 0] = direction;
      from = climb(hull, x, y, z, from);
      starts[face * cells * cells + cell] = from;
    }
  }
  return starts;
}

function cellOf(x: number, y: number, z: number): number {
  const [ax, ay, az] = [Math.abs(x), Math.abs(y), Math.abs(z)];
  if (ax >= ay && ax >= az) return faceCell(x >= 0 ? 0 : 3, y / ax, z / ax);
  if (ay >= az) return faceCell(y >= 0 ? 1 : 4, z / ay, x / ay);
  return faceCell(z >= 0 ? 2 : 5, x / az, y / az);
}

/** u, v: −1 … 1 on the face. */
function faceCell(face: number, u: number, v: number): number {
  const column = Math.min(cells - 1, ((u + 1) * (cells / 2)) | 0);
  const row = Math.min(cells - 1, ((v + 1) * (cells / 2)) | 0);
  return (face * cells + row) * cells + column;
}

function climb(
  { vertices, firstNeighbour, neighbours }: HullEdges,
  dx: number,
  dy: number,
  dz: number,
  from: number,
): number {
  let best = from;
  let most =
    dx * (vertices[3 * best] as number) +
    dy * (vertices[3 * best + 1] as number) +
    dz * (vertices[3 * best + 2] as number);
  for (;;) {
    const here = best;
    const end = firstNeighbour[here + 1] as number;
    for (let k = firstNeighbour[here] as number; k < end; k += 1) {
      const other = neighbours[k] as number;
      const along =
        dx * (vertices[3 * other] as number) +
        dy * (vertices[3 * other + 1] as number) +
        dz * (vertices[3 * other + 2] as number);
      if (along > most) {
        most = along;
        best = other;
      }
    }
    if (best === here) return best;
  }
}
