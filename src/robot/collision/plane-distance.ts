import type { ShapePair } from "./gjk.ts";
import { type CollisionShape, coreKind, writeSupport } from "./shape.ts";

/** Whether one of the two is a half-space. */
export function hasPlane(a: CollisionShape, b: CollisionShape): boolean {
  return a.kind === coreKind.plane || b.kind === coreKind.plane;
}

/**
 * Signed distance in m of a shape and a half-space, exact to rounding: the lowest point of the core above the plane,
 * less the shape's margin; below 0 it is the depth along the plane's normal. Writes the nearest points of a and b.
 */
export function planeDistance(pair: ShapePair, point1: Float64Array, point2: Float64Array): number {
  const { poses } = pair;
  const isFirst = pair.a.kind === coreKind.plane;
  const plane = 12 * (isFirst ? pair.aIndex : pair.bIndex);
  const other = isFirst ? pair.b : pair.a;
  const index = isFirst ? pair.bIndex : pair.aIndex;
  const onPlane = isFirst ? point1 : point2;
  const onOther = isFirst ? point2 : point1;
  const nx = poses[plane + 2] as number;
  const ny = poses[plane + 5] as number;
  const nz = poses[plane + 8] as number;
  writeSupport(other, poses, 12 * index, -nx, -ny, -nz, onOther, 0);
  const x = onOther[0] as number;
  const y = onOther[1] as number;
  const z = onOther[2] as number;
  const height =
    nx * (x - (poses[plane + 9] as number)) +
    ny * (y - (poses[plane + 10] as number)) +
    nz * (z - (poses[plane + 11] as number));
  onPlane[0] = x - height * nx;
  onPlane[1] = y - height * ny;
  onPlane[2] = z - height * nz;
  onOther[0] = x - other.margin * nx;
  onOther[1] = y - other.margin * ny;
  onOther[2] = z - other.margin * nz;
  return height - other.margin;
}

/** How far the ball of shape `i` is above the half-space `plane` (numbers of shapes), m. */
export function ballAbovePlane(
  poses: Float64Array,
  centres: Float64Array,
  shapes: readonly CollisionShape[],
  plane: number,
  i: number,
): number {
  const at = 12 * plane;
  return (
    (poses[at + 2] as number) * ((centres[3 * i] as number) - (poses[at + 9] as number)) +
    (poses[at + 5] as number) * ((centres[3 * i + 1] as number) - (poses[at + 10] as number)) +
    (poses[at + 8] as number) * ((centres[3 * i + 2] as number) - (poses[at + 11] as number)) -
    ((shapes[i] as CollisionShape).ball[3] as number)
  );
}
