import { BufferAttribute, type BufferGeometry } from "three";

const creaseCosine = Math.cos((38 * Math.PI) / 180);

/**
 * Gives a triangle soup smooth normals: each corner averages, by area, those facets around its point
 * that bend less than 38° from its own. Edges sharper than that stay edges. Returns an unindexed geometry.
 */
export function creasedNormals(source: BufferGeometry): BufferGeometry {
  const geometry = source.index ? source.toNonIndexed() : source;
  const position = geometry.getAttribute("position");
  const corners = position.count - (position.count % 3);
  const points = new Float32Array(corners * 3);
  for (let i = 0; i < corners; i++) {
    points[i * 3] = position.getX(i);
    points[i * 3 + 1] = position.getY(i);
    points[i * 3 + 2] = position.getZ(i);
  }
  const facets = facetNormals(points);
  const { first, next } = cornersByPoint(points);
  const normals = new Float32Array(corners * 3);
  for (let i = 0; i < corners; i++) {
    const own = Math.floor(i / 3) * 3;
    const [ox, oy, oz] = at(facets, own);
    const ownLength = Math.hypot(ox, oy, oz) || 1;
    let x = 0;
    let y = 0;
    let z = 0;
    for (let j = first[i] ?? -1; j >= 0; j = next[j] ?? -1) {
      const [fx, fy, fz] = at(facets, Math.floor(j / 3) * 3);
      const length = Math.hypot(fx, fy, fz) || 1;
      if ((fx * ox + fy * oy + fz * oz) / (length * ownLength) < creaseCosine) continue;
      x += fx;
      y += fy;
      z += fz;
    }
    const length = Math.hypot(x, y, z) || 1;
    normals[i * 3] = x / length;
    normals[i * 3 + 1] = y / length;
    normals[i * 3 + 2] = z / length;
  }
  geometry.setAttribute("normal", new BufferAttribute(normals, 3));
  return geometry;
}

function at(triples: Float32Array, i: number): [number, number, number] {
  return [triples[i] ?? 0, triples[i + 1] ?? 0, triples[i + 2] ?? 0];
}

/** Each facet's normal, as long as twice its area. */
function facetNormals(points: Float32Array): Float32Array {
  const normals = new Float32Array(points.length / 3);
  for (let f = 0; f < normals.length / 3; f++) {
    const [ax, ay, az] = at(points, f * 9);
    const [bx, by, bz] = at(points, f * 9 + 3);
    const [cx, cy, cz] = at(points, f * 9 + 6);
    normals[f * 3] = (by - ay) * (cz - az) - (bz - az) * (cy - ay);
    normals[f * 3 + 1] = (bz - az) * (cx - ax) - (bx - ax) * (cz - az);
    normals[f * 3 + 2] = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
  }
  return normals;
}

/** Linked lists of the corners that share a point: `first[i]` heads the list of corner i's point. */
function cornersByPoint(points: Float32Array): { first: Int32Array; next: Int32Array } {
  const corners = points.length / 3;
  const heads = new Map<string, number>();
  const keys: string[] = [];
  const next = new Int32Array(corners).fill(-1);
  for (let i = 0; i < corners; i++) {
    const key = at(points, i * 3).join();
    keys.push(key);
    next[i] = heads.get(key) ?? -1;
    heads.set(key, i);
  }
  return { first: Int32Array.from(keys, (key) => heads.get(key) ?? -1), next };
}
