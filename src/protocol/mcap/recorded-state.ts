import { z } from "zod";
import { type Stamp, stampFromMs } from "../../core/stamp.ts";
import type { JointStateMessage, OdometryMessage } from "../ros-decode.ts";

const joint = z.object({
  position: z.number().optional(),
  velocity: z.number().optional(),
  effort: z.number().optional(),
});
const three = z.array(z.number()).length(3);
const reported = z.object({
  joint: z.record(z.string().max(256), joint),
  base: z
    .object({
      pose: z.object({ position: three, quaternion: z.array(z.number()).length(4) }).optional(),
      twist: z.object({ linear: three, angular: three }).optional(),
    })
    .optional(),
});
const stateSchema = z.object({
  time: z.number(),
  robots: z.record(z.string(), z.object({ reported: reported.optional() })),
});
const descriptionsSchema = z.object({ robots: z.record(z.string().min(1).max(64), z.string()) });

/** What a robot had measured at one moment of a recording. */
export type RecordedState = {
  robot: string;
  joints: JointStateMessage | null;
  odometry: OdometryMessage | null;
};

/** The measured states of a message of `/twinbridge/state`, stamped with the twin's time; null where it is none. */
export function readRecordedState(text: string): RecordedState[] | null {
  const parsed = stateSchema.safeParse(jsonOf(text));
  if (!parsed.success) return null;
  const stamp = stampFromMs(parsed.data.time);
  return Object.entries(parsed.data.robots).flatMap(([robot, { reported: state }]) =>
    state === undefined
      ? []
      : [{ robot, joints: jointsOf(state, stamp), odometry: odometryOf(state, stamp) }],
  );
}

/** Robot → URDF of a message of `/twinbridge/descriptions`; null where it is none. */
export function readRecordedDescriptions(text: string): Record<string, string> | null {
  const parsed = descriptionsSchema.safeParse(jsonOf(text));
  return parsed.success ? parsed.data.robots : null;
}

function jointsOf({ joint: joints }: z.infer<typeof reported>, stamp: Stamp): JointStateMessage | null {
  const measured = Object.entries(joints).filter(([, { position }]) => position !== undefined);
  if (measured.length === 0) return null;
  const column = (quantity: "position" | "velocity" | "effort"): number[] => {
    const all = measured.map(([, one]) => one[quantity]);
    return all.every((value) => value !== undefined) ? (all as number[]) : [];
  };
  const name = measured.map(([own]) => own);
  return {
    stamp,
    name,
    position: column("position"),
    velocity: column("velocity"),
    effort: column("effort"),
  };
}

function odometryOf({ base }: z.infer<typeof reported>, stamp: Stamp): OdometryMessage | null {
  if (base === undefined) return null;
  const { pose, twist } = base;
  return {
    stamp,
    frame: "odom",
    childFrame: "base_link",
    pose: pose === undefined ? null : [...pose.position, ...pose.quaternion],
    twist: twist === undefined ? null : [...twist.linear, ...twist.angular],
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
