import { isNumber, isObject, isText, type JsonObject } from "../../client/message-checks.ts";

/** Box: its edges along x, y and z; cylinder and capsule: along z, a capsule's length without its caps. m. */
export type ObjectShape =
  | { kind: "box"; size: [number, number, number] }
  | { kind: "cylinder" | "capsule"; radius: number; length: number }
  | { kind: "sphere"; radius: number }
  /** Shown in the list and kept, and not drawn: a mesh, a plane. */
  | { kind: "other"; name: string };

/** A thing in the surroundings of the robots, as the server has it (`protocol/scene.ts`). */
export type SceneItem = {
  id: string;
  shape: ObjectShape;
  /** An area that the robot must not enter, and no body. */
  isKeepOut: boolean;
  /** The link that carries it; null: it is carried by none. */
  attach: string | null;
  /** A link or a frame of tf; null: the root link of each robot, or the link that carries it. */
  frame: string | null;
  /** m and a unit quaternion x y z w, in that frame. */
  position: [number, number, number];
  quaternion: [number, number, number, number];
  /** Of twin.yaml, which alone changes it. */
  isFixed: boolean;
  /** As it came, so that what the page does not know survives a change. */
  source: JsonObject;
};

/** The objects of `GET /api/scene`; null where the answer is none. What is not understood is passed over. */
export function readScene(value: unknown): SceneItem[] | null {
  const list = isObject(value) ? (value.objects ?? value.scene) : value;
  if (!Array.isArray(list)) return null;
  return list.flatMap((one) => {
    const item = readItem(one);
    return item === null ? [] : [item];
  });
}

function readItem(source: unknown): SceneItem | null {
  if (!isObject(source) || !isText(source.id)) return null;
  const { id, frame, attach } = source;
  const pose = isObject(source.pose) ? source.pose : {};
  const [x = 0, y = 0, z = 0] = numbers(pose.position) ?? [];
  const [qx = 0, qy = 0, qz = 0, qw = 1] = numbers(pose.quaternion) ?? [];
  return {
    id,
    shape: shapeOf(source),
    isKeepOut: source.shape === "keepout",
    isFixed: source.origin === "config",
    attach: isText(attach) ? attach : null,
    frame: isText(frame) ? frame : null,
    position: [x, y, z],
    quaternion: [qx, qy, qz, qw],
    source,
  };
}

function shapeOf(source: JsonObject): ObjectShape {
  const { radius, length } = source;
  const form = source.shape === "keepout" ? source.of : source.shape;
  const size = numbers(source.size);
  if (form === "box" && size?.length === 3) return { kind: "box", size: size as [number, number, number] };
  if ((form === "cylinder" || form === "capsule") && isNumber(radius) && isNumber(length)) {
    return { kind: form, radius, length };
  }
  if (form === "sphere" && isNumber(radius)) return { kind: "sphere", radius };
  return { kind: "other", name: isText(form) ? form : "object" };
}

/** What `PUT /api/scene` takes for one object. */
export function writeItem({
  id,
  shape,
  isKeepOut,
  frame,
  position,
  quaternion,
  source,
}: SceneItem): JsonObject {
  const pose = { position, quaternion };
  if (shape.kind === "other") return { ...source, pose };
  const { kind, ...sizes } = shape;
  return {
    ...source,
    id,
    ...(isKeepOut ? { shape: "keepout", of: kind } : { shape: kind }),
    ...sizes,
    ...(frame === null ? {} : { frame }),
    pose,
  };
}

/** A new object of a usual size, standing at `at` on the floor of `frame`. Its id is not among `taken`. */
export function newItem(
  what: "box" | "cylinder" | "sphere" | "keepout",
  taken: ReadonlySet<string>,
  at: { x: number; y: number; frame: string | null },
): SceneItem {
  const shapes: Record<typeof what, ObjectShape> = {
    box: { kind: "box", size: [0.3, 0.3, 0.3] },
    cylinder: { kind: "cylinder", radius: 0.1, length: 0.3 },
    sphere: { kind: "sphere", radius: 0.15 },
    keepout: { kind: "box", size: [0.6, 0.6, 1] },
  };
  let number = 1;
  while (taken.has(`${what}-${number}`)) number += 1;
  return {
    id: `${what}-${number}`,
    shape: shapes[what],
    isKeepOut: what === "keepout",
    isFixed: false,
    attach: null,
    frame: at.frame,
    position: [at.x, at.y, what === "keepout" ? 0.5 : 0.15],
    quaternion: [0, 0, 0, 1],
    source: {},
  };
}

function numbers(value: unknown): number[] | null {
  return Array.isArray(value) && value.every(isNumber) ? value : null;
}
