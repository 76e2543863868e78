import { describe, expect, it } from "vitest";
import { demoCamera, demoLaser, mapOf, pictureOf, scanOf } from "../../../src/sim/demo-sensors.ts";
import { castRay, demoWorld, type WorldBody } from "../../../src/sim/demo-world.ts";
import { randomFrom } from "../robot/random-from.ts";

/** Whether a point is in a body, by its own definition. */
function isInside(body: WorldBody, x: number, y: number, z: number): boolean {
  if (z < body.from || z > body.to) return false;
  const [dx, dy] = [x - body.x, y - body.y];
  if (body.kind === "cylinder") return Math.hypot(dx, dy) <= body.size[0] / 2;
  const along = dx * Math.cos(body.yaw) + dy * Math.sin(body.yaw);
  const across = dy * Math.cos(body.yaw) - dx * Math.sin(body.yaw);
  return Math.abs(along) <= body.size[0] / 2 && Math.abs(across) <= body.size[1] / 2;
}

describe("a ray in the demo's room", () => {
  it("ends where small steps along it first enter a body", () => {
    const random = randomFrom(8);
    const step = 2e-3;
    for (let trial = 0; trial < 300; trial += 1) {
      const origin = [0.4 * random.next() - 0.2, 1.4 * random.next(), 0.1 + 0.8 * random.next()] as const;
      const [turn, rise] = [2 * Math.PI * random.next(), 0.8 * random.next() - 0.6];
      const way = [Math.cos(turn) * Math.cos(rise), Math.sin(turn) * Math.cos(rise), Math.sin(rise)] as const;
      let walked = Number.POSITIVE_INFINITY;
      for (let at = 0; at < 8; at += step) {
        const [x, y, z] = [origin[0] + at * way[0], origin[1] + at * way[1], origin[2] + at * way[2]];
        if (demoWorld.some((body) => isInside(body, x, y, z))) {
          walked = at;
          break;
        }
      }
      const found = castRay(origin, way, 8)?.distance ?? Number.POSITIVE_INFINITY;
      // A step may jump over an edge; what it finds the ray has found before.
      if (Number.isFinite(walked)) expect(Math.abs(found - walked)).toBeLessThan(0.05);
      else if (Number.isFinite(found)) expect(found).toBeGreaterThan(0);
    }
  });
});

describe("the demo's sensors", () => {
  const base = { x: 0.2, y: 0.3, yaw: 0.7 };

  it("agree: each ray of the laser ends at an occupied cell of the map", () => {
    const map = mapOf();
    const origin = [
      base.x + Math.cos(base.yaw) * demoLaser.x,
      base.y + Math.sin(base.yaw) * demoLaser.x,
    ] as const;
    for (const [i, range] of scanOf(base).entries()) {
      if (!Number.isFinite(range)) continue;
      const angle = base.yaw - Math.PI + (2 * Math.PI * i) / demoLaser.rays;
      const column = (origin[0] + range * Math.cos(angle) - map.x) / 0.05;
      const row = (origin[1] + range * Math.sin(angle) - map.y) / 0.05;
      const near = [-1, 0, 1].flatMap((dy) =>
        [-1, 0, 1].map((dx) => map.cells[(Math.floor(row) + dy) * map.width + Math.floor(column) + dx]),
      );
      expect(near).toContain(100);
    }
  });

  it("see the table when the robot looks at it, and the floor at its feet", () => {
    const rgb = pictureOf({ x: 1, y: 0.5, yaw: 0.1 });
    const at = (column: number, row: number) => [
      ...rgb.slice(3 * (row * demoCamera.width + column), 3 * (row * demoCamera.width + column) + 3),
    ];
    const [r = 0, g = 0, b = 0] = at(demoCamera.width / 2, demoCamera.height / 2);
    expect(r).toBeGreaterThan(g);
    expect(g).toBeGreaterThan(b);
    const [fr, fg, fb] = at(demoCamera.width / 2, demoCamera.height - 1);
    expect([fr, fg]).toEqual([fg, fb]);
  });
});
