import type { RegisterJson, ThingJson } from "../../protocol/state-messages.ts";

/** rad or m, and per second; N·m or N. NaN: not measured. */
export type JointReading = { name: string; position: number; velocity: number; effort: number };

/** Where a frame is in its parent: x y z qx qy qz qw. */
export type FrameReading = { parent: string; pose: readonly number[] };

/** What is known of where one robot is, live or at a moment of the past. */
export type RobotReading = {
  /** Arrival of the newest measurement in it, server ms; −1: nothing is measured. */
  time: number;
  joints: readonly JointReading[];
  /** The root link in the odometry's frame; null: not known. */
  base: FrameReading | null;
  /** The frames that tf gives, by their names. */
  frames: ReadonlyMap<string, FrameReading>;
};

/** The frame of `base/pose` where nothing is said about it. */
const usualFrame = "odom";

/** The robot of `GET /api/twin`, and of its history. */
export function readingOf(thing: ThingJson): RobotReading {
  const joints: JointReading[] = [];
  const frames = new Map<string, FrameReading>();
  let time = -1;
  const reported = (path: string): RegisterJson | undefined => thing.properties[path]?.reported;
  const numberAt = (path: string): number => {
    const value = reported(path)?.value;
    return typeof value === "number" ? value : Number.NaN;
  };
  for (const [path, { reported: register }] of Object.entries(thing.properties)) {
    if (register === undefined) continue;
    const name = /^joint\/(.+)\/position$/.exec(path)?.[1];
    if (name !== undefined) {
      const position = numberAt(path);
      if (!Number.isFinite(position)) continue;
      const below = `joint/${name}`;
      joints.push({
        name,
        position,
        velocity: numberAt(`${below}/velocity`),
        effort: numberAt(`${below}/effort`),
      });
      time = Math.max(time, register.received);
    } else if (path.startsWith("frame/")) {
      const frame = frameOf(register.value);
      if (frame !== null) frames.set(path.slice("frame/".length), frame);
    }
  }
  const pose = reported("base/pose");
  const { odometryFrame } = thing.definition;
  const parent = typeof odometryFrame === "string" && odometryFrame !== "" ? odometryFrame : usualFrame;
  const base = pose === undefined ? null : frameOf({ parent, ...(pose.value as object) });
  if (pose !== undefined) time = Math.max(time, pose.received);
  return { time, joints, base, frames };
}

/** A pose as the graph's JSON has it; null for anything else. */
export function frameOf(value: unknown): FrameReading | null {
  const { parent, position, quaternion } = (value ?? {}) as Record<string, unknown>;
  if (typeof parent !== "string" || !Array.isArray(position) || !Array.isArray(quaternion)) return null;
  const pose = [...position, ...quaternion] as number[];
  return pose.length === 7 && pose.every(Number.isFinite) ? { parent, pose } : null;
}
