import { formOf, type SceneItem } from "../../protocol/scene.ts";
import type { Plane } from "../../robot/collision/make-shape.ts";
import type { SceneObject, ScenePose } from "../../robot/collision/scene.ts";
import type { Geometry } from "../../robot/description.ts";

/** The shape of an object of the scene. */
export function geometryOf(item: SceneItem): Geometry | Plane {
  const { size = [1, 1, 1], radius = 1, length = 1, mesh = "", scale = [1, 1, 1] } = item;
  const kind = formOf(item);
  switch (kind) {
    case "box":
      return { kind, size };
    case "sphere":
      return { kind, radius };
    case "cylinder":
    case "capsule":
      return { kind, radius, length };
    case "mesh":
      return { kind, filename: mesh, scale };
    case "plane":
      return { kind };
  }
}

/** An object for one robot: on `link`, or where that is null fixed to the root link, at `pose`. */
export function objectOf(item: SceneItem, link: string | null, pose: ScenePose): SceneObject {
  return {
    id: item.id,
    role: item.shape === "keepout" ? "keepout" : "obstacle",
    geometry: geometryOf(item),
    link,
    touching: item.touching,
    pose,
    ...(item.mass === undefined ? {} : { mass: item.mass }),
  };
}
