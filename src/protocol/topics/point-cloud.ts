import { type Result, refused } from "../../core/result.ts";
import type { Detail } from "./detail.ts";
import { finitePoints } from "./finite-points.ts";
import { fieldBytes, layoutFault, type PointCloud, type PointField } from "./point-cloud-message.ts";
import type { TopicContent } from "./topic-content.ts";
import { thinPoints } from "./voxel-thinning.ts";

const steps = 65_535;
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
  const { data, width, height } = cloud;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const little = !cloud.is_bigendian;
  const read = (name: string): Read | null => {
    const field = cloud.fields.find((one) => one.name === name);
    return field === undefined ? null : readerOf(view, field, little);
  };
  const count = width * height;
  const points = finitePoints(cloud, view, little);
  const { at, from, least, greatest } = points;
  const finite = points.count;
  const kept = finite > most ? thinPoints(points, most, voxel) : finite;
  const origin = kept === 0 ? [0, 0, 0] : least;
  const scale = origin.map((low, k) => Math.max(((greatest[k] as number) - low) / steps, 1e-9));
  if (kept === 0) scale.fill(1e-9);
  const positions = quantised(at, kept, origin as Triple, scale as Triple);
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

type Triple = [number, number, number];

/** Steps of `scale` from `origin`, to the nearest. */
function quantised(at: Float64Array, count: number, origin: Triple, scale: Triple): Uint16Array {
  const [x0, y0, z0] = origin;
  const [sx, sy, sz] = [1 / scale[0], 1 / scale[1], 1 / scale[2]];
  const positions = new Uint16Array(3 * count);
  for (let i = 0; i < 3 * count; i += 3) {
    positions[i] = Math.min(steps, ((at[i] as number) - x0) * sx + 0.5);
    positions[i + 1] = Math.min(steps, ((at[i + 1] as number) - y0) * sy + 0.5);
    positions[i + 2] = Math.min(steps, ((at[i + 2] as number) - z0) * sz + 0.5);
  }
  return positions;
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
    ({ name, datatype }) => /^rgba?$/.test(name) && (fieldBytes[datatype] ?? 0) === 4,
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
  const found = new Float64Array(count);
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < count; i += 1) {
    const one = value(from[i] as number);
    found[i] = one;
    if (!Number.isFinite(one)) continue;
    if (one < least) least = one;
    if (one > most) most = one;
  }
  if (!(most > least))
    [least, most] = [Number.isFinite(least) ? least : 0, (Number.isFinite(least) ? least : 0) + 1];
  const values = new Uint8ClampedArray(count);
  const perStep = 255 / (most - least);
  // Rounded and held between 0 and 255 by the array; what is not a number becomes 0.
  for (let i = 0; i < count; i += 1) values[i] = ((found[i] as number) - least) * perStep;
  return { meta: { field, least, most }, arrays: { values: new Uint8Array(values.buffer) } };
}
