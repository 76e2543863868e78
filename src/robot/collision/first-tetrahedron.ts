import { type ShapePair, writeDifferenceSupport } from "./gjk.ts";
import { height, type Polytope, writeNormal, writeUnit } from "./polytope.ts";
import { vertexSize } from "./simplex.ts";

/** m: what is thinner has no depth. */
const thin = 1e-10;

/** Adds vertices until there are four that span a volume; false, with a normal, when a − b is flat. */
export function completeTetrahedron(pair: ShapePair, polytope: Polytope): boolean {
  const { normal } = polytope;
  if (polytope.vertexCount === 4 && Math.abs(height(polytope, 3)) > thin) return true;
  polytope.vertexCount = Math.min(polytope.vertexCount, 1);
  if (polytope.vertexCount === 0) {
    writeDifferenceSupport(pair, 1, 0, 0, polytope.vertices, 0);
    polytope.vertexCount = 1;
  }
  normal.fill(0);
  normal[2] = 1;
  let best = 0;
  for (let axis = 0; axis < 6; axis += 1) {
    const sign = axis < 3 ? 1 : -1;
    const along = axis % 3;
    best = Math.max(
      best,
      tryVertex(
        pair,
        polytope,
        along === 0 ? sign : 0,
        along === 1 ? sign : 0,
        along === 2 ? sign : 0,
        best,
        1,
      ),
    );
  }
  if (best <= thin) return false;
  polytope.vertexCount = 2;
  // Two directions across the segment, whichever axis it leans on least.
  const v = polytope.vertices;
  const dx = (v[vertexSize] as number) - (v[0] as number);
  const dy = (v[vertexSize + 1] as number) - (v[1] as number);
  const dz = (v[vertexSize + 2] as number) - (v[2] as number);
  const [ax, ay, az] = [Math.abs(dx), Math.abs(dy), Math.abs(dz)];
  const ex = ax <= ay && ax <= az ? 1 : 0;
  const ey = ex === 0 && ay <= az ? 1 : 0;
  const ez = ex === 0 && ey === 0 ? 1 : 0;
  writeUnit(normal, dy * ez - dz * ey, dz * ex - dx * ez, dx * ey - dy * ex);
  const [px, py, pz] = [normal[0] as number, normal[1] as number, normal[2] as number];
  const qx = dy * pz - dz * py;
  const qy = dz * px - dx * pz;
  const qz = dx * py - dy * px;
  best = tryVertex(pair, polytope, px, py, pz, 0, 2);
  best = Math.max(best, tryVertex(pair, polytope, -px, -py, -pz, best, 2));
  best = Math.max(best, tryVertex(pair, polytope, qx, qy, qz, best, 2));
  best = Math.max(best, tryVertex(pair, polytope, -qx, -qy, -qz, best, 2));
  if (best <= thin) return false;
  polytope.vertexCount = 3;
  writeNormal(v, 0, 1, 2, normal);
  const [nx, ny, nz] = [normal[0] as number, normal[1] as number, normal[2] as number];
  best = tryVertex(pair, polytope, nx, ny, nz, 0, 3);
  best = Math.max(best, tryVertex(pair, polytope, -nx, -ny, -nz, best, 3));
  if (best <= thin) return false;
  polytope.vertexCount = 4;
  return true;
}

/** Puts the support along the direction at vertex `count` if it is further off the others' span than `best`. */
function tryVertex(
  pair: ShapePair,
  polytope: Polytope,
  dx: number,
  dy: number,
  dz: number,
  best: number,
  count: number,
): number {
  const v = polytope.vertices;
  const spare = count + 1;
  writeDifferenceSupport(pair, dx, dy, dz, v, vertexSize * spare);
  const off = Math.abs(count === 3 ? height(polytope, spare) : offLine(v, count, spare));
  if (off > best) v.copyWithin(vertexSize * count, vertexSize * spare, vertexSize * (spare + 1));
  return off;
}

/** Distance of vertex k from vertex 0, or with two vertices from their line. */
function offLine(v: Float64Array, count: number, k: number): number {
  const x = (v[vertexSize * k] as number) - (v[0] as number);
  const y = (v[vertexSize * k + 1] as number) - (v[1] as number);
  const z = (v[vertexSize * k + 2] as number) - (v[2] as number);
  if (count === 1) return Math.sqrt(x * x + y * y + z * z);
  const dx = (v[vertexSize] as number) - (v[0] as number);
  const dy = (v[vertexSize + 1] as number) - (v[1] as number);
  const dz = (v[vertexSize + 2] as number) - (v[2] as number);
  const cx = y * dz - z * dy;
  const cy = z * dx - x * dz;
  const cz = x * dy - y * dx;
  return Math.sqrt((cx * cx + cy * cy + cz * cz) / (dx * dx + dy * dy + dz * dz));
}
