/*
 * How far a polygon and a rectangle along the axes are apart. A polygon is x y x y … in a flat array; it need not be convex, its
 * edges must not cross. One point, or two, are polygons without an area.
 */

/**
 * m; 0 where they touch or one is in the other; any number above `most` where they are farther apart. The rectangle is
 * [x0, x1] × [y0, y1].
 */
export function polygonToRectangle(
  polygon: Float64Array,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  most: number,
): number {
  const n = polygon.length;
  let best = Number.POSITIVE_INFINITY;
  let limit = most * most;
  let isInside = false;
  const mx = (x0 + x1) / 2;
  const my = (y0 + y1) / 2;
  for (let i = 0, j = n - 2; i < n; j = i, i += 2) {
    const ax = polygon[j] as number;
    const ay = polygon[j + 1] as number;
    const bx = polygon[i] as number;
    const by = polygon[i + 1] as number;
    const dx = Math.max(0, x0 - Math.max(ax, bx), Math.min(ax, bx) - x1);
    const dy = Math.max(0, y0 - Math.max(ay, by), Math.min(ay, by) - y1);
    if (dx * dx + dy * dy <= limit) {
      const squared = segmentToRectangle(ax, ay, bx, by, x0, y0, x1, y1);
      if (squared === 0) return 0;
      if (squared < best) best = squared;
      if (squared < limit) limit = squared;
    }
    // No edge meets the rectangle, so all of it is inside where its middle is: a ray from there crosses an odd number of edges.
    if (ay > my !== by > my && mx < ax + ((my - ay) / (by - ay)) * (bx - ax)) isInside = !isInside;
  }
  return isInside ? 0 : Math.sqrt(best);
}

/** m²; 0 where they meet. */
function segmentToRectangle(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
): number {
  if (crosses(ax, ay, bx, by, x0, y0, x1, y1)) return 0;
  // Apart: the nearest points are an end of the segment, or a corner of the rectangle.
  let best = Math.min(pointToRectangle(ax, ay, x0, y0, x1, y1), pointToRectangle(bx, by, x0, y0, x1, y1));
  best = Math.min(best, pointToSegment(x0, y0, ax, ay, bx, by));
  best = Math.min(best, pointToSegment(x1, y0, ax, ay, bx, by));
  best = Math.min(best, pointToSegment(x0, y1, ax, ay, bx, by));
  return Math.min(best, pointToSegment(x1, y1, ax, ay, bx, by));
}

/** Whether a segment meets a rectangle: what is left of it between both pairs of sides (Liang and Barsky). */
function crosses(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
): boolean {
  const dx = bx - ax;
  const dy = by - ay;
  let from = 0;
  let to = 1;
  if (dx === 0) {
    if (ax < x0 || ax > x1) return false;
  } else {
    const p = (x0 - ax) / dx;
    const q = (x1 - ax) / dx;
    from = Math.max(from, Math.min(p, q));
    to = Math.min(to, Math.max(p, q));
  }
  if (dy === 0) {
    if (ay < y0 || ay > y1) return false;
  } else {
    const p = (y0 - ay) / dy;
    const q = (y1 - ay) / dy;
    from = Math.max(from, Math.min(p, q));
    to = Math.min(to, Math.max(p, q));
  }
  return from <= to;
}

/** m² */
export function pointToRectangle(
  x: number,
  y: number,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
): number {
  const dx = x < x0 ? x0 - x : x > x1 ? x - x1 : 0;
  const dy = y < y0 ? y0 - y : y > y1 ? y - y1 : 0;
  return dx * dx + dy * dy;
}

function pointToSegment(x: number, y: number, ax: number, ay: number, bx: number, by: number): number {
  const dx = bx - ax;
  const dy = by - ay;
  const squared = dx * dx + dy * dy;
  const share = squared === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / squared));
  const ex = ax + share * dx - x;
  const ey = ay + share * dy - y;
  return ex * ex + ey * ey;
}
