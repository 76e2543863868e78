import { type Result, refused } from "../../core/result.ts";
import type { Detail } from "./detail.ts";
import type { TopicContent } from "./topic-content.ts";

/** sensor_msgs/PointField. */
type PointField = { name: string; offset: number; datatype: number; count: number };

/** sensor_msgs/PointCloud2. */
export type PointCloud = {
  height: number;
  width: number;
  fields: PointField[];
  is_bigendian: boolean;
  point_step: number;
  row_step: number;
  data: Uint8Array;
};

/** Size in bytes of each datatype of PointField. */
const sizes: Record<number, number> = { 1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 8: 8 };
const steps = 65_535;
const mostPoints = 50_000_000;
/** Fields that colour a cloud without colours of its own, the first that is there. */
const usualFields = ["intensity", "reflectivity", "i", "z"];

type Read = (at: number) => number;

/**
 * A cloud as `cloud`: `positions`, three u16 for each point, in steps of meta.scale (m) from meta.origin (m); `rgb`, three u8, where
 * the points have colours, else `values`, one u8 of meta.field from meta.least to meta.most. `color`: the field that is wanted, where
 * the cloud has it. Points that are not finite are left out; of too many one in each voxel is kept. `voxel` remembers the size (m) of
 * the last message's.
 */
export function cloudContent(
  cloud: PointCloud,
  { points: most }: Detail,
  voxel: { size: number },
  color: string | null = null,
): Result<TopicContent> {
  const fault = layoutFault(cloud);
  if (fault !== null) return refused(fault[1], fault[0]);
  const { data, width, height, point_step: step, row_step: row } = cloud;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const little = !cloud.is_bigendian;
  const read = (name: string): Read | null => {
    const field = cloud.fields.find((one) => one.name === name);
    return field === undefined ? null : readerOf(view, field, little);
  };
  const [x, y, z] = [read("x"), read("y"), read("z")] as [Read, Read, Read];
  const count = width * height;
  const at = new Float64Array(3 * count);
  const from = new Uint32Array(count);
  const least = [Infinity, Infinity, Infinity];
  const greatest = [-Infinity, -Infinity, -Infinity];
  let kept = 0;
  for (let r = 0; r < height; r += 1) {
    for (let c = 0, offset = r * row; c < width; c += 1, offset += step) {
      const px = x(offset);
      const py = y(offset);
      const pz = z(offset);
      if (!Number.isFinite(px + py + pz)) continue;
      at[3 * kept] = px;
      at[3 * kept + 1] = py;
      at[3 * kept + 2] = pz;
      from[kept] = offset;
      kept += 1;
      if (px < (least[0] as number)) least[0] = px;
      if (py < (least[1] as number)) least[1] = py;
      if (pz < (least[2] as number)) least[2] = pz;
      if (px > (greatest[0] as number)) greatest[0] = px;
      if (py > (greatest[1] as number)) greatest[1] = py;
      if (pz > (greatest[2] as number)) greatest[2] = pz;
    }
  }
  const finite = kept;
  if (kept > most) kept = thin(at, from, kept, most, voxel, least, greatest);
  const origin = kept === 0 ? [0, 0, 0] : least;
  const scale = origin.map((low, k) => Math.max(((greatest[k] as number) - low) / steps, 1e-9));
  if (kept === 0) scale.fill(1e-9);
  const positions = new Uint16Array(3 * kept);
  for (let i = 0; i < kept; i += 1) {
    for (let k = 0; k < 3; k += 1) {
      const value = ((at[3 * i + k] as number) - (origin[k] as number)) / (scale[k] as number);
      positions[3 * i + k] = Math.min(steps, Math.round(value));
    }
  }
  const left = [
    ...(finite < count ? [`${count - finite} points that are not finite are left out`] : []),
    ...(kept < finite
      ? [`${kept} of ${finite} points, one in each ${(100 * voxel.size).toFixed(1)} cm`]
      : []),
  ];
  const fields = cloud.fields.map(({ name }) => name);
  const colours = coloursOf(cloud, view, from, kept, read, little, color);
  return {
    ok: true,
    value: {
      format: "cloud",
      meta: { origin, scale, fields, points: count, ...colours.meta },
      arrays: { positions, ...colours.arrays },
      reduced: left.length === 0 ? null : left.join("; "),
    },
  };
}

/** The field at fault and what is wrong with it. */
function layoutFault(cloud: PointCloud): [string, string] | null {
  const { width, height, fields, point_step: step, row_step: row, data } = cloud;
  for (const name of ["x", "y", "z"]) {
    const field = fields.find((one) => one.name === name);
    if (field === undefined) return ["fields", `there is no field ${name}`];
    if (field.datatype !== 7 && field.datatype !== 8)
      return [`fields.${name}`, "it is no float32 or float64"];
  }
  for (const { name, offset, datatype, count } of fields) {
    const size = sizes[datatype];
    if (size === undefined) return [`fields.${name}`, `there is no datatype ${datatype}`];
    if (offset + size * Math.max(1, count) > step) return [`fields.${name}`, "it ends behind its point"];
  }
  if (width * height > mostPoints) return ["width", `${width * height} points are too many`];
  if (height > 0 && row < width * step) return ["row_step", `${row} bytes are too few for ${width} points`];
  const needed = height === 0 ? 0 : (height - 1) * row + width * step;
  if (data.byteLength < needed) return ["data", `${data.byteLength} bytes, but ${needed} are needed`];
  return null;
}

function readerOf(view: DataView, { offset, datatype }: PointField, little: boolean): Read {
  switch (datatype) {
    case 1:
      return (at) => view.getInt8(at + offset);
    case 2:
      return (at) => view.getUint8(at + offset);
    case 3:
      return (at) => view.getInt16(at + offset, little);
    case 4:
      return (at) => view.getUint16(at + offset, little);
    case 5:
      return (at) => view.getInt32(at + offset, little);
    case 6:
      return (at) => view.getUint32(at + offset, little);
    case 7:
      return (at) => view.getFloat32(at + offset, little);
    default:
      return (at) => view.getFloat64(at + offset, little);
  }
}

/**
 * Keeps the first point of each voxel, and returns how many there are. The voxels are as small as `most` points allow, within a tenth;
 * the search begins at the size of the last message.
 */
function thin(
  at: Float64Array,
  from: Uint32Array,
  count: number,
  most: number,
  voxel: { size: number },
  least: readonly number[],
  greatest: readonly number[],
): number {
  const extent = Math.max(...least.map((low, k) => (greatest[k] as number) - low), 1e-6);
  let size = voxel.size > 0 ? voxel.size * 0.95 : extent / Math.sqrt(most);
  const bits = Math.ceil(Math.log2(4 * most));
  const table = new Int32Array(1 << bits);
  const chosen = new Uint32Array(most);
  for (;;) {
    table.fill(-1);
    const kept = choose(at, count, size, least, table, chosen);
    if (kept <= most) {
      voxel.size = size;
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

/** The first point of each voxel into `chosen`; more than its length: there are too many voxels. */
function choose(
  at: Float64Array,
  count: number,
  size: number,
  least: readonly number[],
  table: Int32Array,
  chosen: Uint32Array,
): number {
  const mask = table.length - 1;
  const [x0, y0, z0] = least as [number, number, number];
  let kept = 0;
  for (let i = 0; i < count; i += 1) {
    const a = Math.floor(((at[3 * i] as number) - x0) / size);
    const b = Math.floor(((at[3 * i + 1] as number) - y0) / size);
    const c = Math.floor(((at[3 * i + 2] as number) - z0) / size);
    let slot = (Math.imul(a, 73_856_093) ^ Math.imul(b, 19_349_663) ^ Math.imul(c, 83_492_791)) & mask;
    for (;;) {
      const other = table[slot] as number;
      if (other < 0) break;
      const j = chosen[other] as number;
      if (
        Math.floor(((at[3 * j] as number) - x0) / size) === a &&
        Math.floor(((at[3 * j + 1] as number) - y0) / size) === b &&
        Math.floor(((at[3 * j + 2] as number) - z0) / size) === c
      ) {
        slot = -1;
        break;
      }
      slot = (slot + 1) & mask;
    }
    if (slot < 0) continue;
    if (kept === chosen.length) return kept + 1;
    chosen[kept] = i;
    table[slot] = kept;
    kept += 1;
  }
  return kept;
}

function coloursOf(
  cloud: PointCloud,
  view: DataView,
  from: Uint32Array,
  count: number,
  read: (name: string) => Read | null,
  little: boolean,
  color: string | null,
): Pick<TopicContent, "meta" | "arrays"> {
  const packed = cloud.fields.find(
    ({ name, datatype }) => /^rgba?$/.test(name) && (sizes[datatype] ?? 0) === 4,
  );
  const wanted = color === null || color === packed?.name || read(color) === null ? null : color;
  if (packed !== undefined && wanted === null) {
    // 0x00rrggbb, in a float32 or a uint32.
    const rgb = new Uint8Array(3 * count);
    for (let i = 0; i < count; i += 1) {
      const value = view.getUint32((from[i] as number) + packed.offset, little);
      rgb[3 * i] = value >>> 16;
      rgb[3 * i + 1] = value >>> 8;
      rgb[3 * i + 2] = value;
    }
    return { meta: {}, arrays: { rgb } };
  }
  const field = wanted ?? (usualFields.find((name) => read(name) !== null) as string);
  const value = read(field) as Read;
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < count; i += 1) {
    const found = value(from[i] as number);
    if (!Number.isFinite(found)) continue;
    if (found < least) least = found;
    if (found > most) most = found;
  }
  if (!(most > least))
    [least, most] = [Number.isFinite(least) ? least : 0, (Number.isFinite(least) ? least : 0) + 1];
  const values = new Uint8Array(count);
  for (let i = 0; i < count; i += 1) {
    const share = (value(from[i] as number) - least) / (most - least);
    values[i] = Math.max(0, Math.min(255, Math.round(255 * share)));
  }
  return { meta: { field, least, most }, arrays: { values } };
}
