import { isNumber, isObject } from "../../client/message-checks.ts";

/** The value at a way of names in a message; undefined where there is none. */
export function fieldAt(message: unknown, ...way: readonly string[]): unknown {
  let value = message;
  for (const name of way) {
    if (!isObject(value)) return undefined;
    value = value[name];
  }
  return value;
}

export function listAt(message: unknown, ...way: readonly string[]): readonly unknown[] {
  const value = fieldAt(message, ...way);
  return Array.isArray(value) ? value : [];
}

export function numberAt(message: unknown, ...way: readonly string[]): number {
  const value = fieldAt(message, ...way);
  return isNumber(value) ? value : 0;
}

export function textAt(message: unknown, ...way: readonly string[]): string {
  const value = fieldAt(message, ...way);
  return typeof value === "string" ? value : "";
}

/** x y z of a point or a vector; null where one is no finite number. */
export function pointAt(message: unknown, ...way: readonly string[]): [number, number, number] | null {
  const value = fieldAt(message, ...way);
  if (!isObject(value)) return null;
  const { x, y, z } = value;
  return isNumber(x) && isNumber(y) && isNumber(z) ? [x, y, z] : null;
}

/** x y z qx qy qz qw of a geometry_msgs/Pose; an empty orientation counts as none. Null: a number is not finite. */
export function poseAt(message: unknown, ...way: readonly string[]): number[] | null {
  const pose = fieldAt(message, ...way);
  const position = pointAt(pose, "position");
  const q = ["x", "y", "z", "w"].map((name) => numberAt(pose, "orientation", name));
  if (position === null) return null;
  const length = Math.hypot(...q);
  return [...position, ...(length < 1e-6 ? [0, 0, 0, 1] : q.map((value) => value / length))];
}

/** Red, green, blue of 0 to 1 and opacity of a std_msgs/ColorRGBA. */
export function colorAt(message: unknown, ...way: readonly string[]): [number, number, number, number] {
  const color = fieldAt(message, ...way);
  const share = (name: string) => Math.max(0, Math.min(1, numberAt(color, name)));
  return [share("r"), share("g"), share("b"), share("a")];
}
