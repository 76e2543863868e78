import { z } from "zod";
import type { MotionCommand } from "../command/motion-command.ts";

/* The motion commands of `/ws/command`, `POST /api/commands` and wherever else commands come in. */

const name = z.string().min(1).max(256);
const seconds = z.number().min(0).max(3600);
/** A record drops this key without a word, and a command would move fewer joints than it names. */
const hasProto = (value: unknown) =>
  typeof value === "object" && value !== null && Object.hasOwn(value, "__proto__");
const byJoint = z
  .unknown()
  .refine((value) => !hasProto(value), 'a joint cannot be named "__proto__" here')
  .pipe(z.record(name, z.number()))
  .refine((r) => Object.keys(r).length > 0, "names no joint")
  .refine((r) => Object.keys(r).length <= 512, "names more than 512 joints");
/** A slower motion would take hours, and to compute it as long. */
const leastSpeed = 0.001;
/** Share of the velocity limits to use. What is too slow the gate refuses. */
export const speedShare = z.number().gt(0).max(1);
const vector = z.strictObject({
  x: z.number().default(0),
  y: z.number().default(0),
  z: z.number().default(0),
});

export const jointPosition = z.strictObject({
  kind: z.literal("jointPosition"),
  positions: byJoint,
  speed: speedShare.optional(),
});
export const jointTrajectory = z.strictObject({
  kind: z.literal("jointTrajectory"),
  points: z
    .array(z.strictObject({ time: seconds, positions: byJoint, velocities: byJoint.optional() }))
    .min(1)
    .max(10_000),
});

const quaternion = z
  .array(z.number())
  .length(4)
  .refine((q) => Math.abs(Math.hypot(...q) - 1) < 0.01, "a unit quaternion (x, y, z, w)");
const linkPose = {
  link: name.optional(),
  frame: name,
  position: z.array(z.number()).length(3),
  quaternion,
};
/** 0.001 to 1: share of the limits to use. */
const speed = z.number().min(leastSpeed).max(1).optional();
const poseCommand = z.strictObject({
  kind: z.literal("pose"),
  ...linkPose,
  path: z.enum(["joint", "line"]).optional(),
  speed,
});
const waypoints = z.strictObject({
  kind: z.literal("waypoints"),
  points: z
    .array(
      z.union([z.strictObject({ positions: byJoint }), z.strictObject({ pose: z.strictObject(linkPose) })]),
    )
    .min(1)
    .max(1000),
  blend: z.number().min(0).optional(),
  speed,
});
/** m; a third number is the height, which no base can choose. */
const groundPosition = z.array(z.number()).min(2).max(3);

const twist = z.strictObject({
  kind: z.literal("twist"),
  linear: vector.default({ x: 0, y: 0, z: 0 }),
  angular: vector.default({ x: 0, y: 0, z: 0 }),
});
const navigate = z.strictObject({
  kind: z.literal("navigate"),
  frame: name,
  position: groundPosition,
  yaw: z.number(),
  via: z
    .array(z.strictObject({ position: groundPosition, yaw: z.number() }))
    .max(256)
    .optional(),
  as: z.enum(["goal", "initial"]).optional(),
});

/** What `plan` can be asked about. `seconds`: for how long a twist is held. */
export const plannableCommand = z.discriminatedUnion("kind", [
  jointPosition,
  jointTrajectory,
  poseCommand,
  waypoints,
  navigate,
  twist.extend({ seconds: z.number().gt(0).max(60).default(1) }),
]);

/** What a question about a motion says. `planner`: who looks for the way; `group`: MoveIt's name for the joints. */
export const planQuestion = {
  command: plannableCommand,
  avoid: z.boolean().default(true),
  planner: z.enum(["twin", "moveit"]).optional(),
  group: name.optional(),
};

export const motionCommand: z.ZodType<MotionCommand> = z.discriminatedUnion("kind", [
  jointPosition,
  jointTrajectory,
  z.strictObject({ kind: z.literal("jointVelocity"), velocities: byJoint }),
  twist,
  z.strictObject({
    kind: z.literal("device"),
    device: name,
    signal: name,
    value: z.union([z.number(), z.boolean(), z.string().max(1024)]),
  }),
  poseCommand,
  waypoints,
  z.strictObject({
    kind: z.literal("cartesianVelocity"),
    link: name.optional(),
    frame: name.optional(),
    linear: vector.default({ x: 0, y: 0, z: 0 }),
    angular: vector.default({ x: 0, y: 0, z: 0 }),
  }),
  z.strictObject({
    kind: z.literal("gripper"),
    controller: name.optional(),
    position: z.number(),
    maxEffort: z.number().min(0).optional(),
  }),
  navigate,
  z.strictObject({ kind: z.literal("service"), service: name, data: z.boolean().optional() }),
  z.strictObject({ kind: z.literal("sequence"), name }),
  z.strictObject({ kind: z.literal("plan"), planId: name, stateHash: name }),
]);
