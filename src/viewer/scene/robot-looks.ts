import {
  Color,
  type Material,
  type Mesh,
  MeshBasicMaterial,
  type MeshLambertMaterial,
  MeshPhongMaterial,
  MeshStandardMaterial,
  type Object3D,
} from "three";
import { isMesh } from "./mesh-formats.ts";

const dressed = new WeakMap<Material, MeshStandardMaterial>();

/**
 * Gives what a mesh file has no material for the URDF's colour (RViz's rule), lit as painted metal or plastic.
 * URDF colours are meant as seen on a screen (sRGB), which urdf-loader takes as linear light.
 */
export function dressBare(object: Object3D, urdfMaterial: Material): void {
  object.traverse((child) => {
    if (!isMesh(child)) return;
    const { bare } = child.userData;
    const isBare = (at: number): boolean => Array.isArray(bare) && bare[at] === true;
    const dress = (): Material => {
      const material = dressedAs(urdfMaterial);
      // Without texture coordinates a whole mesh would have the colour of one corner of the picture.
      return material.map === null || child.geometry.hasAttribute("uv") ? material : withoutMap(material);
    };
    if (Array.isArray(child.material)) {
      child.material = child.material.map((own, at) => (isBare(at) ? dress() : own));
    } else if (isBare(0)) child.material = dress();
  });
}

function withoutMap(material: MeshStandardMaterial): MeshStandardMaterial {
  const plain = material.clone();
  plain.map = null;
  return plain;
}

/** The same for a primitive, whose one material is the URDF's anyway. */
export function dressPrimitive(mesh: Mesh, urdfMaterial: Material): void {
  mesh.material = dressedAs(urdfMaterial);
}

function dressedAs(source: Material): MeshStandardMaterial {
  if (source instanceof MeshStandardMaterial) return source;
  let material = dressed.get(source);
  if (material) return material;
  const color = source instanceof MeshPhongMaterial ? source.color.clone() : new Color(0.6, 0.6, 0.6);
  // Untouched by the URDF, urdf-loader's default is pure white: a light grey shows shape better.
  const isTextured = source instanceof MeshPhongMaterial && source.map !== null;
  if (source.name === "" && !isTextured && color.getHex() === 0xffffff) color.setRGB(0.72, 0.74, 0.77);
  color.convertSRGBToLinear();
  material = new MeshStandardMaterial({ color, roughness: 0.52, metalness: 0.12 });
  material.name = source.name;
  material.opacity = source.opacity;
  material.transparent = source.transparent;
  material.depthWrite = source.depthWrite;
  if (source instanceof MeshPhongMaterial && source.map) material.map = source.map;
  dressed.set(source, material);
  return material;
}

/** The looks a part of the measured robot can have; the first is its own material. */
export type Look = "own" | "stale" | "selected" | LoadLook;

/** What its joint bears, in tenths of the joint's limit. */
export type LoadLook = `load ${number}`;
export const mostLoadStep = 10;

/** From nothing to all of a joint's limit, the darker the more; no ghost has this hue. */
const loadKnots = [0xf1f3f5, 0xfcc2d7, 0xf06595, 0xc2255c, 0x5c0a34].map((hex) => new Color(hex));
const loaded = new Map<Look, MeshStandardMaterial>();

function loadMaterial(look: LoadLook): MeshStandardMaterial {
  let material = loaded.get(look);
  if (material === undefined) {
    const at = (Number(look.slice("load ".length)) / mostLoadStep) * (loadKnots.length - 1);
    const low = Math.min(loadKnots.length - 2, Math.floor(at));
    const [a, b] = [loadKnots[low] as Color, loadKnots[low + 1] as Color];
    const color = a.clone().lerp(b, at - low);
    material = new MeshStandardMaterial({ color, roughness: 0.7, metalness: 0 });
    loaded.set(look, material);
  }
  return material;
}

/** The look of a share of a limit, 0 to 1 and beyond. */
export function loadLook(share: number): LoadLook {
  return `load ${Math.min(mostLoadStep, Math.round(share * mostLoadStep))}`;
}

const stale = new MeshStandardMaterial({
  color: 0x868e96,
  roughness: 1,
  metalness: 0,
  transparent: true,
  opacity: 0.55,
});

const selectedColor = new Color(0x1c7ed6);
const selectedOf = new WeakMap<Material, Material>();

function lookOf(own: Material, look: Look): Material {
  if (look === "own") return own;
  if (look === "stale") return stale;
  if (isLoad(look)) return loadMaterial(look);
  let selected = selectedOf.get(own);
  if (!selected) {
    selected = own.clone();
    if (isGlowing(selected)) {
      selected.emissive.set(selectedColor);
      selected.emissiveIntensity = 0.45;
      selected.emissiveMap = null;
    } else if (selected instanceof MeshBasicMaterial) selected.color.lerp(selectedColor, 0.45);
    selectedOf.set(own, selected);
  }
  return selected;
}

/** Changes the look of meshes that are in their own materials or were changed by this function before. */
export function setLook(meshes: readonly Object3D[], look: Look): void {
  for (const mesh of meshes) {
    // What stands for a missing mesh is not to be taken for a part of the robot, whatever its state.
    if (!isMesh(mesh) || mesh.userData.isPlaceholder === true) continue;
    const own: unknown = mesh.userData.ownMaterial ?? mesh.material;
    mesh.userData.ownMaterial = own;
    if (isMaterial(own)) mesh.material = lookOf(own, look);
    else if (Array.isArray(own)) mesh.material = own.filter(isMaterial).map((one) => lookOf(one, look));
  }
}

function isLoad(look: Look): look is LoadLook {
  return look.startsWith("load ");
}

function isGlowing(
  material: Material,
): material is MeshStandardMaterial | MeshPhongMaterial | MeshLambertMaterial {
  return "emissive" in material;
}

function isMaterial(value: unknown): value is Material {
  return typeof value === "object" && value !== null && "isMaterial" in value;
}

/** Amber: asked for. Blue: computed ahead. Red: asked for, and it would be refused. Violet: as it was once. */
export const ghostColors = {
  desired: 0xf08c00,
  predicted: 0x228be6,
  refused: 0xe03131,
  past: 0x9775fa,
} as const;

/** Its nearest surface alone is seen, so that a translucent robot reads as one shape and not as its insides. */
export function ghostMaterial(color: number): MeshStandardMaterial {
  return new MeshStandardMaterial({
    color,
    emissive: color,
    emissiveIntensity: 0.25,
    roughness: 0.8,
    metalness: 0,
    transparent: true,
    opacity: 0.5,
    polygonOffset: true,
    polygonOffsetFactor: 1,
    polygonOffsetUnits: 1,
  });
}

export function collisionMaterial(): Material {
  return new MeshBasicMaterial({ color: 0x12b886, wireframe: true, transparent: true, opacity: 0.35 });
}
