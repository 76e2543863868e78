import {
  Box3,
  BoxGeometry,
  type BufferGeometry,
  Group,
  type Material,
  Mesh,
  MeshBasicMaterial,
  MeshPhongMaterial,
  MeshStandardMaterial,
  type Object3D,
  SphereGeometry,
  Texture,
  Vector3,
} from "three";
import { describe, expect, it } from "vitest";
import { mergeByMaterial } from "../../../../src/viewer/scene/merge-meshes.ts";
import { MergedMaterials } from "../../../../src/viewer/scene/merged-materials.ts";

const paint = (color: number, more: object = {}) => new MeshStandardMaterial({ color, ...more });

/** A link with one visual, 1 m up and half as large, of these meshes; what is left of it after joining. */
function merged(...meshes: Object3D[]) {
  const link = new Group();
  link.position.set(5, 0, 0);
  const visual = new Group();
  visual.position.set(0, 0, 1);
  visual.scale.setScalar(0.5);
  visual.add(...meshes);
  const home = new Group();
  link.add(visual, home);
  const before = new Box3().setFromObject(link, true);
  mergeByMaterial(link, [visual], home, new MergedMaterials());
  expect(new Box3().setFromObject(link, true).min.distanceTo(before.min)).toBeLessThan(1e-6);
  expect(new Box3().setFromObject(link, true).max.distanceTo(before.max)).toBeLessThan(1e-6);
  return {
    joined: home.children as Mesh<BufferGeometry, Material>[],
    left: visual.children,
  };
}

const box = (material: Material | Material[], x = 0): Mesh => {
  const mesh = new Mesh(new BoxGeometry(1, 1, 1), material);
  mesh.position.x = x;
  return mesh;
};

/** Whether each triangle is seen from the side that its normals point to. */
function isOutward({ geometry }: Mesh): boolean {
  const { position, normal } = geometry.attributes;
  const at = (list: typeof position, k: number) => {
    const corner = geometry.index?.getX(k) ?? 0;
    return new Vector3(list?.getX(corner), list?.getY(corner), list?.getZ(corner));
  };
  for (let k = 0; k < (geometry.index?.count ?? 0); k += 3) {
    const [a, b, c] = [at(position, k), at(position, k + 1), at(position, k + 2)];
    if (b.sub(a).cross(c.sub(a)).dot(at(normal, k)) <= 0) return false;
  }
  return true;
}

describe("the meshes of a link", () => {
  it("become one where they differ in colour alone, each corner in its own", () => {
    const { joined, left } = merged(box(paint(0xff0000)), box(paint(0x0000ff), 3), box(paint(0xff0000), 6));
    expect([joined.length, left.length]).toEqual([1, 0]);
    const color = joined[0]?.geometry.getAttribute("color");
    expect([color?.getX(0), color?.getZ(0), color?.getX(30), color?.getZ(30)]).toEqual([1, 0, 0, 1]);
    expect(joined[0]?.material).toMatchObject({ vertexColors: true });
    expect(joined[0]?.geometry.index?.count).toBe(3 * 36);
  });

  it("stay apart where their materials look different otherwise", () => {
    const map = new Texture();
    const { joined } = merged(
      box(paint(0xff0000)),
      box(paint(0xff0000, { transparent: true, opacity: 0.5 }), 2),
      box(new MeshPhongMaterial({ color: 0xff0000 }), 4),
      box(new MeshBasicMaterial({ map }), 6),
      box(new MeshBasicMaterial({ map }), 8),
      box(new MeshBasicMaterial({ map: new Texture() }), 10),
    );
    expect(joined).toHaveLength(5);
    const textured = joined.find(({ geometry }) => geometry.index?.count === 72);
    expect(textured?.geometry.hasAttribute("uv")).toBe(true);
    expect(textured?.material).toMatchObject({ map });
  });

  it("of several materials are taken apart by them", () => {
    const parts = [1, 2, 3, 4, 5, 6].map((k) => paint(k));
    const { joined } = merged(box(parts));
    expect(joined).toHaveLength(1);
    expect(joined[0]?.geometry.index?.count).toBe(36);
  });

  it("that are mirrored are still seen from outside", () => {
    const mirrored = new Mesh(new SphereGeometry(1, 8, 6), paint(1));
    mirrored.scale.set(1, -2, 1);
    const { joined } = merged(mirrored, box(paint(1), 3));
    const [one] = joined;
    expect(one?.geometry.index?.count).toBeGreaterThan(36);
    // The poles of a sphere have triangles without an area.
    const ordinary = merged(box(paint(1)), box(paint(2), 2)).joined[0];
    expect(ordinary && isOutward(ordinary)).toBe(true);
    const flipped = box(paint(1), 3);
    flipped.scale.z = -1;
    const outward = merged(flipped, box(paint(2))).joined[0];
    expect(outward && isOutward(outward)).toBe(true);
  });

  it("are left as they are where nothing is won, and where one stands for a missing mesh", () => {
    const alone = box(paint(1));
    expect(merged(alone)).toEqual({ joined: [], left: [alone] });
    const lost = box(paint(1), 2);
    lost.userData.isPlaceholder = true;
    expect(merged(box(paint(1)), box(paint(2), 3), lost).left).toEqual([lost]);
  });
});
