import type { PointCloud } from "./point-cloud-message.ts";

/** The points of a cloud that are finite; in m, as the message has them. */
export type FinitePoints = {
  /** x, y, z of each. */
  at: Float64Array;
  /** The offset of each in the message's data. */
  from: Uint32Array;
  count: number;
  /** The least and the greatest x, y, z. */
  least: number[];
  greatest: number[];
};

const float32 = 7;

/** The layout of `cloud` is checked: it has x, y and z as float32 or float64, all of them within its data. */
export function finitePoints(cloud: PointCloud, view: DataView, little: boolean): FinitePoints {
  const offsets: number[] = [];
  let isSingle = true;
  for (const name of ["x", "y", "z"]) {
    const field = cloud.fields.find((one) => one.name === name);
    offsets.push(field?.offset ?? 0);
    isSingle &&= field?.datatype === float32;
  }
  const most = cloud.width * cloud.height;
  const points = { at: new Float64Array(3 * most), from: new Uint32Array(most), count: 0 };
  if (isSingle) points.count = readSingles(cloud, view, little, offsets, points);
  else points.count = readAny(cloud, view, little, offsets, points);
  return { ...points, ...extent(points.at, points.count) };
}

type Room = Pick<FinitePoints, "at" | "from">;

/** What nearly all clouds have, read without a call for each number. */
function readSingles(
  { width, height, point_step: step, row_step: row }: PointCloud,
  view: DataView,
  little: boolean,
  offsets: readonly number[],
  { at, from }: Room,
): number {
  const [ox = 0, oy = 0, oz = 0] = offsets;
  let kept = 0;
  for (let r = 0; r < height; r += 1) {
    for (let c = 0, offset = r * row; c < width; c += 1, offset += step) {
      const x = view.getFloat32(offset + ox, little);
      const y = view.getFloat32(offset + oy, little);
      const z = view.getFloat32(offset + oz, little);
      if (!Number.isFinite(x + y + z)) continue;
      at[3 * kept] = x;
      at[3 * kept + 1] = y;
      at[3 * kept + 2] = z;
      from[kept] = offset;
      kept += 1;
    }
  }
  return kept;
}

function readAny(
  { fields, width, height, point_step: step, row_step: row }: PointCloud,
  view: DataView,
  little: boolean,
  offsets: readonly number[],
  { at, from }: Room,
): number {
  const isSingle = ["x", "y", "z"].map(
    (name) => fields.find((one) => one.name === name)?.datatype === float32,
  );
  let kept = 0;
  for (let r = 0; r < height; r += 1) {
    for (let c = 0, offset = r * row; c < width; c += 1, offset += step) {
      let sum = 0;
      for (let k = 0; k < 3; k += 1) {
        const place = offset + (offsets[k] as number);
        const value = isSingle[k] ? view.getFloat32(place, little) : view.getFloat64(place, little);
        at[3 * kept + k] = value;
        // Beyond what a float32 holds it is no place, and differences of such numbers are not finite.
        sum += Math.fround(value);
      }
      if (!Number.isFinite(sum)) continue;
      from[kept] = offset;
      kept += 1;
    }
  }
  return kept;
}

function extent(at: Float64Array, count: number): Pick<FinitePoints, "least" | "greatest"> {
  let [x0, y0, z0] = [Infinity, Infinity, Infinity];
  let [x1, y1, z1] = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < 3 * count; i += 3) {
    const [x, y, z] = [at[i] as number, at[i + 1] as number, at[i + 2] as number];
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
    if (z < z0) z0 = z;
    if (z > z1) z1 = z;
  }
  return { least: [x0, y0, z0], greatest: [x1, y1, z1] };
}
