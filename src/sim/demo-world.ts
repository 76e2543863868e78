/** An upright body of the world: a box with its middle at x, y, turned by yaw, or a cylinder. m, rad; red, green, blue of 0 to 255. */
export type WorldBody = {
  kind: "box" | "cylinder";
  x: number;
  y: number;
  yaw: number;
  /** Of a box: its length and width. Of a cylinder: its diameter, twice. */
  size: readonly [number, number];
  /** From where to where it is high. */
  from: number;
  to: number;
  color: readonly [number, number, number];
};

export type RayHit = {
  distance: number;
  normal: readonly [number, number, number];
  color: readonly [number, number, number];
};

const wall = (x: number, y: number, length: number, width: number): WorldBody => ({
  ...{ kind: "box", x, y, yaw: 0, size: [length, width], from: 0, to: 1.2 },
  color: [206, 212, 218],
});

/** The room of the demo: four walls, a table, two crates and a pillar. The robot's circle keeps clear of all of them. */
export const demoWorld: readonly WorldBody[] = [
  wall(0.5, -2.05, 6.2, 0.1),
  wall(0.5, 3.45, 6.2, 0.1),
  wall(-2.55, 0.7, 0.1, 5.4),
  wall(3.55, 0.7, 0.1, 5.4),
  { kind: "box", x: 2.5, y: 0.7, yaw: 0.2, size: [0.8, 1.4], from: 0, to: 0.74, color: [180, 140, 95] },
  { kind: "box", x: -1.6, y: 2.6, yaw: 0.5, size: [0.6, 0.4], from: 0, to: 0.4, color: [232, 89, 12] },
  { kind: "box", x: 0.6, y: -1.4, yaw: -0.3, size: [0.5, 0.5], from: 0, to: 0.5, color: [28, 126, 214] },
  { kind: "cylinder", x: -1.5, y: -0.9, yaw: 0, size: [0.3, 0.3], from: 0, to: 1.2, color: [47, 158, 68] },
];

/** The bounds of the room, m: from x, from y, to x, to y. */
export const demoBounds = [-2.6, -2.1, 3.6, 3.5] as const;

/** The nearest body on a ray from `origin` along the unit vector `way`, within `reach` m; null: there is none. */
export function castRay(
  origin: readonly [number, number, number],
  way: readonly [number, number, number],
  reach: number,
  bodies: readonly WorldBody[] = demoWorld,
): RayHit | null {
  let nearest: RayHit | null = null;
  for (const body of bodies) {
    const hit = body.kind === "box" ? hitBox(origin, way, body) : hitCylinder(origin, way, body);
    if (hit !== null && hit.distance <= (nearest?.distance ?? reach)) nearest = hit;
  }
  return nearest;
}

/** By slabs, in the box's own axes. */
function hitBox(
  [ox, oy, oz]: readonly [number, number, number],
  [wx, wy, wz]: readonly [number, number, number],
  { x, y, yaw, size, from, to, color }: WorldBody,
): RayHit | null {
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
  const o = [c * (ox - x) + s * (oy - y), c * (oy - y) - s * (ox - x), oz] as const;
  const w = [c * wx + s * wy, c * wy - s * wx, wz] as const;
  const least = [-size[0] / 2, -size[1] / 2, from] as const;
  const most = [size[0] / 2, size[1] / 2, to] as const;
  let [near, far, axis] = [0, Number.POSITIVE_INFINITY, -1];
  for (let k = 0; k < 3; k += 1) {
    const [ok, wk] = [o[k] as number, w[k] as number];
    if (Math.abs(wk) < 1e-12) {
      if (ok < (least[k] as number) || ok > (most[k] as number)) return null;
      continue;
    }
    const a = ((least[k] as number) - ok) / wk;
    const b = ((most[k] as number) - ok) / wk;
    if (Math.min(a, b) > near) {
      near = Math.min(a, b);
      axis = k;
    }
    far = Math.min(far, Math.max(a, b));
    if (near > far) return null;
  }
  if (axis < 0) return null;
  const sign = (w[axis] as number) > 0 ? -1 : 1;
  const normal = [
    [sign * c, sign * s, 0],
    [-sign * s, sign * c, 0],
    [0, 0, sign],
  ][axis] as [number, number, number];
  return { distance: near, normal, color };
}

function hitCylinder(
  [ox, oy, oz]: readonly [number, number, number],
  [wx, wy, wz]: readonly [number, number, number],
  { x, y, size, from, to, color }: WorldBody,
): RayHit | null {
  const radius = size[0] / 2;
  const [dx, dy] = [ox - x, oy - y];
  const a = wx * wx + wy * wy;
  const b = dx * wx + dy * wy;
  const inside = b * b - a * (dx * dx + dy * dy - radius * radius);
  if (a > 1e-12 && inside >= 0) {
    const distance = (-b - Math.sqrt(inside)) / a;
    const z = oz + distance * wz;
    if (distance > 0 && z >= from && z <= to) {
      return { distance, normal: [(dx + distance * wx) / radius, (dy + distance * wy) / radius, 0], color };
    }
  }
  const distance = wz < 0 ? (to - oz) / wz : Number.NaN;
  const isOnTop = distance > 0 && Math.hypot(dx + distance * wx, dy + distance * wy) <= radius;
  return isOnTop ? { distance, normal: [0, 0, 1], color } : null;
}
