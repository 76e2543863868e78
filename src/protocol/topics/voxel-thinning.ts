import type { FinitePoints } from "./finite-points.ts";

/** A voxel's number is exact below this. */
const mostVoxels = Number.MAX_SAFE_INTEGER;

/**
 * Keeps the first point of each voxel, and returns how many there are. The voxels are as small as `most` points allow, within a tenth;
 * the search begins at the size (m) of the last message, which `voxel` remembers.
 */
export function thinPoints(points: FinitePoints, most: number, voxel: { size: number }): number {
  const { at, from, count, least, greatest } = points;
  const spans = least.map((low, k) => (greatest[k] as number) - low);
  const longest = Math.max(...spans, 1e-6);
  let size = voxel.size > 0 ? voxel.size * 0.95 : longest / Math.sqrt(most);
  // A point far away would make voxels without number; the next message may have none.
  const isFar = voxelsOf(spans, size) >= mostVoxels;
  while (voxelsOf(spans, size) >= mostVoxels) size *= 2;
  const table = new Float64Array(1 << Math.ceil(Math.log2(4 * most)));
  const chosen = new Uint32Array(most);
  for (;;) {
    table.fill(-1);
    const kept = choose(at, count, size, least, spans, table, chosen);
    if (kept <= most) {
      if (!isFar) voxel.size = size;
      for (let i = 0; i < kept; i += 1) {
        const j = chosen[i] as number;
        at[3 * i] = at[3 * j] as number;
        at[3 * i + 1] = at[3 * j + 1] as number;
        at[3 * i + 2] = at[3 * j + 2] as number;
        from[i] = from[j] as number;
      }
      return kept;
    }
    size *= 1.15;
  }
}

/** Voxels along one axis. */
function voxelsAlong(span: number, size: number): number {
  return Math.floor(span / size) + 1;
}

function voxelsOf(spans: readonly number[], size: number): number {
  return spans.reduce((all, span) => all * voxelsAlong(span, size), 1);
}

/** The first point of each voxel into `chosen`; more than its length: there are too many voxels. `table` holds the voxels' numbers. */
function choose(
  at: Float64Array,
  count: number,
  size: number,
  least: readonly number[],
  spans: readonly number[],
  table: Float64Array,
  chosen: Uint32Array,
): number {
  const mask = table.length - 1;
  const perMetre = 1 / size;
  const [x0 = 0, y0 = 0, z0 = 0] = least;
  // One more than there are, as a rounded quotient may reach the next one.
  const row = voxelsAlong(spans[0] as number, size) + 1;
  const plane = row * (voxelsAlong(spans[1] as number, size) + 1);
  let kept = 0;
  for (let i = 0; i < count; i += 1) {
    const a = Math.floor(((at[3 * i] as number) - x0) * perMetre);
    const b = Math.floor(((at[3 * i + 1] as number) - y0) * perMetre);
    const c = Math.floor(((at[3 * i + 2] as number) - z0) * perMetre);
    const voxel = a + row * b + plane * c;
    let slot = (Math.imul(a, 73_856_093) ^ Math.imul(b, 19_349_663) ^ Math.imul(c, 83_492_791)) & mask;
    let other = table[slot] as number;
    while (other >= 0 && other !== voxel) {
      slot = (slot + 1) & mask;
      other = table[slot] as number;
    }
    if (other === voxel) continue;
    if (kept === chosen.length) return kept + 1;
    chosen[kept] = i;
    table[slot] = voxel;
    kept += 1;
  }
  return kept;
}
