import { isNumber, isObject, isText, type JsonObject } from "../../client/message-checks.ts";

/** Box: its edges along x, y and z; cylinder (along z): radius and length; sphere: radius. m. */
export type ObjectShape =
  | { kind: "box"; size: [number, number, number] }
  | { kind: "cylinder"; radius: number; length: number }
  | { kind: "sphere"; radius: number }
  /** Shown in the list and kept, and not drawn. */
  | { kind: "other"; name: string };

/** A thing in the surroundings of the robots, as the server has it. */
export type SceneItem = {
  id: string;
  shape: ObjectShape;
  /** An area that the robot must not enter, and no body. */
  isKeepOut: boolean;
  /** A frame or a link of the robot; null: the floor of the view. */
  frame: string | null;
  /** m and a unit quaternion x y z w, in `frame`. */
  position: [number, number, number];
  quaternion: [number, number, number, number];
  /** As it came, so that what the page does not know survives a change. */
  source: JsonObject;
};

const floorFrames: ReadonlySet<string> = new Set(["", "world"]);

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
  const { id } = source;
  const frame = source.link ?? source.frame;
  const pose = isObject(source.pose) ? source.pose : {};
  const [x = 0, y = 0, z = 0] = numbers(pose.position) ?? [];
  const [qx = 0, qy = 0, qz = 0, qw = 1] = numbers(pose.quaternion) ?? [];
  return {
    id,
    shape: shapeOf(source),
    isKeepOut: source.shape === "keepout" || source.role === "keepOut" || source.keepOut === true,
    frame: isText(frame) && !floorFrames.has(frame) ? frame : null,
    position: [x, y, z],
    quaternion: [qx, qy, qz, qw],
    source,
  };
}

function shapeOf(source: JsonObject): ObjectShape {
  const { shape, radius, length } = source;
  const size = numbers(source.size);
  if ((shape === "box" || shape === "keepout") && size?.length === 3) {
    return { kind: "box", size: size as [number, number, number] };
  }
  if (isNumber(radius) && isNumber(length) && shape !== "sphere") return { kind: "cylinder", radius, length };
  if (isNumber(radius)) return { kind: "sphere", radius };
  return { kind: "other", name: isText(shape) ? shape : "object" };
}

/** What `PUT /api/scene` takes for one object. */
export function writeItem(item: SceneItem): JsonObject {
  const { id, shape, isKeepOut, frame, position, quaternion, source } = item;
  const { shape: _, size: __, radius: ___, length: ____, frame: _____, pose: ______, ...rest } = source;
  if (shape.kind === "other") return { ...source, pose: { position, quaternion } };
  const { kind, ...sizes } = shape;
  return {
    ...rest,
    id,
    shape: isKeepOut ? "keepout" : kind,
    ...sizes,
    ...(frame === null ? {} : { frame }),
    pose: { position, quaternion },
  };
}

/** A new object of a usual size, before the robot, on the floor. Its id is not among `taken`. */
export function newItem(
  what: "box" | "cylinder" | "sphere" | "keepout",
  taken: ReadonlySet<string>,
  at: { x: number; y: number },
): SceneItem {
  const shapes: Record<typeof what, ObjectShape> = {
    box: { kind: "box", size: [0.3, 0.3, 0.3] },
    cylinder: { kind: "cylinder", radius: 0.1, length: 0.3 },
    sphere: { kind: "sphere", radius: 0.15 },
    keepout: { kind: "box", size: [0.6, 0.6, 1] },
  };
  const shape = shapes[what];
  const height = shape.kind === "box" ? shape.size[2] : shape.kind === "cylinder" ? shape.length : 0.3;
  let number = 1;
  while (taken.has(`${what}-${number}`)) number += 1;
  return {
    id: `${what}-${number}`,
    shape,
    isKeepOut: what === "keepout",
    frame: null,
    position: [at.x, at.y, height / 2],
    quaternion: [0, 0, 0, 1],
    source: {},
  };
}

function numbers(value: unknown): number[] | null {
  return Array.isArray(value) && value.every(isNumber) ? value : null;
}
