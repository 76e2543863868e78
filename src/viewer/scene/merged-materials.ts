import { type BufferGeometry, Color, type Material, Texture } from "three";

/** Materials that one mesh can be drawn with. */
export type MaterialKind = {
  key: string;
  material: Material;
  hasUv: boolean;
  /** The colour that a corner of such a material gets; null: the kind has one colour, in its material. */
  tint(material: Material): Color | null;
};

/** What tells two materials apart for nobody who looks at them. */
const unseen = new Set(["uuid", "name", "version", "userData", "_listeners"]);

const white = new Color(1, 1, 1);

/** The materials of merged meshes, one for each kind, shared by all links of a robot. */
export class MergedMaterials {
  private readonly made = new Map<string, Material>();

  /** Whether all that a mesh needs for a material is copied: no tangents, second texture coordinates, translucent corners. */
  canJoin(material: Material, geometry: BufferGeometry): boolean {
    if (geometry.hasAttribute("uv1") || geometry.hasAttribute("tangent")) return false;
    const hasColors = hasOwnColors(material, geometry);
    if (texturesOf(material).length > 0) return geometry.hasAttribute("uv") && !hasColors;
    return !hasColors || (geometry.getAttribute("color").itemSize === 3 && colorOf(material) !== null);
  }

  /** Kinds with the same key can be joined. Materials without a texture may differ in colour: their corners get it. */
  kindOf(material: Material): MaterialKind {
    const hasUv = texturesOf(material).length > 0;
    const isTinted = !hasUv && colorOf(material) !== null;
    const looks = Object.entries(material)
      .filter(([name]) => !unseen.has(name) && !(isTinted && (name === "color" || name === "vertexColors")))
      .map(([name, value]) => [name, written(value)]);
    return {
      key: JSON.stringify([material.type, hasUv, isTinted, looks]),
      material,
      hasUv,
      tint: (one) => (isTinted ? (colorOf(one) ?? white) : null),
    };
  }

  /** The one material of a kind: white under the colours of its corners where the kind is of several colours. */
  materialOf({ key, material, tint }: MaterialKind): Material {
    let one = this.made.get(key);
    if (one === undefined) {
      one = material;
      if (tint(material) !== null) {
        one = material.clone();
        colorOf(one)?.set(0xffffff);
        one.vertexColors = true;
      }
      this.made.set(key, one);
    }
    return one;
  }
}

function texturesOf(material: Material): Texture[] {
  return Object.values(material).filter((value) => value instanceof Texture);
}

/** Whether a mesh of this material is drawn in the colours at its corners. */
export function hasOwnColors(material: Material, geometry: BufferGeometry): boolean {
  return material.vertexColors && geometry.hasAttribute("color");
}

function colorOf(material: Material): Color | null {
  return "color" in material && material.color instanceof Color ? material.color : null;
}

function written(value: unknown): unknown {
  if (value instanceof Texture) return value.uuid;
  if (value instanceof Color) return value.getHex();
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  return value === undefined ? null : typeof value === "function" ? "" : value;
}
