import {
  BufferAttribute,
  BufferGeometry,
  type Color,
  type Material,
  Matrix3,
  Matrix4,
  Mesh,
  type Object3D,
  Vector3,
} from "three";
import { hasOwnColors, type MaterialKind, type MergedMaterials } from "./merged-materials.ts";
import { isMesh } from "./mesh-formats.ts";

/** A part of a mesh that is drawn with one material: `count` corners of its index from `start`. */
type Part = {
  mesh: Mesh<BufferGeometry, Material | Material[]>;
  material: Material;
  start: number;
  count: number;
};

/**
 * Joins the meshes below `visuals` whose materials look alike, or differ in nothing but their colour, into one for each such
 * material, since each mesh costs a draw call in the picture and one in its shadows. What is joined goes into `home`, which
 * has the frame of `base`; a mesh that nothing joins with stays as it is and shares its geometry with others of its file.
 */
export function mergeByMaterial(
  base: Object3D,
  visuals: readonly Object3D[],
  home: Object3D,
  materials: MergedMaterials,
): void {
  const meshes = visuals
    .flatMap(mergeableBelow)
    .filter((mesh) => partsOf(mesh).every((part) => materials.canJoin(part.material, mesh.geometry)));
  const all = meshes.flatMap(partsOf);
  const kinds = new Map<string, { kind: MaterialKind; parts: Part[] }>();
  for (const part of all) {
    const kind = materials.kindOf(part.material);
    const same = kinds.get(kind.key);
    if (same === undefined) kinds.set(kind.key, { kind, parts: [part] });
    else same.parts.push(part);
  }
  if (kinds.size >= all.length) return;
  base.updateWorldMatrix(true, true);
  const baseFromWorld = new Matrix4().copy(base.matrixWorld).invert();
  for (const { kind, parts } of kinds.values()) {
    home.add(new Mesh(joined(parts, kind, baseFromWorld), materials.materialOf(kind)));
  }
  for (const mesh of meshes) mesh.removeFromParent();
}

function mergeableBelow(root: Object3D): Part["mesh"][] {
  const found: Part["mesh"][] = [];
  root.traverse((object) => {
    if (!isMesh(object) || object.userData.isPlaceholder === true || object.children.length > 0) return;
    const { morphAttributes, attributes } = object.geometry;
    const isMoving = "isSkinnedMesh" in object || Object.keys(morphAttributes).length > 0;
    if (!isMoving && !("isInstancedMesh" in object) && attributes.position) found.push(object);
  });
  return found;
}

function partsOf(mesh: Part["mesh"]): Part[] {
  const { geometry } = mesh;
  const all = geometry.index?.count ?? geometry.getAttribute("position").count;
  const groups = Array.isArray(mesh.material)
    ? geometry.groups
    : [{ start: 0, count: all, materialIndex: 0 }];
  return groups.flatMap(({ start, count, materialIndex = 0 }) => {
    const material = Array.isArray(mesh.material) ? mesh.material[materialIndex] : mesh.material;
    const last = Math.min(start + count, all);
    return material === undefined || last <= start ? [] : [{ mesh, material, start, count: last - start }];
  });
}

/** One geometry of all parts, in the frame that `baseFromWorld` leads to. */
function joined(parts: readonly Part[], kind: MaterialKind, baseFromWorld: Matrix4): BufferGeometry {
  const corners = parts.reduce((sum, { count }) => sum + count, 0);
  const index = new Uint32Array(corners);
  const out = {
    position: [] as number[],
    normal: [] as number[],
    uv: [] as number[],
    color: [] as number[],
  };
  let at = 0;
  for (const part of parts) at = append(part, kind, baseFromWorld, out, index, at);
  const geometry = new BufferGeometry();
  geometry.setIndex(new BufferAttribute(index, 1));
  for (const [name, size] of [
    ["position", 3],
    ["normal", 3],
    ["uv", 2],
    ["color", 3],
  ] as const) {
    const numbers = Float32Array.from(out[name]);
    if (numbers.length > 0) geometry.setAttribute(name, new BufferAttribute(numbers, size));
  }
  return geometry;
}

const point = new Vector3();

function append(
  { mesh, material, start, count }: Part,
  kind: MaterialKind,
  baseFromWorld: Matrix4,
  out: Record<"position" | "normal" | "uv" | "color", number[]>,
  index: Uint32Array,
  at: number,
): number {
  const { geometry } = mesh;
  if (!geometry.hasAttribute("normal")) geometry.computeVertexNormals();
  const baseFromMesh = new Matrix4().multiplyMatrices(baseFromWorld, mesh.matrixWorld);
  const normals = new Matrix3().getNormalMatrix(baseFromMesh);
  const isMirrored = baseFromMesh.determinant() < 0;
  const hasColors = hasOwnColors(material, geometry);
  const tint: Color | null = kind.tint(material);
  const renumbered = new Int32Array(geometry.getAttribute("position").count).fill(-1);
  const { position, normal, uv, color } = geometry.attributes;
  const placed = (corner: number): number => {
    const old = geometry.index?.getX(corner) ?? corner;
    const known = renumbered[old] ?? -1;
    if (known >= 0) return known;
    const number = out.position.length / 3;
    renumbered[old] = number;
    point.fromBufferAttribute(position as BufferAttribute, old).applyMatrix4(baseFromMesh);
    out.position.push(point.x, point.y, point.z);
    point
      .fromBufferAttribute(normal as BufferAttribute, old)
      .applyMatrix3(normals)
      .normalize();
    out.normal.push(point.x, point.y, point.z);
    if (kind.hasUv && uv) out.uv.push(uv.getX(old), uv.getY(old));
    if (tint !== null) {
      const own = hasColors ? color : undefined;
      out.color.push(
        tint.r * (own?.getX(old) ?? 1),
        tint.g * (own?.getY(old) ?? 1),
        tint.b * (own?.getZ(old) ?? 1),
      );
    }
    return number;
  };
  for (let corner = start; corner + 2 < start + count; corner += 3) {
    index[at] = placed(corner);
    // A mirrored triangle is seen from its other side.
    index[at + 1] = placed(corner + (isMirrored ? 2 : 1));
    index[at + 2] = placed(corner + (isMirrored ? 1 : 2));
    at += 3;
  }
  return at;
}
