import { Color, Group, type Material, Mesh, type Object3D } from "three";
import { markerTypes } from "../../protocol/topics/marker-types.ts";
import { colorAt, fieldAt, numberAt, pointAt, textAt } from "./message-fields.ts";

/** Where mesh files come from: each a copy that shares what it is made of with the others. Rejects with why there is none. */
export type MeshSource = { take(uri: string): Promise<{ object: Object3D }> };

/** The mesh file that a visualization_msgs/Marker draws; null: it draws none. */
export function meshOf(marker: unknown): string | null {
  const uri = textAt(marker, "mesh_resource");
  return numberAt(marker, "type") === markerTypes.mesh && uri !== "" ? uri : null;
}

/**
 * A mesh file as a marker wants it: in the marker's scale, with the file's own materials tinted by the marker's colour where it asks
 * for them and there are any, else in its colour, as `solid` makes it. A colour of four zeros tints nothing. `made`: the materials
 * that are its own.
 */
export function dressedMesh(
  object: Object3D,
  marker: unknown,
  solid: () => Material,
): { root: Group; made: Material[] } {
  const made: Material[] = [];
  const own = (material: Material): Material => {
    made.push(material);
    return material;
  };
  let plain: Material | null = null;
  const inItsColor = (): Material => {
    plain = plain ?? own(solid());
    return plain;
  };
  const [sx, sy, sz] = pointAt(marker, "scale") ?? [1, 1, 1];
  const root = new Group().add(object);
  root.scale.set(sx || 1, sy || 1, sz || 1);
  const isOwn = fieldAt(marker, "mesh_use_embedded_materials") === true;
  object.traverse((child) => {
    if (!(child instanceof Mesh)) return;
    const { bare } = child.userData;
    const dress = (material: Material, at: number): Material =>
      isOwn && !(Array.isArray(bare) && bare[at] === true) ? tinted(material, marker, own) : inItsColor();
    child.material = Array.isArray(child.material) ? child.material.map(dress) : dress(child.material, 0);
  });
  return { root, made };
}

function tinted(material: Material, marker: unknown, own: (material: Material) => Material): Material {
  const [r, g, b, a] = colorAt(marker, "color");
  const isNone = r === 0 && g === 0 && b === 0 && a === 0;
  if (isNone || (r === 1 && g === 1 && b === 1 && a === 1)) return material;
  const copy = own(material.clone());
  if ("color" in copy && copy.color instanceof Color) {
    copy.color.multiply(new Color().setRGB(r, g, b, "srgb"));
  }
  if (a < 1) Object.assign(copy, { opacity: material.opacity * a, transparent: true, depthWrite: false });
  return copy;
}
