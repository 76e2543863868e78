import { type Result, refused } from "../../core/result.ts";
import { bareFrame } from "./bare-frame.ts";
import { unpackTopicMessage } from "./topic-frame.ts";

/** A grid's cells with its place; as `GridShape` and `OccupiedCells` of the robot's footprint have them. */
export type TakenCells = {
  /** The frame that the grid is in. */
  frame: string;
  shape: {
    width: number;
    height: number;
    /** m */
    resolution: number;
    /** m, rad */
    origin: { x: number; y: number; yaw: number };
  };
  /** 1: not free; row by row along x. */
  isTaken: Uint8Array;
};

/** How far a grid may be from lying flat: the sine of half of its tilt, squared. */
const flatWithin = 1e-6;
const unknown = -1;

/**
 * Which cells of a grid are not free, of a message that `gridContent` encoded whole: those from `threshold` on, those whose value is
 * none (below −1), and unless `isUnknownFree` those that nobody has seen.
 */
export function takenCells(bytes: Uint8Array, isUnknownFree: boolean, threshold: number): Result<TakenCells> {
  const read = unpackTopicMessage(bytes);
  if (!read.ok) return read;
  const { header, arrays } = read.value;
  const { width, height, resolution, origin } = header.meta as {
    width: number;
    height: number;
    resolution: number;
    origin: number[];
  };
  const { values, lengths } = arrays;
  if (header.format !== "grid" || values === undefined || lengths === undefined) {
    return refused("is no grid", "data");
  }
  if (header.frame === null || header.frame === "") return refused("is empty", "header.frame_id");
  if (header.reduced !== null) return refused(header.reduced, "info");
  if (width === 0 || height === 0) return refused(`${width} × ${height} cells`, "info.width");
  const [x = 0, y = 0, , qx = 0, qy = 0, qz = 0, qw = 1] = origin;
  if (qx * qx + qy * qy > flatWithin) return refused("is tilted: a map lies flat", "info.origin.orientation");
  const isTaken = new Uint8Array(width * height);
  let at = 0;
  for (let run = 0; run < values.length; run += 1) {
    const value = values[run] as number;
    const end = at + (lengths[run] as number);
    if (value >= threshold || value < unknown || (value === unknown && !isUnknownFree)) {
      isTaken.fill(1, at, end);
    }
    at = end;
  }
  if (at !== isTaken.length) return refused(`${at} cells, not ${isTaken.length}`, "data");
  const yaw = 2 * Math.atan2(qz, qw);
  const shape = { width, height, resolution, origin: { x, y, yaw } };
  return { ok: true, value: { frame: bareFrame(header.frame), shape, isTaken } };
}
