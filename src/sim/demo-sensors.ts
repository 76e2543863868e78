import { castRay, demoBounds, demoWorld, type WorldBody } from "./demo-world.ts";

/** Where the base is on the floor: m, m, rad. */
export type FloorPose = { x: number; y: number; yaw: number };

/** The laser scanner: on the base, looking along its x. m, rad. */
export const demoLaser = { x: 0.25, z: 0.2, rays: 360, rangeMin: 0.08, rangeMax: 8 };

/** The camera: on the front of the base, looking ahead and a little down. m, rad. */
export const demoCamera = { x: 0.3, z: 0.45, tilt: 0.22, width: 240, height: 180, halfWidth: 0.7 };

/** Ranges of a turn from −π on, m; infinite where nothing is in reach. */
export function scanOf(base: FloorPose): Float32Array {
  const [c, s] = [Math.cos(base.yaw), Math.sin(base.yaw)];
  const origin = [base.x + c * demoLaser.x, base.y + s * demoLaser.x, demoLaser.z] as const;
  return Float32Array.from({ length: demoLaser.rays }, (_, i) => {
    const angle = base.yaw - Math.PI + (2 * Math.PI * i) / demoLaser.rays;
    const hit = castRay(origin, [Math.cos(angle), Math.sin(angle), 0], demoLaser.rangeMax);
    return hit === null || hit.distance < demoLaser.rangeMin ? Number.POSITIVE_INFINITY : hit.distance;
  });
}

const sun = normalized([0.5, -0.3, 0.9]);
const sky = [222, 230, 238] as const;
const farthest = 20;
/** The floor is a chequerboard of this, m. */
const tile = 0.5;

/** What the camera sees: rows of red, green, blue from the top left. */
export function pictureOf(base: FloorPose): Uint8Array {
  const { width, height, halfWidth, tilt } = demoCamera;
  const [c, s] = [Math.cos(base.yaw), Math.sin(base.yaw)];
  const origin = [base.x + c * demoCamera.x, base.y + s * demoCamera.x, demoCamera.z] as const;
  const rgb = new Uint8Array(3 * width * height);
  const [ct, st] = [Math.cos(tilt), Math.sin(tilt)];
  for (let row = 0, at = 0; row < height; row += 1) {
    const down = (halfWidth * (2 * row + 1 - height)) / width;
    for (let column = 0; column < width; column += 1, at += 3) {
      const right = (halfWidth * (2 * column + 1 - width)) / width;
      // Ahead 1, turned down by the tilt about the base's y.
      const ahead = ct - st * down;
      const way = normalized([c * ahead + s * right, s * ahead - c * right, -(st + ct * down)]);
      shade(origin, way, rgb, at);
    }
  }
  return rgb;
}

function shade(
  origin: readonly [number, number, number],
  way: readonly [number, number, number],
  rgb: Uint8Array,
  at: number,
): void {
  const toFloor = way[2] < 0 ? -origin[2] / way[2] : farthest;
  const hit = castRay(origin, way, Math.min(toFloor, farthest));
  if (hit !== null) {
    const light =
      0.45 + 0.55 * Math.max(0, hit.normal[0] * sun[0] + hit.normal[1] * sun[1] + hit.normal[2] * sun[2]);
    for (let k = 0; k < 3; k += 1) rgb[at + k] = Math.round((hit.color[k] as number) * light);
  } else if (toFloor < farthest) {
    const [x, y] = [origin[0] + toFloor * way[0], origin[1] + toFloor * way[1]];
    const isDark = (Math.floor(x / tile) + Math.floor(y / tile)) % 2 !== 0;
    rgb.fill(isDark ? 148 : 172, at, at + 3);
  } else for (let k = 0; k < 3; k += 1) rgb[at + k] = sky[k] as number;
}

/** The room's cells as a robot would have mapped them: 0 free, 100 occupied. m. */
export function mapOf(resolution = 0.05): {
  width: number;
  height: number;
  x: number;
  y: number;
  cells: Int8Array;
} {
  const [x, y, toX, toY] = demoBounds;
  const width = Math.ceil((toX - x) / resolution);
  const height = Math.ceil((toY - y) / resolution);
  const cells = new Int8Array(width * height);
  const seen = demoWorld.filter(({ from, to }) => from <= demoLaser.z && demoLaser.z <= to);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const [px, py] = [x + (column + 0.5) * resolution, y + (row + 0.5) * resolution];
      if (seen.some((body) => isIn(body, px, py))) cells[row * width + column] = 100;
    }
  }
  return { width, height, x, y, cells };
}

function isIn({ kind, x, y, yaw, size }: WorldBody, px: number, py: number): boolean {
  if (kind === "cylinder") return Math.hypot(px - x, py - y) <= size[0] / 2;
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
  const [u, v] = [c * (px - x) + s * (py - y), c * (py - y) - s * (px - x)];
  return Math.abs(u) <= size[0] / 2 && Math.abs(v) <= size[1] / 2;
}

function normalized([x, y, z]: readonly [number, number, number]): [number, number, number] {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}
