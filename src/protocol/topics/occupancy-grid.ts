import { type Result, refused } from "../../core/result.ts";
import type { Detail } from "./detail.ts";
import { type Pose, strictPose, type TopicContent } from "./topic-content.ts";

/** nav_msgs/OccupancyGrid. */
export type OccupancyGrid = {
  info: { resolution: number; width: number; height: number; origin: Pose };
  data: Int8Array;
};

const mostCells = 100_000_000;
const longestRun = 65_535;

/**
 * A grid as `grid`: rows from the origin on along x, as runs: `values` (i8: −1 unknown, 0 free to 100 occupied) and `lengths` (u16).
 * Where cells become one the most occupied counts; one is unknown where all are. meta: `width`, `height`, `resolution` (m),
 * `origin` (x y z qx qy qz qw in the header's frame).
 */
export function gridContent({ info, data }: OccupancyGrid, { cells }: Detail): Result<TopicContent> {
  const { resolution, width, height } = info;
  const origin = strictPose(info.origin);
  if (!(resolution > 0 && resolution < Infinity)) return refused(`is ${resolution}`, "info.resolution");
  if (origin === null) return refused("is no finite pose with a unit quaternion", "info.origin");
  if (width * height > mostCells) return refused(`${width} × ${height} cells are too many`, "info.width");
  if (data.length !== width * height) {
    return refused(`${data.length} cells, but width and height say ${width * height}`, "data");
  }
  const factor = Math.max(1, Math.ceil(Math.sqrt((width * height) / cells)));
  const small = factor === 1 ? { values: data, width, height } : shrunk(data, width, height, factor);
  return {
    ok: true,
    value: {
      format: "grid",
      meta: { width: small.width, height: small.height, resolution: resolution * factor, origin },
      arrays: runsOf(small.values),
      reduced: factor === 1 ? null : `each ${factor} × ${factor} cells as one, the most occupied`,
    },
  };
}

function shrunk(data: Int8Array, width: number, height: number, factor: number) {
  const w = Math.ceil(width / factor);
  const h = Math.ceil(height / factor);
  const values = new Int8Array(w * h).fill(-1);
  for (let y = 0; y < height; y += 1) {
    const row = Math.floor(y / factor) * w;
    for (let x = 0, at = y * width; x < width; x += 1, at += 1) {
      const to = row + Math.floor(x / factor);
      if ((data[at] as number) > (values[to] as number)) values[to] = data[at] as number;
    }
  }
  return { values, width: w, height: h };
}

function runsOf(cells: Int8Array): { values: Int8Array; lengths: Uint16Array } {
  let count = 0;
  for (let i = 0; i < cells.length; count += 1) i = endOfRun(cells, i);
  const values = new Int8Array(count);
  const lengths = new Uint16Array(count);
  for (let i = 0, k = 0; i < cells.length; k += 1) {
    const end = endOfRun(cells, i);
    values[k] = cells[i] as number;
    lengths[k] = end - i;
    i = end;
  }
  return { values, lengths };
}

function endOfRun(cells: Int8Array, from: number): number {
  const last = Math.min(cells.length, from + longestRun);
  let end = from + 1;
  while (end < last && cells[end] === cells[from]) end += 1;
  return end;
}

/** The cells of runs; null where the runs are not as many. */
export function cellsOf(values: Int8Array, lengths: Uint16Array, count: number): Int8Array | null {
  const cells = new Int8Array(count);
  let at = 0;
  for (let k = 0; k < values.length; k += 1) {
    const end = at + (lengths[k] as number);
    if (end > count) return null;
    cells.fill(values[k] as number, at, end);
    at = end;
  }
  return at === count ? cells : null;
}
