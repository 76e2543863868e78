import type { AxesHelper, Object3D } from "three";
import { isMesh } from "./mesh-formats.ts";

/** Frees what the graphics card holds for a tree; the tree must not be drawn again. */
export function disposeTree(root: Object3D): void {
  root.removeFromParent();
  root.traverse((object) => {
    if (!isMesh(object)) return;
    object.geometry.dispose();
    const materials = Array.isArray(object.material) ? object.material : [object.material];
    for (const material of materials) {
      if ("map" in material && isTexture(material.map)) material.map.dispose();
      material.dispose();
    }
  });
}

export function disposeAxes(axes: AxesHelper): void {
  axes.removeFromParent();
  axes.dispose();
}

function isTexture(value: unknown): value is { dispose(): void } {
  return typeof value === "object" && value !== null && "dispose" in value;
}
