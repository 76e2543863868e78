import { BoxGeometry, type BufferGeometry, CylinderGeometry } from "three";
import { describe, expect, it } from "vitest";
import { creasedNormals } from "../../../src/viewer/scene/creased-normals.ts";

/** As an STL has it: three corners of their own a facet, no index. */
function soup(geometry: BufferGeometry): BufferGeometry {
  return geometry.toNonIndexed();
}

function corners(geometry: BufferGeometry): { position: number[]; normal: number[] }[] {
  const position = geometry.getAttribute("position");
  const normal = geometry.getAttribute("normal");
  return Array.from({ length: position.count }, (_, i) => ({
    position: [position.getX(i), position.getY(i), position.getZ(i)],
    normal: [normal.getX(i), normal.getY(i), normal.getZ(i)],
  }));
}

describe("creased normals", () => {
  it("keep a box's edges sharp: each corner of it has the three normals of its sides", () => {
    const box = creasedNormals(soup(new BoxGeometry(1, 2, 3)));
    expect(box.getAttribute("position").count).toBe(24);
    for (const { normal } of corners(box)) {
      expect(normal.map(Math.abs).sort()).toEqual([0, 0, 1]);
    }
  });

  it("make a cylinder's side round and leave its lids flat", () => {
    const cylinder = creasedNormals(soup(new CylinderGeometry(1, 1, 2, 48)));
    for (const { position, normal } of corners(cylinder)) {
      const [x = 0, , z = 0] = position;
      const [nx = 0, ny = 0, nz = 0] = normal;
      const radius = Math.hypot(x, z);
      if (Math.abs(ny) > 0.5) expect(Math.abs(ny)).toBeCloseTo(1, 6);
      else expect((nx * x + nz * z) / radius).toBeGreaterThan(0.999);
    }
  });

  it("keep every triangle where it was", () => {
    const before = soup(new CylinderGeometry(0.3, 0.4, 1, 20));
    const after = creasedNormals(before).toNonIndexed();
    const moved = [...after.getAttribute("position").array].map((value, i) =>
      Math.abs(value - (before.getAttribute("position").array[i] ?? Number.NaN)),
    );
    expect(Math.max(...moved)).toBeLessThan(1e-5);
  });

  it("survive triangles without area and an empty mesh", () => {
    const flat = soup(new BoxGeometry(0, 0, 0));
    for (const { normal } of corners(creasedNormals(flat))) {
      expect(normal.every(Number.isFinite)).toBe(true);
    }
  });
});
