import { type Object3D, Texture } from "three";
import { isObject } from "../../client/message-checks.ts";
import { isMesh } from "./mesh-formats.ts";

/** Takes textures that did not come out of the materials of a tree: they would be drawn black. */
export function dropMissingTextures(root: Object3D): void {
  root.traverse((object) => {
    if (!isMesh(object)) return;
    for (const material of Array.isArray(object.material) ? object.material : [object.material]) {
      for (const [slot, value] of Object.entries(material)) {
        if (!(value instanceof Texture) || isThere(value)) continue;
        Reflect.set(material, slot, null);
        material.needsUpdate = true;
      }
    }
  });
}

function isThere(texture: Texture): boolean {
  const image: unknown = texture.image;
  return isObject(image) && Number(image.width) > 0 && !("data" in image && image.data === null);
}
