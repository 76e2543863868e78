import { type Result, refused } from "../../core/result.ts";
import type { OccupancyGrid } from "./occupancy-grid.ts";
import type { ReadMessage } from "./topic-reader.ts";

/** map_msgs/OccupancyGridUpdate: cells of a grid from column `x` and row `y` on. */
type GridUpdate = { x: number; y: number; width: number; height: number; data: Int8Array };

export const gridUpdateType = "map_msgs/msg/OccupancyGridUpdate";

/** Where the publishers of costmaps have the updates of the grid on `topic`. */
export function updatesTopic(topic: string): string {
  return `${topic}_updates`;
}

/**
 * A nav_msgs/OccupancyGrid after an update, with the update's stamp. The cells are changed where they are: `grid` has them, too.
 * Refused with nothing changed where the update does not lie inside of the grid, or is in another frame.
 */
export function updatedGrid(grid: ReadMessage, update: ReadMessage): Result<ReadMessage> {
  const { info, data: cells } = grid.message as OccupancyGrid;
  const { x, y, width, height, data } = update.message as GridUpdate;
  if (update.frame !== null && update.frame !== grid.frame) {
    return refused(`is ${update.frame}, but the grid is in ${grid.frame}`, "header.frame_id");
  }
  if (cells.length !== info.width * info.height) return refused("is of a grid that cannot be used");
  if (data.length !== width * height) {
    return refused(`${data.length} cells, but width and height say ${width * height}`, "data");
  }
  const isInside = x >= 0 && y >= 0 && x + width <= info.width && y + height <= info.height;
  if (!isInside) {
    const range = `columns ${x} to ${x + width} and rows ${y} to ${y + height}`;
    return refused(`${range} are not all in a grid of ${info.width} × ${info.height}`, "x, y, width, height");
  }
  for (let row = 0; row < height; row += 1) {
    const from = row * width;
    cells.set(data.subarray(from, from + width), (y + row) * info.width + x);
  }
  return { ok: true, value: { ...grid, stamp: update.stamp ?? grid.stamp } };
}
