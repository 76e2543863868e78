import type { Footprint } from "./footprint.ts";
import { pointToRectangle, polygonToRectangle } from "./polygon-square.ts";

/** Cells of one level become one of the next, in x and in y. */
const factor = 4;

/** A place in the plane of a frame: m, and rad about its z axis. */
export type GroundPose = { x: number; y: number; yaw: number };

/** Where and how large a grid of cells is. */
export type GridShape = {
  width: number;
  height: number;
  /** m: the side of a cell. */
  resolution: number;
  /** Where the outer corner of cell (0, 0) is, and where its x axis points, in the frame of the grid. */
  origin: GroundPose;
};

/** The nearest cell that is not free; `distance` is 0 where it is touched. */
export type NearCell = { distance: number; column: number; row: number };

type Level = { cells: Uint8Array; width: number; height: number; size: number };

/**
 * The cells of a grid that are not free, such that the nearest to a footprint is found by looking at few of them: each level has a
 * cell for 4 × 4 of the one below, which is not free where one of them is not.
 */
export class OccupiedCells {
  /** The finest first; the last has one cell. */
  private readonly levels: Level[] = [];
  private readonly polygon: { values: Float64Array; of: Footprint | null } = {
    values: new Float64Array(0),
    of: null,
  };
  private radius = 0;
  /** A disc around the footprint that was placed last, in the axes of the cells: its middle in those of the base, and radius. */
  private around = { x: 0, y: 0, radius: 0 };
  private middleX = 0;
  private middleY = 0;
  private left = 0;
  private low = 0;
  private right = 0;
  private high = 0;
  private best = 0;
  private column = -1;
  private row = -1;

  /** `isTaken`: 1 for each cell that is not free, else 0, row by row along x; it is kept. */
  constructor(
    readonly shape: GridShape,
    isTaken: Uint8Array,
  ) {
    let { width, height, resolution: size } = shape;
    if (isTaken.length !== width * height) {
      throw new Error(`${isTaken.length} cells for ${width} × ${height}`);
    }
    let cells = isTaken;
    this.levels.push({ cells, width, height, size });
    while (width > 1 || height > 1) {
      const [w, h] = [Math.ceil(width / factor), Math.ceil(height / factor)];
      const next = new Uint8Array(w * h);
      for (let y = 0; y < height; y += 1) {
        const to = Math.floor(y / factor) * w;
        const from = y * width;
        for (let x = 0; x < width; x += 1) {
          if (cells[from + x] !== 0) next[to + Math.floor(x / factor)] = 1;
        }
      }
      [cells, width, height, size] = [next, w, h, size * factor];
      this.levels.push({ cells, width, height, size });
    }
  }

  /**
   * The cell nearest to the footprint of a base at (`x`, `y`, `yaw`) in the frame of the grid, at most `most` m away; null: none
   * is so near.
   */
  nearest(footprint: Footprint, x: number, y: number, yaw: number, most: number): NearCell | null {
    this.place(footprint, x, y, yaw);
    this.best = most;
    // What was nearest the last time is near now: what is farther than it need not be looked at.
    const [column, row] = [this.column, this.row];
    this.column = -1;
    this.row = -1;
    if (column >= 0) this.visit(0, column, row);
    const top = this.levels.length - 1;
    this.visit(top, 0, 0);
    if (this.column < 0) return null;
    return { distance: this.best, column: this.column, row: this.row };
  }

  /** m: how far inside of the grid the footprint that was placed last is; below 0: it reaches beyond. */
  inside(): number {
    const { width, height, resolution } = this.shape;
    return Math.min(this.left, this.low, width * resolution - this.right, height * resolution - this.high);
  }

  /** The middle of a cell in the frame of the grid, m. */
  middleOf({ column, row }: Pick<NearCell, "column" | "row">): [number, number] {
    const { resolution, origin } = this.shape;
    const [x, y] = [(column + 0.5) * resolution, (row + 0.5) * resolution];
    const [c, s] = [Math.cos(origin.yaw), Math.sin(origin.yaw)];
    return [origin.x + c * x - s * y, origin.y + s * x + c * y];
  }

  /** Writes the footprint in the axes of the cells, and what bounds it. */
  private place(footprint: Footprint, x: number, y: number, yaw: number): void {
    const { polygon } = this;
    const { points, radius } = footprint;
    if (polygon.of !== footprint) {
      polygon.of = footprint;
      polygon.values = new Float64Array(2 * points.length);
      this.around = discAround(footprint);
    }
    const { values } = polygon;
    const { origin } = this.shape;
    const [oc, os] = [Math.cos(origin.yaw), Math.sin(origin.yaw)];
    const [dx, dy] = [x - origin.x, y - origin.y];
    const [bx, by] = [oc * dx + os * dy, oc * dy - os * dx];
    const [c, s] = [Math.cos(yaw - origin.yaw), Math.sin(yaw - origin.yaw)];
    this.radius = radius;
    this.middleX = bx + c * this.around.x - s * this.around.y;
    this.middleY = by + s * this.around.x + c * this.around.y;
    [this.left, this.low] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    [this.right, this.high] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const [i, [px, py]] of points.entries()) {
      const gx = bx + c * px - s * py;
      const gy = by + s * px + c * py;
      values[2 * i] = gx;
      values[2 * i + 1] = gy;
      this.left = Math.min(this.left, gx - radius);
      this.right = Math.max(this.right, gx + radius);
      this.low = Math.min(this.low, gy - radius);
      this.high = Math.max(this.high, gy + radius);
    }
  }

  /** Looks for something nearer than `best` in one cell of a level. */
  private visit(level: number, column: number, row: number): void {
    const { cells, width, size } = this.levels[level] as Level;
    if (cells[row * width + column] === 0) return;
    const [x0, y0] = [column * size, row * size];
    const [x1, y1] = [x0 + size, y0 + size];
    const dx = Math.max(0, x0 - this.right, this.left - x1);
    const dy = Math.max(0, y0 - this.high, this.low - y1);
    if (dx * dx + dy * dy > this.best * this.best) return;
    const far = this.best + this.around.radius;
    if (pointToRectangle(this.middleX, this.middleY, x0, y0, x1, y1) > far * far) return;
    if (level === 0) {
      const apart =
        polygonToRectangle(this.polygon.values, x0, y0, x1, y1, this.best + this.radius) - this.radius;
      const distance = Math.max(0, apart);
      if (distance > this.best || (distance === this.best && this.column >= 0)) return;
      this.best = distance;
      this.column = column;
      this.row = row;
      return;
    }
    const below = this.levels[level - 1] as Level;
    const lastRow = Math.min(below.height, (row + 1) * factor);
    const lastColumn = Math.min(below.width, (column + 1) * factor);
    for (let y = row * factor; y < lastRow; y += 1) {
      for (let x = column * factor; x < lastColumn; x += 1) this.visit(level - 1, x, y);
    }
  }
}

/** About the middle of what bounds it along its axes; m. */
function discAround({ points, radius }: Footprint): { x: number; y: number; radius: number } {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const x = (Math.min(...xs) + Math.max(...xs)) / 2;
  const y = (Math.min(...ys) + Math.max(...ys)) / 2;
  return { x, y, radius: radius + Math.max(...points.map(([px, py]) => Math.hypot(px - x, py - y))) };
}
