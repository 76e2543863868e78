import { type AxesHelper, type Object3D, Texture } from "three";
import { isMesh } from "./mesh-formats.ts";

/** Frees what the graphics card holds for a tree; the tree must not be drawn again. */
export function disposeTree(root: Object3D): void {
  root.removeFromParent();
  root.traverse((object) => {
    if (!isMesh(object)) return;
    object.geometry.dispose();
    const materials = Array.isArray(object.material) ? object.material : [object.material];
    for (const material of materials) {
      for (const value of Object.values(material)) if (value instanceof Texture) value.dispose();
      material.dispose();
    }
  });
}

export function disposeAxes(axes: AxesHelper): void {
  axes.removeFromParent();
  axes.dispose();
}
